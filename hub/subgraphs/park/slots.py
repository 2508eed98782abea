"""Which seats of a workspace are taken when, and what to say when they are.

A hold that ran out takes nothing, even while nobody has written so (handbook 2.7, rule 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Uuid, and_, func, select, update

from hub.kit.user_errors import SlotTaken
from hub.model.access import constant
from hub.model.action import Ctx, Record, given
from hub.model.types import city_time
from hub.subgraphs.park.occupancy import Booking, free_windows
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import OCCUPYING, ReservationState

LOOK_AHEAD = timedelta(days=60)
WINDOWS = 3

RESERVATION, PARK = Reservation.__table__, Park.__table__


def _overlapping(since: Any, until: Any) -> Any:
    """Reservations of a workspace that take seats in a period, holds that ran out among them.

    A period that runs backwards is empty: it must be refused, but only after this.
    """
    row = RESERVATION.c
    return and_(
        row.workspace_id == given("workspace", Uuid()),
        row.state.in_(map(constant, OCCUPYING)),
        row.period.op("&&", is_comparison=True)(func.tstzrange(since, func.greatest(since, until))),
    )


def _lapsed() -> Any:
    row = RESERVATION.c
    return and_(
        row.state == constant(ReservationState.HELD),
        row.hold_expires_at <= select(func.hub_now()).scalar_subquery(),
    )


_MOMENT = DateTime(timezone=True)
TAKEN = (
    select(
        func.hub_now().label("now"),
        PARK.c.state.label("park"),
        func.lower(RESERVATION.c.period).label("start"),
        func.upper(RESERVATION.c.period).label("end"),
        RESERVATION.c.seats,
        _lapsed().label("lapsed"),
    )
    .select_from(
        PARK.outerjoin(RESERVATION, _overlapping(given("since", _MOMENT), given("until", _MOMENT)))
    )
    .where(PARK.c.id == given("park", Uuid()))
    .order_by(RESERVATION.c.period)
)
"""What is taken, with the clock and the park's state; one row without a period if nothing is."""

EXPIRE = (
    update(RESERVATION)
    .values(state=ReservationState.EXPIRED.value)
    .where(_overlapping(given("since", _MOMENT), given("until", _MOMENT)), _lapsed())
)


def bookings(rows: Sequence[Record]) -> list[Booking]:
    return [
        Booking(row["start"], row["end"], row["seats"])
        for row in rows
        if row["start"] is not None and not row["lapsed"]
    ]


async def slot_taken(
    ctx: Ctx, space: Record, since: datetime, length: timedelta, room: int
) -> SlotTaken:
    """The refusal, with the next windows that are as long and leave `room` seats taken at most."""
    until = since + max(LOOK_AHEAD, 2 * length)
    taken = await ctx.rows(
        TAKEN, workspace=space["id"], park=space["park_id"], since=since, until=until
    )
    windows = free_windows(
        bookings(taken),
        room=room,
        length=length,
        since=since,
        until=until,
        limit=WINDOWS,
    )
    return SlotTaken(
        "Too few seats are free in this period.",
        zh="该时间段空闲座位不足",
        field=("from",),
        nextFree=[{"from": city_time(one.start), "to": city_time(one.end)} for one in windows],
    )
