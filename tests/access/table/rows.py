"""The rows of the table's world by what they are, and what persons and cities differ in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from tests.make import Make, Row

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)

AGREED, BASIC_ONLY, STATUTORY, SUSPENDED, LAPSED, NONE = (
    "320500", "310000", "321000", "320200", "321100", "320400",
)  # fmt: skip
"""Cities, by the state of their agreement."""

SHARING: dict[str, dict[str, Any] | None] = {
    AGREED: {},
    BASIC_ONLY: {"field_groups": ["BASIC"]},
    STATUTORY: {"lawful_basis": "STATUTORY_DUTY"},
    SUSPENDED: {"state": "SUSPENDED"},
    LAPSED: {"valid_until": date(2026, 6, 1)},
    NONE: None,
}

CONSENTS: dict[str, dict[str, Any]] = {
    "agreed": {},
    "asked nobody": {"recipient": "another-app"},
    "withdrew": {"state": "WITHDRAWN"},
    "lapsed": {"valid_until": date(2026, 6, 1)},
    "other purpose": {"purpose": "PARK_SETTLEMENT"},
    "basic": {"field_groups": ["BASIC"]},
    "degree": {"field_groups": ["DEGREE"]},
    "closed": {},
    "stranger": {"recipient": "another-app"},
}
"""Persons, by how the consent differs that each gave; `stranger` is somebody else."""

PAIRS = (
    *((AGREED, person) for person in CONSENTS),
    *((city, "agreed") for city in SHARING if city != AGREED),
    (STATUTORY, "asked nobody"),
)
"""For which city and person there is a reservation."""

APP = "own-app"
"""The client for which the main reservations were asked."""

Rows = dict[str, list[Row]]


@dataclass
class World:
    """What was made, by noun; persons' rows also by person.

    `held` and `over` are the reservations of an organisation and the consents that were withdrawn:
    they fill what the main ones of their kind cannot have.
    """

    make: Make
    kept: dict[str, Row] = field(default_factory=dict)
    main: Rows = field(default_factory=dict)
    others: dict[str, Rows] = field(default_factory=dict)
    persons: dict[str, Rows] = field(default_factory=dict)
    over: dict[str, Row] = field(default_factory=dict)
    agreements: dict[str, Row] = field(default_factory=dict)
    reservations: dict[tuple[str, str], Row] = field(default_factory=dict)
    held: dict[str, Row] = field(default_factory=dict)
    series: dict[tuple[str, str], Row] = field(default_factory=dict)
    held_series: dict[str, Row] = field(default_factory=dict)
    together: dict[str, dict[str, Row]] = field(default_factory=dict)
    stored: dict[str, dict[UUID, Row]] = field(default_factory=dict)

    def other(self, noun: str, which: str, row: Row) -> Row:
        """Keep a row that not everybody sees under what is special about it."""
        self.others.setdefault(noun, {}).setdefault(which, []).append(row)
        return row

    def ids(self, noun: str) -> list[str]:
        """The ids of all rows of a noun, as the API writes them."""
        return [f"{noun}:{key}" for key in self.stored[noun]]
