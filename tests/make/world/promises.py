"""Commitments of every kind over objects of this world, and figures that count for nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hub.app import registry
from tests.make.world.values import TEXTS, World

KINDS = ("FLOOR", "CEILING", "COVERAGE", "PRESENCE", "DIRECTION")
TARGETS = {
    "FLOOR": "2",
    "COVERAGE": json.dumps(["HK", "SG"]),
    "CEILING": json.dumps([{"category": "A", "applicant": "TEAM", "maxFen": 1}]),
}
OPENED = (None, date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(9998, 12, 31))


async def make_promises(world: World) -> None:
    for number, opened in enumerate(OPENED):
        park = await world.make.park(
            zone=world.any("zone"),
            division=world.any("division"),
            operator=world.any("organisation"),
            code=f"returnee-{number}",
            kind="RETURNEE_PARK",
            specialties=["biotech"],
            open_from=opened,
            **world.common(),
        )
        await world.make.workspace(park=park, seats=number + 1)
    for number, metric in enumerate(["service.nothing", *registry().counts] * 2):
        kind = KINDS[number % len(KINDS)]
        await world.make.commitment(
            metric,
            policy=world.perhaps("policy"),
            key=f"{number}",
            kind=kind,
            period=world.one(("CALENDAR_YEAR", "ONCE", "RECURRING")),
            valued_by=world.one(("SUM", "GREATEST", "MEMBERS", "MEDIAN")),
            target=TARGETS.get(kind),
            title_zh=world.one(TEXTS),
            gap_zh=world.maybe(TEXTS),
            gap_en=world.maybe(TEXTS),
            assumption_zh=world.maybe(TEXTS),
            assumption_en=world.maybe(TEXTS),
            rights_direction=world.maybe(("POSTS", "SUBSIDY_COST")),
            lifecycle=world.maybe(("ATTRACT", "EMPLOY")),
            **world.common(),
        )
    for number in range(5):
        await world.make.reported_fact(
            key=f"{number}",
            value=world.one((Decimal(0), Decimal("1.50"), Decimal(194600))),
            period=world.maybe(TEXTS),
            precision_zh=world.maybe(TEXTS),
            gap_en=world.maybe(TEXTS),
            **world.common(),
        )
