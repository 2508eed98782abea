"""`park.closed` and `park.free_windows`, against a look at every single hour of a fortnight."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.make import Make

CITY = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 3, 2, tzinfo=CITY)
HOURS = 14 * 24
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREE = "SELECT lower(one), upper(one) FROM park.free_windows($1, $2, $3, $4) AS one"
ANY_BOOKINGS = "ALTER TABLE park.reservation DROP CONSTRAINT ex_reservation_whole_space"

Span = tuple[int, int]


def at(hour: int) -> datetime:
    return MONDAY + timedelta(hours=hour)


def spans(first: int, last: int, longest: int) -> st.SearchStrategy[Span]:
    return st.tuples(st.integers(first, last), st.integers(1, longest)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    )


@dataclass(frozen=True)
class Place:
    """A workspace of five seats as the model knows it, all in hours counted from a Monday."""

    unit: str
    whole: bool
    bookings: list[tuple[Span, int]]
    hours: list[tuple[str, Span]]
    blocks: list[Span]

    def free(self, hour: int, wanted: int) -> bool:
        taken = [seats for (start, end), seats in self.bookings if start <= hour < end]
        if (taken and self.whole) or sum(taken) + wanted > 5:
            return False
        if any(start <= hour < end for start, end in self.blocks):
            return False
        if not self.hours or self.unit == "MONTH":
            return True
        day, hour_of_day = WEEKDAYS[hour // 24 % 7], hour % 24
        today = [span for weekday, span in self.hours if weekday == day]
        if self.unit == "DAY":
            return bool(today)
        return any(opens <= hour_of_day < closes for opens, closes in today)

    def windows(self, wanted: int, length: int) -> list[Span]:
        found, opened = [], None
        for hour in range(HOURS + 1):
            if hour < HOURS and self.free(hour, wanted):
                opened = hour if opened is None else opened
            elif opened is not None:
                if hour - opened >= length:
                    found.append((opened, hour))
                opened = None
        return found


@st.composite
def places(draw: st.DrawFn) -> Place:
    return Place(
        draw(st.sampled_from(("HOUR", "DAY", "MONTH"))),
        draw(st.booleans()),
        draw(st.lists(st.tuples(spans(-30, HOURS, 60), st.integers(1, 2)), max_size=6)),
        draw(st.lists(st.tuples(st.sampled_from(WEEKDAYS), spans(0, 12, 12)), max_size=8)),
        draw(st.lists(spans(-30, HOURS, 50), max_size=3)),
    )


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    opened = asyncio.new_event_loop()
    yield opened
    opened.close()


def test_windows_are_all_stretches_in_which_a_model_finds_room(
    owner_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    connection = loop.run_until_complete(asyncpg.connect(owner_url))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(places(), st.integers(1, 5), st.integers(1, 80))
    def search(place: Place, wanted: int, length: int) -> None:
        found = loop.run_until_complete(windows(connection, place, wanted, length))
        assert found == place.windows(wanted, length)

    try:
        search()
    finally:
        loop.run_until_complete(connection.close())


async def windows(connection: Any, place: Place, wanted: int, length: int) -> list[Span]:
    """What the database says, of a place that is stored and taken back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(ANY_BOOKINGS)
        make = Make(connection)
        space = await make.workspace(seats=5, booking_unit=place.unit, whole_space=place.whole)
        for (start, end), seats in place.bookings:
            await make.reservation(workspace=space, since=at(start), until=at(end), seats=seats)
        for weekday, (opens, closes) in place.hours:
            await make.opening_hours(
                space, weekday, opens=f"{opens:02d}:00", closes=f"{closes:02d}:00"
            )
        for start, end in place.blocks:
            await make.block(workspace=space, since=at(start), until=at(end))
        rows = await connection.fetch(
            FREE, space["id"], asyncpg.Range(at(0), at(HOURS)), wanted, timedelta(hours=length)
        )
        hour = timedelta(hours=1)
        return [((start - MONDAY) // hour, (end - MONDAY) // hour) for start, end in rows]
    finally:
        await transaction.rollback()


async def test_a_hold_that_ran_out_takes_nothing(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    transaction = connection.transaction()
    await transaction.start()
    make = Make(connection)
    space = await make.workspace(seats=1)
    await make.reservation(
        workspace=space, state="HELD", hold_expires_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    rows = await connection.fetch(
        FREE, space["id"], asyncpg.Range(at(0), at(5)), 1, timedelta(hours=5)
    )
    assert len(rows) == 1
    await transaction.rollback()
    await connection.close()
