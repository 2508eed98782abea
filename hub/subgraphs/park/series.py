"""ReservationSeries: a reservation that recurs; what does not fit is skipped and told.

A series does not fail because one of its days is taken, which is how booking systems go wrong
(handbook, pitfall 23): it holds what is free, and says of the rest when and why not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.park.period import first_instant, instant_after
from hub.subgraphs.park.rules import CancelReason, Scope, SeriesState, own_reservation

LIFE = States(
    {
        SeriesState.HELD: [SeriesState.CONFIRMED, SeriesState.CANCELLED, SeriesState.EXPIRED],
        SeriesState.CONFIRMED: [SeriesState.CANCELLED],
    }
)


class ReservationSeries(
    Entity,
    life=LIFE,
    visibility=Visibility.P3,
    scope=Scope.workspace_reserve,
    rows=own_reservation,
    plural="reservation_series_list",
    zh="周期预订",
):
    """Seats of a workspace for a period that recurs; each time is a reservation of its own.

    Its reservations are confirmed and cancelled together, or one by one as any other. What is said
    of all of them stands here: the rule, the holder, the state in which they were last put.
    """

    __table_args__ = (
        CheckConstraint("seats >= 1", name="seats_positive"),
        CheckConstraint(
            "num_nonnulls(holder_talent_id, holder_organisation_id) = 1", name="one_holder"
        ),
        CheckConstraint(
            "(state = 'CANCELLED') = (cancel_reason IS NOT NULL)", name="cancelled_for_a_reason"
        ),
        Index(
            "ix_reservation_series_hold_expires",
            "hold_expires_at",
            postgresql_where=text("state = 'HELD'"),
        ),
    )

    first_period: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    from_: Mapped[datetime] = derived(
        first_instant("first_period"), doc="First instant of the first period.", zh="首次起始时间"
    )
    until: Mapped[datetime] = derived(
        instant_after("first_period"),
        doc="First instant after the first period.",
        zh="首次结束时间",
    )
    rrule: Mapped[str] = field(doc="How it recurs (RFC 5545, RRULE).", zh="重复规则(RRULE)")
    occurrences: Mapped[int] = field(
        doc="How many periods were asked for; those that did not fit were skipped.", zh="申请次数"
    )
    seats: Mapped[int] = field(doc="How many seats.", zh="座位数")
    requested_by: Mapped[str] = field(
        doc="Id of the client that asked for it.", zh="申请应用标识", filter=True
    )
    hold_expires_at: Mapped[datetime] = field(
        doc="When its holds run out unless they are confirmed.", zh="预留到期时间"
    )
    cancel_reason: Mapped[CancelReason | None] = field(doc="Why it was cancelled.", zh="取消原因")
    cancel_note: Mapped[str | None] = field(
        doc="What was said about the cancellation.", zh="取消说明"
    )
    state: Mapped[SeriesState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="HELD"
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
    holder_talent = edge(
        "talent.Talent", required=False, doc="The person who holds it.", zh="持有人(人才)"
    )
    holder_organisation = edge(
        "cooperation.Organisation",
        required=False,
        doc="The organisation that holds it.",
        zh="持有机构",
    )
    reservations = edges(
        "Reservation", by="series", doc="Its reservations, time by time.", zh="各次预订"
    )
