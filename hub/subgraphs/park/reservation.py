"""Reservation: who holds a workspace, when and with how many seats."""

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
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.access import Caller, Row, constant
from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.operation import Conditions, Doc, extend, read
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.park.period import Period, first_instant, instant_after, time_range
from hub.subgraphs.park.rules import (
    OCCUPYING,
    CancelReason,
    ReservationState,
    Scope,
    own_reservation,
)

OCCUPIES = "state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')"


LIFE = States(
    {
        ReservationState.HELD: [
            ReservationState.CONFIRMED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        ],
        ReservationState.CONFIRMED: [
            ReservationState.CHECKED_IN,
            ReservationState.CANCELLED,
            ReservationState.NO_SHOW,
        ],
        ReservationState.CHECKED_IN: [ReservationState.COMPLETED],
    }
)


class Reservation(
    Entity,
    life=LIFE,
    visibility=Visibility.P3,
    scope=Scope.workspace_reserve,
    rows=own_reservation,
    plural="reservations",
    zh="预订",
):
    """Seats of a workspace for a period, held by a person or an organisation.

    The park and whether the workspace is let out whole are copied from the workspace and kept equal
    by a foreign key, so that overlapping reservations of a whole workspace cannot be stored at all.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "park_id", "whole_space"],
            ["park.workspace.id", "park.workspace.park_id", "park.workspace.whole_space"],
            name="fk_reservation_copies_of_workspace",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["park_id", "occupying"],
            ["park.park.id", "park.park.unclosed"],
            name="fk_reservation_of_unclosed_park",
        ),
        ExcludeConstraint(
            ("workspace_id", "="),
            ("period", "&&"),
            where=text(f"whole_space AND {OCCUPIES}"),
            using="gist",
            name="ex_reservation_whole_space",
        ),
        CheckConstraint("seats >= 1", name="seats_positive"),
        CheckConstraint(
            "NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period)"
            " AND NOT lower_inf(period) AND NOT upper_inf(period)",
            name="period_half_open",
        ),
        CheckConstraint(
            "num_nonnulls(holder_talent_id, holder_organisation_id) = 1", name="one_holder"
        ),
        CheckConstraint("state <> 'HELD' OR hold_expires_at IS NOT NULL", name="hold_expires"),
        CheckConstraint(
            "(state = 'CANCELLED') = (cancel_reason IS NOT NULL)", name="cancelled_for_a_reason"
        ),
        Index(
            "ix_reservation_occupying",
            "workspace_id",
            postgresql_include=["period", "seats", "hold_expires_at"],
            postgresql_where=text(OCCUPIES),
        ),
        Index(
            "ix_reservation_hold_expires",
            "hold_expires_at",
            postgresql_where=text("state = 'HELD'"),
        ),
        Index("ix_reservation_park_period", "park_id", "period", postgresql_using="gist"),
    )

    period: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    whole_space: Mapped[bool] = mapped_column(Boolean)
    occupying: Mapped[bool] = mapped_column(
        Boolean(),
        Computed(
            "CASE WHEN state = ANY (ARRAY['HELD'::text, 'CONFIRMED'::text, 'CHECKED_IN'::text])"
            " THEN true ELSE NULL::boolean END",
            persisted=True,
        ),
        nullable=True,
    )
    from_: Mapped[datetime] = derived(
        first_instant("period"), doc="First instant of it.", zh="起始时间"
    )
    until: Mapped[datetime] = derived(
        instant_after("period"), doc="First instant after it.", zh="结束时间"
    )
    seats: Mapped[int] = field(doc="How many seats.", zh="座位数")
    requested_by: Mapped[str] = field(
        doc="Id of the client that asked for it.", zh="申请应用标识", filter=True
    )
    hold_expires_at: Mapped[datetime | None] = field(
        doc="When a hold that is not confirmed runs out.", zh="预留到期时间"
    )
    cancel_reason: Mapped[CancelReason | None] = field(doc="Why it was cancelled.", zh="取消原因")
    cancel_note: Mapped[str | None] = field(
        doc="What was said about the cancellation.", zh="取消说明"
    )
    state: Mapped[ReservationState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True
    )

    workspace = edge("Workspace", filter=True, doc="The workspace.", zh="工位或场地")
    park = edge("Park", filter=True, doc="The park of the workspace.", zh="所在园区")
    partner = edge(
        "cooperation.Partner",
        by="code",
        required=False,
        filter=True,
        doc="Partner city for which it was asked.",
        zh="申请城市",
    )
    series = edge(
        "ReservationSeries",
        required=False,
        filter=True,
        doc="The series that it belongs to.",
        zh="所属周期预订",
    )
    holder_talent = edge(
        "talent.Talent", required=False, doc="The person who holds it.", zh="持有人(人才)"
    )
    holder_organisation = edge(
        "cooperation.Organisation",
        required=False,
        doc="The organisation that holds it.",
        zh="持有机构",
    )


def occupies(reservation: Any, workspace_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a reservation takes seats of the workspace; a hold that ran out takes none."""
    return and_(
        reservation.workspace_id == workspace_id,
        reservation.state.in_(map(constant, OCCUPYING)),
        or_(
            reservation.hold_expires_at.is_(None),
            reservation.state != constant(ReservationState.HELD),
            reservation.hold_expires_at > select(func.hub_now()).scalar_subquery(),
        ),
    )


def not_over(reservation: Any, workspace_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a reservation is in a workspace's way of leaving service: open, and not yet over."""
    now = select(func.hub_now()).scalar_subquery()
    return and_(occupies(reservation, workspace_id), func.upper(reservation.period) > now)


@read("Reservation")
def reservations(
    row: Row,
    caller: Caller,  # noqa: ARG001  # the form of a read
    during: Annotated[
        Period | None, Doc("Only reservations that overlap this period.", "与该时间段重叠")
    ],
) -> Conditions:
    """Reservations that the caller may see: of its parks, asked for by it, or held by it."""
    if during is not None:
        yield row.period.op("&&", is_comparison=True)(time_range(during))


talent_reservations = extend(
    "talent.Talent",
    reservations=edges(
        "park.Reservation",
        by="holder_talent",
        scope=Scope.workspace_reserve,
        doc="Workspaces that the person holds.",
        zh="工位预订",
    ),
)
