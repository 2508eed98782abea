"""The arithmetic of bookings, against a look at every single hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.subgraphs.park.occupancy import Booking, Window, free_windows, peak

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = 24


def at(hour: int) -> datetime:
    return START + hour * HOUR


@st.composite
def bookings(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Up to eight bookings as (first hour, hour after the last, seats)."""
    one = st.tuples(st.integers(-5, 28), st.integers(1, 12), st.integers(1, 4))
    return [
        (start, start + length, seats) for start, length, seats in draw(st.lists(one, max_size=8))
    ]


def as_bookings(spans: list[tuple[int, int, int]]) -> list[Booking]:
    return [Booking(at(start), at(end), seats) for start, end, seats in spans]


def taken(spans: list[tuple[int, int, int]], hour: int) -> int:
    return sum(seats for start, end, seats in spans if start <= hour < end)


@given(bookings(), st.integers(0, 23), st.integers(1, 24))
def test_peak_is_the_fullest_hour(
    spans: list[tuple[int, int, int]], first: int, length: int
) -> None:
    fullest = max(taken(spans, hour) for hour in range(first, first + length))
    assert peak(as_bookings(spans), at(first), at(first + length)) == fullest


@given(bookings(), st.integers(0, 6), st.integers(1, 6))
def test_windows_are_all_stretches_with_room(
    spans: list[tuple[int, int, int]], room: int, length: int
) -> None:
    expected, opened = [], None
    for hour in range(HOURS + 1):
        if hour < HOURS and taken(spans, hour) <= room:
            opened = hour if opened is None else opened
        elif opened is not None:
            if hour - opened >= length:
                expected.append(Window(at(opened), at(hour)))
            opened = None
    found = free_windows(
        as_bookings(spans),
        room=room,
        length=length * HOUR,
        since=at(0),
        until=at(HOURS),
        limit=100,
    )
    assert found == expected


def test_bookings_that_touch_do_not_add_up() -> None:
    assert peak(as_bookings([(0, 2, 3), (2, 4, 3)]), at(0), at(4)) == 3


def test_no_more_windows_than_asked_for() -> None:
    spans = as_bookings([(hour, hour + 1, 1) for hour in range(1, 20, 2)])
    windows = free_windows(spans, room=0, length=HOUR, since=at(0), until=at(24), limit=3)
    assert windows == [Window(at(0), at(1)), Window(at(2), at(3)), Window(at(4), at(5))]
