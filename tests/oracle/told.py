"""What the ledger says of a person, as the lists of disclosures are asked for it."""

from __future__ import annotations

from typing import Any

from tests.oracle.memory import Memory, Row, opened, type_of


def disclosures(_: Memory, row: Row, arguments: dict[str, Any]) -> bool:
    """The argument `talentId` of the list of disclosures."""
    said = arguments.get("talentId")
    return said is None or opened(type_of(said), said) in row["subjects"]
