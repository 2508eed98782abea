"""What is computed of events."""

from __future__ import annotations

from typing import Any

from tests.oracle.memory import Memory, Row


def contact_count(memory: Memory, event: Row) -> int:
    return len(memory.where("Contact", "event_id", event["id"]))


COMPUTED: dict[tuple[str, str], Any] = {("Event", "contactCount"): contact_count}
