"""Hostile values, and what is known of the world while it is being made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from tests.make import Make, Row

T = TypeVar("T")

NOW = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)

TEXTS = (
    "",
    " ",
    "plain",
    'a "quoted" word',
    'back\\slash \\" \\n \\u0041',
    "it's; DROP TABLE park.park; --",
    "100% %s %I %% %1$s",
    "{} {0} {{x}} ${y} $1 :name",
    "line\nfeed\r\ttab\b\f",
    "\x01\x0b\x1a\x1f\x7f",
    "\x1atalent.phone:sealed\x1a",
    "null",
    "</script><!-- & -->",
    "园区 创新创业园",
    "王小明",
    "李·约翰 (O’Neill)",
    "🏙️👩‍🔬 emoji 𝄞",
    "separators\u2028and\u2029",
    "ÀÉ ß Straße",
    "MiXeD CaSe",
    "long " + "长" * 200,
)

WORDS = ("plain", "王小明", "园区", "MiXeD CaSe", 'a "quoted" word', "%", "\\")

CODES = ("", "A", "a", "B", "b-1", "Z", "_", "%", "é", "园", "\\", '"', "😀", "A ")

DATES = (
    date(2, 1, 1),
    date(1949, 10, 1),
    date(2024, 2, 29),
    TODAY - timedelta(days=1),
    TODAY,
    TODAY + timedelta(days=1),
    date(9998, 12, 31),
)

INSTANTS = (
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1988, 7, 1, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC),
    datetime(9998, 12, 31, tzinfo=UTC),
)

GROUPS = ("BASIC", "DEGREE", "CONTACT")
PURPOSES = (
    "JOB_MATCHING",
    "PROJECT_MATCHING",
    "PARK_SETTLEMENT",
    "SERVICE_HANDLING",
    "JOINT_RECRUITMENT",
    "STATISTICS",
)


@dataclass
class World:
    """The factories, the dice, and the rows made so far by name."""

    make: Make
    dice: Random
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def one(self, values: Sequence[T]) -> T:
        return self.dice.choice(values)

    def maybe(self, values: Sequence[T]) -> T | None:
        """One of the values, or null four times in ten."""
        return None if self.dice.random() < 0.4 else self.dice.choice(values)

    def some(self, values: Sequence[T], least: int = 0) -> list[T]:
        """Several different values in any order, often none."""
        return self.dice.sample(values, self.dice.randint(least, max(least, len(values) // 2)))

    def chance(self, probability: float = 0.5) -> bool:
        return self.dice.random() < probability

    def any(self, name: str) -> Row:
        """One of the rows made under this name."""
        return self.dice.choice(self.rows[name])

    def perhaps(self, name: str) -> Row | None:
        return None if self.dice.random() < 0.4 else self.any(name)

    def common(self, visibilities: str = "P0 P1 P2 P3 P4") -> dict[str, Any]:
        """What is common to every row, at odds with what is usual."""
        return {
            "version": self.one((1, 2, 2**31 - 1)),
            "created_at": self.one(INSTANTS),
            "updated_at": self.one(INSTANTS),
            "synthetic": self.chance(),
            "visibility": self.one(visibilities.split()),
        }

    def keep(self, name: str, row: Row) -> Row:
        self.rows.setdefault(name, []).append(row)
        return row
