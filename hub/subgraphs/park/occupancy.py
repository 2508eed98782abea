"""How full a workspace is over time: arithmetic on bookings, without a database.

A booking takes seats over a half-open period, `[start, end)`: one that ends at ten does not meet
one that starts at ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter


@dataclass(frozen=True)
class Booking:
    """Seats taken over a period."""

    start: datetime
    end: datetime
    seats: int


@dataclass(frozen=True)
class Window:
    """A period in which something is free."""

    start: datetime
    end: datetime


def peak(bookings: Iterable[Booking], start: datetime, end: datetime) -> int:
    """The most seats that are taken at any one instant of `[start, end)`."""
    return max((taken for taken, _, _ in _steps(bookings, start, end)), default=0)


def free_windows(
    bookings: Iterable[Booking],
    *,
    room: int,
    length: timedelta,
    since: datetime,
    until: datetime,
    limit: int,
) -> list[Window]:
    """The next windows of at least `length` in `[since, until)` with at most `room` seats taken.

    Each window is as long as it can be. For five more seats of twelve, `room` is seven; for a space
    that is let out whole it is none.
    """
    found: list[Window] = []
    opened: datetime | None = None
    for taken, start, end in _steps(bookings, since, until):
        if taken <= room:
            opened = opened or start
            if end < until:
                continue
        if opened is not None:
            closed = end if taken <= room else start
            if closed - opened >= length:
                found.append(Window(opened, closed))
            opened = None
        if len(found) == limit:
            break
    return found


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
