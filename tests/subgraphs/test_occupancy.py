"""The arithmetic of bookings, against a look at every single hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.subgraphs.park.occupancy import Booking, peak

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


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


def test_bookings_that_touch_do_not_add_up() -> None:
    assert peak(as_bookings([(0, 2, 3), (2, 4, 3)]), at(0), at(4)) == 3
