"""Workspace: what a park lets out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    and_,
    any_,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.access import Caller, Row, constant
from hub.model.entity import Entity
from hub.model.field import computed, derived, edge, edges, field
from hub.model.operation import Conditions, Doc, read
from hub.model.states import States
from hub.model.types import Fen, Visibility
from hub.subgraphs.park.park import parks_in
from hub.subgraphs.park.period import Period, time_range
from hub.subgraphs.park.reservation import Reservation, occupies
from hub.subgraphs.park.rules import (
    BookingUnit,
    ObservationSource,
    Scope,
    WorkspaceKind,
    WorkspaceState,
    offered_workspace,
)
from hub.subgraphs.park.windows import FreeWindow, FreeWindowSearch, free_windows


def _now() -> ColumnElement[Any]:
    return select(func.hub_now()).scalar_subquery()


def _unreserved(row: Row) -> ColumnElement[Any]:
    """Seats minus those that reservations take now."""
    taken = Reservation.__table__.alias()
    none = literal_column("0", Integer())
    left = func.greatest(row.seats - func.coalesce(func.sum(taken.c.seats), none), none)
    return (
        select(case((row.whole_space & (func.count() > none), none), else_=left))
        .where(occupies(taken.c, row.id), taken.c.period.op("@>", is_comparison=True)(_now()))
        .correlate_except(taken)
        .scalar_subquery()
    )


def _if_available(row: Row, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((row.state == constant(WorkspaceState.AVAILABLE), value), else_=null())


def _unreserved_seats(row: Row) -> ColumnElement[Any]:
    return _if_available(row, _unreserved(row))


def _free_seats(row: Row) -> ColumnElement[Any]:
    """The latest observation while it is fresh, and never more than reservations leave."""
    most = func.coalesce(row.observed_free_seats, row.seats)
    known = or_(row.observed_at.is_(None), _fresh(row))
    free = func.least(most, _unreserved(row))
    return _if_available(row, case((known, free), else_=null()))


def _source(row: Row) -> ColumnElement[Any]:
    """What `freeSeats` is known from; null where that is null."""
    source = case(
        (row.observed_at.is_(None), constant(ObservationSource.RESERVATIONS)),
        (_fresh(row), row.observed_source),
        else_=null(),
    )
    return _if_available(row, source)


def _fresh(row: Row) -> ColumnElement[bool]:
    return and_(row.observed_free_seats.is_not(None), row.stale_after > _now())


LIFE = States(
    {
        WorkspaceState.DRAFT: [WorkspaceState.AVAILABLE],
        WorkspaceState.AVAILABLE: [WorkspaceState.OUT_OF_SERVICE, WorkspaceState.RETIRED],
        WorkspaceState.OUT_OF_SERVICE: [WorkspaceState.AVAILABLE, WorkspaceState.RETIRED],
    }
)
"""It is retired only when no reservation is to come."""


class Workspace(
    Entity,
    life=LIFE,
    visibility=Visibility.P1,
    scope=Scope.park_read,
    rows=offered_workspace,
    plural="workspaces",
    zh="工位与场地",
):
    """A desk, office, meeting room, laboratory or bench that a park lets out.

    Let out whole or by the seat. While it is in draft, the park's operator and the departments
    alone see it; it cannot leave draft before its park was approved.

    Free seats are known from reservations and from what somebody observed; both are kept, and
    `freeSeatsSource` says which one is shown (handbook, pitfall 17). A space that was never
    observed is taken to be used by reservations alone. One that was observed is used beyond them
    too: once its observation is stale, `freeSeats` is unknown, for a count would be a guess.
    """

    __table_args__ = (
        UniqueConstraint("park_id", "code"),
        UniqueConstraint("id", "park_id", "whole_space"),
        ForeignKeyConstraint(
            ["park_id", "offered"],
            ["park.park.id", "park.park.published"],
            name="fk_workspace_offered_in_published_park",
        ),
        CheckConstraint("seats >= 1", name="seats_positive"),
        CheckConstraint("area_cm2 > 0", name="area_positive"),
        CheckConstraint("price_fen >= 0", name="price_not_negative"),
        CheckConstraint("free_months >= 0", name="free_months_not_negative"),
        CheckConstraint(
            "num_nonnulls(observed_at, observed_source, stale_after) IN (0, 3)"
            " AND (observed_free_seats IS NULL OR observed_at IS NOT NULL"
            " AND observed_free_seats >= 0 AND observed_free_seats <= seats)",
            name="observation_whole",
        ),
        Index(
            "ix_workspace_fresh",
            "stale_after",
            postgresql_where=text("observed_at IS NOT NULL AND NOT observation_stale"),
        ),
    )

    code: Mapped[str] = field(
        doc="Code on the door, unique in the park.", zh="门牌号,园区内唯一", filter=True, sort=True
    )
    kind: Mapped[WorkspaceKind] = field(doc="What it is.", zh="类型", filter=True)
    seats: Mapped[int] = field(doc="Places in it.", zh="座位数", filter=True, sort=True)
    area_cm2: Mapped[int] = field(
        doc="Area in square centimetres.", zh="面积(平方厘米)", filter=True, sort=True
    )
    booking_unit: Mapped[BookingUnit] = field(
        doc="For how long it is let out at least.", zh="计费单位", filter=True
    )
    price_fen: Mapped[Fen] = field(
        doc="Price of one booking unit in fen; 0 is free of charge.",
        zh="单价(分),0 为免费",
        filter=True,
        sort=True,
    )
    free_months: Mapped[int | None] = field(
        doc="Months free of charge for those who are eligible; null when not set.", zh="免费月数"
    )
    whole_space: Mapped[bool] = field(
        doc="Whether it is let out as a whole and not by the seat.", zh="是否整体出租", filter=True
    )
    state: Mapped[WorkspaceState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="DRAFT"
    )
    free_seats: Mapped[int | None] = derived(
        _free_seats,
        doc="Seats that are free now; null when it is not available, or when it is not known.",
        zh="当前空闲座位数(不可预订或未知时为空)",
    )
    free_seats_source: Mapped[ObservationSource | None] = derived(
        _source, doc="From where `freeSeats` is known.", zh="空闲座位数来源"
    )
    unreserved_seats: Mapped[int | None] = derived(
        _unreserved_seats,
        doc="Seats that no reservation takes now; null when it is not available.",
        zh="当前未被预订的座位数",
    )
    observed_at: Mapped[datetime | None] = field(
        doc="When it was last observed.", zh="最近观测时间"
    )
    stale_after: Mapped[datetime | None] = field(
        doc="Until when the last observation holds.", zh="最近观测的失效时间"
    )
    keeps_hours: Mapped[bool] = field(
        doc="Whether it is open in weekly hours only; if not, it is open at all times.",
        zh="是否设有每周开放时间(否则全天开放)",
        filter=True,
        server_default=text("false"),
    )
    observation_stale: Mapped[bool] = field(
        doc="Whether the last observation was noted not to hold any more; `freeSeats` is unknown.",
        zh="最近观测是否已失效",
        server_default=text("false"),
    )
    observed_free_seats: Mapped[int | None] = mapped_column()
    observed_source: Mapped[ObservationSource | None] = mapped_column()
    offered: Mapped[bool] = mapped_column(
        Boolean(),
        Computed(
            "CASE WHEN state <> 'DRAFT'::text THEN true ELSE NULL::boolean END", persisted=True
        ),
        nullable=True,
    )

    park = edge("Park", filter=True, doc="The park that lets it out.", zh="所属园区")
    reservations = edges(
        "Reservation",
        by="workspace",
        scope=Scope.workspace_reserve,
        doc="Reservations of it.",
        zh="预订记录",
    )
    observations = edges(
        "Observation", by="workspace", doc="What was reported of it.", zh="观测记录"
    )
    opening_hours = edges(
        "AvailabilityRule", by="workspace", doc="When it is open, week by week.", zh="每周开放时间"
    )
    free_windows = computed(
        FreeWindow,
        free_windows,
        doc="The longest stretches in which it is open and has the seats free, the earliest first.",
        zh="可预订的空闲时段(最早者在前)",
    )
    blocks = edges("Block", by="workspace", doc="Periods in which it is closed.", zh="关闭时段")


@read("Workspace")
def workspaces(
    row: Row,
    caller: Caller,  # noqa: ARG001  # the form of a read
    during: Annotated[
        Period | None,
        Doc(
            "Only those that are available, open and held by nobody in this period.",
            "该时间段内开放且无人占用",
        ),
    ],
    free_of_charge: Annotated[
        bool | None, Doc("Only those that cost nothing, or only those that cost.", "是否免费")
    ],
    with_free_window: Annotated[
        FreeWindowSearch | None,
        Doc("Only those that are available and have such a window.", "具有符合条件的空闲时段"),
    ],
    division: Annotated[
        str | None,
        Doc("Only those of parks in this division or below it.", "园区所在行政区划(含下级)"),
    ],
) -> Conditions:
    """Workspaces; those that nobody holds in a period; those that have seats free for so long."""
    if during is not None:
        taken = Reservation.__table__.alias()
        asked = time_range(during)
        overlap = taken.c.period.op("&&", is_comparison=True)(asked)
        yield row.state == constant(WorkspaceState.AVAILABLE)
        yield ~exists().where(occupies(taken.c, row.id), overlap).correlate_except(taken)
        yield ~func.park.closed_in_part(row.id, asked, type_=Boolean())
    if free_of_charge is not None:
        yield (row.price_fen == 0) == free_of_charge
    if with_free_window is not None:
        yield row.state == constant(WorkspaceState.AVAILABLE)
        yield row.seats >= with_free_window.seats
        yield exists(free_windows(row, with_free_window))
    if division is not None:
        yield row.park_id == any_(func.array(parks_in(division).scalar_subquery()))
