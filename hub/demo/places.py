"""Invented parks in the real zones of the city, and their workspaces.

Nothing says which zone hosts a park for returned talent; here four parks stand in each. A few are
only proposed, rejected or closed, and a few workspaces are drafts, so that refusals can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import day_between, new_ids, random_for
from hub.demo.well_known import PARK_P1_ID, PARK_P2_ID

PARK_COLUMNS = (
    "id",
    "code",
    "name_zh",
    "name_en",
    "kind",
    "specialties",
    "open_from",
    "address",
    "latitude",
    "longitude",
    "coordinate_system",
    "state",
    "zone_id",
    "division_code",
    "operator_id",
    "synthetic",
)
WORKSPACE_COLUMNS = (
    "id",
    "code",
    "kind",
    "seats",
    "area_cm2",
    "booking_unit",
    "price_fen",
    "free_months",
    "whole_space",
    "state",
    "park_id",
    "synthetic",
)
SPECIALTIES = [
    "生物医药",
    "新材料",
    "高端装备",
    "集成电路",
    "海洋工程",
    "人工智能",
    "新能源",
    "医疗器械",
    "数字经济",
    "现代农业",
]
PUBLISHED = ("APPROVED", "OPEN", "SUSPENDED", "CLOSED")


@dataclass(frozen=True)
class Zone:
    """A zone as it stands in the database."""

    id: UUID
    name: str
    division: str | None


@dataclass(frozen=True)
class Park:
    """A park: the row, and what the rows about it go by."""

    id: UUID
    row: tuple[Any, ...]
    state: str


@dataclass(frozen=True)
class Workspace:
    """A workspace: the row, and what its reservations go by."""

    id: UUID
    row: tuple[Any, ...]
    park: UUID
    seats: int
    unit: str
    whole: bool
    state: str
    closed: bool
    """Whether its park is: nobody holds seats there any more."""


def parks(
    seed: int, count: int, zones: list[Zone], divisions: list[str], operators: list[UUID]
) -> Iterator[Park]:
    """Parks P1, P2 and so on; the first fifty are open."""
    random = random_for(seed, "parks")
    new_id = new_ids(random)
    known = {0: PARK_P1_ID, 1: PARK_P2_ID}
    for number in range(count):
        zone = zones[number % len(zones)]
        special = random.sample(SPECIALTIES, random.randrange(1, 4))
        state = (
            "OPEN"
            if number < 50
            else ("APPROVED", "SUSPENDED", "CLOSED", "PROPOSED", "REJECTED")[number % 5]
        )
        row = (
            known.get(number) or new_id(number),
            f"P{number + 1}",
            f"{zone.name}示例园区{number + 1}号",
            f"Example Park {number + 1}",
            ("RETURNEE_PARK", "INCUBATOR", "RETURNEE_PARK", "OTHER")[number % 4],
            special,
            day_between(random, date(2015, 1, 1), date(2025, 6, 30)),
            f"示例路{random.randrange(1, 999)}号",
            Decimal(random.randrange(31_700_000, 32_600_000)).scaleb(-6),
            Decimal(random.randrange(120_300_000, 121_800_000)).scaleb(-6),
            "GCJ02",
            state,
            zone.id,
            zone.division or random.choice(divisions),
            operators[number % len(operators)],
            True,
        )
        yield Park(row[0], row, state)


def workspaces(seed: int, count: int, parks: list[Park]) -> Iterator[Workspace]:
    """Workspaces shared out among the parks in turn; those of parks not published are drafts."""
    random = random_for(seed, "workspaces")
    new_id = new_ids(random)
    for number in range(count):
        park = parks[number % len(parks)]
        floor, door = divmod(number // len(parks), 40)
        yield _workspace(new_id(number), f"{floor + 1:02d}-{door + 1:02d}", park, random)


def _workspace(id_: UUID, code: str, park: Park, random: Random) -> Workspace:
    kind = random.choices(("DESK", "OFFICE", "MEETING_ROOM", "LAB", "BENCH"), (40, 25, 15, 8, 12))[
        0
    ]
    whole = kind in ("OFFICE", "MEETING_ROOM", "LAB")
    least, most = {
        "DESK": (1, 12),
        "OFFICE": (2, 20),
        "MEETING_ROOM": (6, 40),
        "LAB": (2, 10),
        "BENCH": (1, 4),
    }[kind]
    seats = random.randint(least, most)
    unit = {"MEETING_ROOM": "HOUR", "DESK": random.choice(("DAY", "MONTH"))}.get(kind, "MONTH")
    price = random.randrange(1, 40) * {"HOUR": 1_000, "DAY": 500, "MONTH": 20_000}[unit]
    state = "DRAFT"
    if park.state in PUBLISHED:
        state = random.choices(("AVAILABLE", "OUT_OF_SERVICE", "DRAFT", "RETIRED"), (88, 5, 4, 3))[
            0
        ]
    row = (
        id_,
        code,
        kind,
        seats,
        seats * random.randrange(30_000, 90_000),
        unit,
        0 if random.random() < 0.3 else price * (seats if whole else 1),
        random.choice((None, None, 3, 6, 12)),
        whole,
        state,
        park.id,
        True,
    )
    return Workspace(id_, row, park.id, seats, unit, whole, state, park.state == "CLOSED")
