"""Invented reports of free seats: for a third of the workspaces, some of them stale by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from hub.demo.ids import new_ids, random_for
from hub.demo.places import Workspace

COLUMNS = (
    "id",
    "workspace_id",
    "park_id",
    "free_seats",
    "observed_at",
    "stale_after",
    "source",
    "reported_by",
)
COPY_LATEST = """
    UPDATE park.workspace AS space
    SET observed_free_seats = report.free_seats, observed_at = report.observed_at,
        stale_after = report.stale_after, observed_source = report.source
    FROM park.observation AS report
    WHERE report.workspace_id = space.id AND space.synthetic
"""
"""There is one report of each workspace."""


def observations(
    seed: int, workspaces: list[Workspace], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """At most one report of each workspace that is or was in service."""
    random = random_for(seed, "observations")
    new_id = new_ids(random)
    hour = now.replace(minute=0, second=0, microsecond=0)
    number = 0
    for workspace in workspaces:
        if workspace.state not in ("AVAILABLE", "OUT_OF_SERVICE") or random.random() < 0.67:
            continue
        source, fresh = random.choice(
            (("OPERATOR", timedelta(hours=24)), ("SENSOR", timedelta(minutes=15)))
        )
        seen = hour - timedelta(minutes=random.randrange(1, 3000))
        free = None if random.random() < 0.1 else random.randint(0, workspace.seats)
        yield (
            new_id(number),
            workspace.id,
            workspace.park,
            free,
            seen,
            seen + fresh,
            source,
            "park-operator",
        )
        number += 1
