"""Invented carriers, homes for returnees and fee reliefs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.demo.ids import day_between, new_ids, random_for

CARRIER_COLUMNS = (
    "id",
    "name_zh",
    "name_en",
    "kind",
    "level",
    "places",
    "host_organisation_id",
    "synthetic",
)
HOME_COLUMNS = ("id", "name_zh", "hours", "contact_roles", "park_id", "synthetic")
RELIEF_COLUMNS = (
    "id",
    "kind",
    "rate",
    "months",
    "starts_on",
    "policy_version_key",
    "park_id",
    "holder_organisation_id",
    "synthetic",
)
RELIEF_POLICY = "property-fee-relief/1"
"""The version of the document's measure on which reliefs rest."""


def carriers(seed: int, organisations: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """Two dozen post-doctoral carriers and two demonstration bases."""
    random = random_for(seed, "carriers")
    new_id = new_ids(random)
    for number in range(26):
        base = number >= 24
        yield (
            new_id(number),
            f"示例{'示范基地' if base else '博士后载体'}{number + 1}号",
            f"Example {'Demonstration Base' if base else 'Post-doctoral Carrier'} {number + 1}",
            "DEMONSTRATION_BASE" if base else "POSTDOC",
            random.choice(("NATIONAL", "PROVINCIAL", "PROVINCIAL", "MUNICIPAL")),
            None if base else random.randrange(1, 9),
            random.choice(organisations),
            True,
        )


def homes(seed: int, parks: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """One in every fourth park."""
    random = random_for(seed, "homes")
    new_id = new_ids(random)
    for number, park in enumerate(parks[::4]):
        hours = random.choice(("工作日 09:00-17:30", "每日 08:30-20:00"))
        roles = ["归国人才服务专窗", "政策咨询岗"]
        yield new_id(number), f"示例归国人才之家{number + 1}号", hours, roles, park, True


def reliefs(
    seed: int, parks: list[UUID], organisations: list[UUID], today: date
) -> Iterator[tuple[Any, ...]]:
    """A few in every second park, reduced or waived."""
    random = random_for(seed, "reliefs")
    new_id = new_ids(random)
    number = 0
    for park in parks[::2]:
        for _ in range(random.randrange(3)):
            waived = random.random() < 0.4
            yield (
                new_id(number),
                "WAIVER" if waived else "REDUCTION",
                Decimal(1) if waived else Decimal(random.randrange(1, 10)) / 10,
                random.choice((6, 12, 24, 36)),
                day_between(random, date(today.year - 1, 1, 1), today),
                RELIEF_POLICY,
                park,
                random.choice(organisations),
                True,
            )
            number += 1
