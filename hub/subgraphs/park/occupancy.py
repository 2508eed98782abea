"""How full a workspace is over time: arithmetic on bookings, without a database.

A booking takes seats over a half-open period, `[start, end)`: one that ends at ten does not meet
one that starts at ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter


@dataclass(frozen=True)
class Booking:
    """Seats taken over a period."""

    start: datetime
    end: datetime
    seats: int


def peak(bookings: Iterable[Booking], start: datetime, end: datetime) -> int:
    """The most seats that are taken at any one instant of `[start, end)`."""
    return max((taken for taken, _, _ in _steps(bookings, start, end)), default=0)


def _steps(
    bookings: Iterable[Booking], since: datetime, until: datetime
) -> Iterator[tuple[int, datetime, datetime]]:
    """(seats taken, from, to) for each stretch of `[since, until)` in which nothing changes."""
    edges = sorted(
        (min(max(moment, since), until), seats)
        for booking in bookings
        if booking.start < until and booking.end > since
        for moment, seats in ((booking.start, booking.seats), (booking.end, -booking.seats))
    )
    taken, at = 0, since
    for moment, group in groupby(edges, key=itemgetter(0)):
        if moment > at:
            yield taken, at, moment
            at = moment
        taken += sum(seats for _, seats in group)
    if at < until:
        yield taken, at, until
