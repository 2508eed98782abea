"""Invented reservations around now: past, present and to come, never more than a space holds.

A workspace has one lane, or two when it is let by the seat, each with a third of its seats at most;
within a lane one reservation follows another, so that no sum can exceed the seats.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from hub.demo.ids import new_ids, random_for
from hub.demo.places import Workspace
from hub.demo.well_known import SHANGHAI, SUZHOU

COLUMNS = (
    "id",
    "workspace_id",
    "park_id",
    "whole_space",
    "period",
    "seats",
    "holder_talent_id",
    "holder_organisation_id",
    "requested_by",
    "partner_code",
    "hold_expires_at",
    "state",
    "cancel_reason",
    "synthetic",
)
UNITS = {"HOUR": timedelta(hours=1), "DAY": timedelta(days=1), "MONTH": timedelta(days=30)}
_PAST = ("COMPLETED", "COMPLETED", "COMPLETED", "CANCELLED", "NO_SHOW", "EXPIRED")
_NOW = ("CHECKED_IN", "CHECKED_IN", "CONFIRMED")
_LATER = ("CONFIRMED", "CONFIRMED", "CONFIRMED", "HELD", "CANCELLED")
_CLIENTS = (
    ("cloud-platform", None),
    ("cloud-platform", None),
    ("park-operator", None),
    ("sz-hub", SUZHOU),
    ("sh-hub", SHANGHAI),
)


def reservations(
    seed: int,
    workspaces: list[Workspace],
    talents: list[UUID],
    organisations: list[UUID],
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """Reservations of the workspaces that are or were offered; half of them have any."""
    random = random_for(seed, "reservations")
    new_id = new_ids(random)
    number = 0
    for workspace in workspaces:
        if workspace.state == "DRAFT" or random.random() < 0.5:
            continue
        for _ in range(1 if workspace.whole or workspace.seats < 3 else 2):
            for period, seats in _lane(workspace, random, now):
                yield (
                    new_id(number),
                    workspace.id,
                    workspace.park,
                    workspace.whole,
                    asyncpg.Range(*period),
                    seats,
                    *_holder(random, talents, organisations),
                    *random.choice(_CLIENTS),
                    *_state(random, period, now, closed=workspace.closed),
                    True,
                )
                number += 1


def _lane(
    workspace: Workspace, random: Random, now: datetime
) -> Iterator[tuple[tuple[datetime, datetime], int]]:
    """Two to five reservations, one after another, from the past into the future."""
    unit = UNITS[workspace.unit]
    start = (now - unit * random.randrange(1, 6)).replace(minute=0, second=0, microsecond=0)
    for _ in range(random.randrange(2, 6)):
        until = start + unit * random.randrange(1, 4)
        whole = workspace.whole or workspace.seats < 3
        yield (start, until), workspace.seats if whole else random.randint(1, workspace.seats // 3)
        start = until + unit * random.randrange(3)


def _holder(
    random: Random, talents: list[UUID], organisations: list[UUID]
) -> tuple[UUID | None, UUID | None]:
    if random.random() < 0.3:
        return random.choice(talents), None
    return None, random.choice(organisations)


def _state(
    random: Random, period: tuple[datetime, datetime], now: datetime, *, closed: bool
) -> tuple[datetime | None, str, str | None]:
    """When a hold runs out, where the reservation stands now, and why if it was cancelled."""
    start, until = period
    if closed and until > now:
        return None, "CANCELLED", "PARK_CLOSED"
    states = _PAST if until <= now else _NOW if start <= now else _LATER
    state = random.choice(states)
    expires = now + timedelta(minutes=15) if state == "HELD" else None
    return expires, state, "HOLDER" if state == "CANCELLED" else None
