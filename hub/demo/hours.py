"""Invented opening hours and closed periods of workspaces that nobody has reserved yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from hub.demo.ids import new_ids, random_for
from hub.demo.places import Workspace

COLUMNS = ("id", "workspace_id", "weekday", "opens_at", "closes_at", "synthetic")
BLOCK_COLUMNS = ("id", "workspace_id", "park_id", "period", "reason", "note", "synthetic")
KEEP = """
    UPDATE park.workspace SET keeps_hours = true
    WHERE synthetic AND id IN (SELECT workspace_id FROM park.availability_rule WHERE synthetic)
"""
WORKDAYS = ("MO", "TU", "WE", "TH", "FR")


def opening_hours(seed: int, workspaces: list[Workspace]) -> Iterator[tuple[Any, ...]]:
    """Working days for what is let by the hour or the day; a third is open on Saturdays too."""
    random = random_for(seed, "hours")
    new_id = new_ids(random)
    number = 0
    for workspace in workspaces:
        if workspace.unit == "MONTH" or random.random() < 0.4:
            continue
        opens, closes = random.choice((("08:30", "18:00"), ("09:00", "21:00"), ("08:00", "24:00")))
        for weekday in (*WORKDAYS, "SA") if random.random() < 0.33 else WORKDAYS:
            yield new_id(number), workspace.id, weekday, opens, closes, True
            number += 1


def blocks(seed: int, workspaces: list[Workspace], now: datetime) -> Iterator[tuple[Any, ...]]:
    """A few days of maintenance in the coming two months, for one workspace in ten."""
    random = random_for(seed, "blocks")
    new_id = new_ids(random)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, workspace in enumerate(workspaces):
        if random.random() < 0.9:
            continue
        start = midnight + timedelta(days=random.randrange(1, 60))
        period = asyncpg.Range(start, start + timedelta(days=random.randrange(1, 5)))
        reason, note = random.choice(
            (("MAINTENANCE", "空调检修"), ("EVENT", "项目路演"), ("OTHER", None))
        )
        yield new_id(number), workspace.id, workspace.park, period, reason, note, True
