"""What is computed of results that cities share, and of how long answers took."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median
from typing import Any

from tests.oracle.memory import Memory, Row


def shared_with(memory: Memory, share: Row) -> list[str]:
    """The other cities of the same result, by code."""
    there = memory.where("EnclaveShare", "result_id", share["result_id"])
    return sorted(row["city_code"] for row in there if row["city_code"] != share["city_code"])


def _minutes(matter: Row, until: datetime) -> int:
    return int((until - matter["asked_at"]).total_seconds() // 60)


def elapsed(_: Memory, matter: Row) -> int:
    return _minutes(matter, matter["answered_at"] or datetime.now(UTC))


def _in_state(memory: Memory, group: Row, state: str) -> list[Row]:
    there = memory.where("Matter", "working_group_key", group["key"])
    return [row for row in there if row["state"] == state]


def open_matters(memory: Memory, group: Row) -> int:
    return len(_in_state(memory, group, "OPEN"))


def answered_matters(memory: Memory, group: Row) -> int:
    return len(_in_state(memory, group, "ANSWERED"))


def median_minutes(memory: Memory, group: Row) -> int | None:
    took = [_minutes(row, row["answered_at"]) for row in _in_state(memory, group, "ANSWERED")]
    return round(median(took)) if took else None


COMPUTED: dict[tuple[str, str], Any] = {
    ("EnclaveShare", "sharedWith"): shared_with,
    ("Matter", "elapsedMinutes"): elapsed,
    ("WorkingGroup", "openMatters"): open_matters,
    ("WorkingGroup", "answeredMatters"): answered_matters,
    ("WorkingGroup", "medianMinutes"): median_minutes,
}
