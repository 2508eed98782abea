"""Invented series of reservations: a room each Tuesday for six weeks, one of which was taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from hub.demo.ids import new_ids, random_for
from hub.demo.places import Workspace

COLUMNS = (
    "id",
    "first_period",
    "rrule",
    "occurrences",
    "seats",
    "requested_by",
    "hold_expires_at",
    "state",
    "workspace_id",
    "park_id",
    "holder_organisation_id",
    "synthetic",
)
EACH_COLUMNS = (
    "id",
    "series_id",
    "period",
    "whole_space",
    "seats",
    "requested_by",
    "state",
    "workspace_id",
    "park_id",
    "holder_organisation_id",
    "synthetic",
)
MANY, WEEKS, SKIPPED = 12, 6, 2


def series(
    seed: int, workspaces: list[Workspace], organisations: list[UUID], now: datetime
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Series, and the reservations of each, of rooms that nothing else is booked in or closed."""
    random = random_for(seed, "series")
    new_id, new_reservation = new_ids(random), new_ids(random_for(seed, "series/each"))
    rooms = [
        room
        for room in workspaces
        if room.unit == "HOUR" and room.state == "AVAILABLE" and not room.closed
    ]
    confirmed_by = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows, each = [], []
    for number, room in enumerate(rooms[:MANY]):
        key, firm = new_id(number), random.choice(organisations)
        about = (room.id, room.park, firm, True)
        seats = room.seats if room.whole else 1
        periods = list(_tuesdays(now))
        first, client = asyncpg.Range(*periods[0]), "cloud-platform"
        rule = f"FREQ=WEEKLY;INTERVAL=1;COUNT={WEEKS}"
        rows.append((key, first, rule, WEEKS, seats, client, confirmed_by, "CONFIRMED", *about))
        for week, period in enumerate(periods):
            if week == SKIPPED:
                continue
            one = new_reservation(number * WEEKS + week)
            taken = asyncpg.Range(*period)
            each.append((one, key, taken, room.whole, seats, client, "CONFIRMED", *about))
    return rows, each


def _tuesdays(now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Ten to twelve, when every room that keeps hours is open."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + timedelta(days=8 - midnight.weekday(), hours=10)
    for week in range(WEEKS):
        start = first + timedelta(weeks=week)
        yield start, start + timedelta(hours=2)
