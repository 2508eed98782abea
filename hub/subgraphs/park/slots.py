"""Which seats of a workspace are taken when, when it is closed, and what to say of either.

A hold that ran out takes nothing, even while nobody has written so (handbook 2.7, rule 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, DateTime, Integer, Select, Uuid, and_, func, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, TSTZRANGE

from hub.kit.user_errors import OutsideHours, SlotTaken
from hub.model.access import constant
from hub.model.action import Ctx, Record, given
from hub.model.types import city_time
from hub.subgraphs.park.occupancy import Booking
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import OCCUPYING, ReservationState

LOOK_AHEAD = timedelta(days=60)
WINDOWS = 3

RESERVATION, PARK = Reservation.__table__, Park.__table__


_MOMENT = DateTime(timezone=True)


def _period() -> Any:
    """The period in question; one that runs backwards is empty: it is refused, but only later."""
    since, until = given("since", _MOMENT), given("until", _MOMENT)
    return func.tstzrange(since, func.greatest(since, until), type_=TSTZRANGE)


def _overlapping() -> Any:
    """Reservations of a workspace that take seats in the period, lapsed holds among them."""
    row = RESERVATION.c
    return and_(
        row.workspace_id == given("workspace", Uuid()),
        row.state.in_(map(constant, OCCUPYING)),
        row.period.op("&&", is_comparison=True)(_period()),
    )


def _lapsed() -> Any:
    row = RESERVATION.c
    return and_(
        row.state == constant(ReservationState.HELD),
        row.hold_expires_at <= select(func.hub_now()).scalar_subquery(),
    )


_closed = func.park.closed(given("workspace", Uuid()), _period())
_closed_in_part = func.park.closed_in_part(given("workspace", Uuid()), _period(), type_=Boolean())
TAKEN = (
    select(
        func.hub_now().label("now"),
        PARK.c.state.label("park"),
        select(_closed_in_part).scalar_subquery().label("closed"),
        func.lower(RESERVATION.c.period).label("start"),
        func.upper(RESERVATION.c.period).label("end"),
        RESERVATION.c.seats,
        _lapsed().label("lapsed"),
    )
    .select_from(PARK.outerjoin(RESERVATION, _overlapping()))
    .where(PARK.c.id == given("park", Uuid()))
    .order_by(RESERVATION.c.period)
)
"""What is taken, with the clock, the park's state and whether it is closed in part of the period;
one row without a booking if nothing is taken."""

EXPIRE = (
    update(RESERVATION)
    .values(state=ReservationState.EXPIRED.value)
    .where(_overlapping(), _lapsed())
)


def _stretches(ranges: Any) -> Select[Any]:
    """The ranges of a set of them in order, as `start` and `end`."""
    one = ranges.column_valued("one")
    return select(func.lower(one).label("start"), func.upper(one).label("end")).order_by(one)


ALL_CLOSED = _stretches(func.unnest(_closed))
CLOSED = ALL_CLOSED.limit(WINDOWS)
NEXT_FREE = _stretches(
    func.park.free_windows(
        given("workspace", Uuid()),
        _period(),
        given("seats", Integer()),
        given("length", INTERVAL()),
    )
).limit(WINDOWS)


def bookings(rows: Sequence[Record]) -> list[Booking]:
    return [
        Booking(row["start"], row["end"], row["seats"])
        for row in rows
        if row["start"] is not None and not row["lapsed"]
    ]


async def slot_taken(
    ctx: Ctx, space: Record, since: datetime, length: timedelta, seats: int
) -> SlotTaken:
    """The refusal, with the next windows that are as long and have so many seats free."""
    return SlotTaken(
        "Too few seats are free in this period.",
        zh="该时间段空闲座位不足",
        field=("from",),
        nextFree=await next_free(ctx, space, since, length, seats),
    )


async def outside_hours(
    ctx: Ctx, space: Record, since: datetime, length: timedelta, seats: int
) -> OutsideHours:
    """The refusal, with what is closed and the next windows."""
    closed = await ctx.rows(CLOSED, workspace=space["id"], since=since, until=since + length)
    return OutsideHours(
        "The workspace is closed in part of this period.",
        zh="该时间段内场地不开放",
        field=("from",),
        closed=_told(closed),
        nextFree=await next_free(ctx, space, since, length, seats),
    )


async def next_free(
    ctx: Ctx, space: Record, since: datetime, length: timedelta, seats: int
) -> list[dict[str, str]]:
    until = since + max(LOOK_AHEAD, 2 * length)
    period = {"since": since, "until": until}
    found = await ctx.rows(NEXT_FREE, workspace=space["id"], seats=seats, length=length, **period)
    return _told(found)


def _told(stretches: Sequence[Record]) -> list[dict[str, str]]:
    return [{"from": city_time(one["start"]), "to": city_time(one["end"])} for one in stretches]
