"""Zones, parks and workspaces, many of them hidden, and the projects that stand in them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

from tests.make.maker import Row
from tests.make.park import AGES_AGO, FAR_AHEAD
from tests.make.world.values import CODES, DATES, TEXTS, World

PARK_STATES = ("PROPOSED", "APPROVED", "OPEN", "OPEN", "OPEN", "SUSPENDED", "CLOSED", "REJECTED")
PUBLISHED = ("APPROVED", "OPEN", "SUSPENDED", "CLOSED")
WORKSPACE_STATES = ("DRAFT", "AVAILABLE", "AVAILABLE", "AVAILABLE", "OUT_OF_SERVICE", "RETIRED")
PRICES = (0, 0, 1, 100, 2**31, 2**62)


async def build_places(world: World) -> None:
    """Parks of every kind and state; each has from no workspace to a dozen."""
    for number in range(8):
        await _zone(world, number)
    for number in range(24):
        await _park(world, number)
    for park in world.rows["park"]:
        codes = world.dice.sample(CODES, world.dice.choice((0, 1, 3, 6, 10)))
        for code in codes:
            await _workspace(world, park, code)
    await _projects(world)


async def _zone(world: World, number: int) -> None:
    zone = await world.make.zone(
        division=world.perhaps("division"),
        key=f"{world.one(CODES)}{number}",
        name_zh=world.one(TEXTS),
        name_en=world.maybe(TEXTS),
        kind=world.maybe(("NATIONAL_ETDZ", "HIGH_TECH", "PROVINCIAL")),
        external_codes=json.dumps([{"system": t, "code": None} for t in world.some(TEXTS)]),
        note=world.maybe(TEXTS),
        **world.common(),
    )
    world.keep("zone", zone)


async def _park(world: World, number: int) -> None:
    placed = world.chance()
    park = await world.make.park(
        zone=world.perhaps("zone"),
        division=world.any("division"),
        operator=world.any("organisation"),
        code=f"{world.one(CODES)}{number}",
        name_zh=world.one(TEXTS),
        name_en=world.maybe(TEXTS),
        kind=world.one(("INCUBATOR", "ENCLAVE", "OTHER")),
        specialties=world.some(TEXTS),
        open_from=world.maybe(DATES),
        address=world.maybe(TEXTS),
        latitude=world.one((Decimal("-0.5"), Decimal("31.980000"))) if placed else None,
        longitude=world.one((Decimal(0), Decimal("120.000001"))) if placed else None,
        coordinate_system="GCJ02" if placed else None,
        state=PARK_STATES[number % len(PARK_STATES)],
        **world.common(),
    )
    world.keep("park", park)


async def _workspace(world: World, park: Row, code: str) -> None:
    published = park["state"] in PUBLISHED
    number = len(world.rows.get("workspace", ()))
    observed = {}
    if number % 2:
        observed = {
            "observed_at": AGES_AGO,
            "stale_after": (FAR_AHEAD, FAR_AHEAD, AGES_AGO + timedelta(hours=1))[number % 3],
            "observed_free_seats": (0, 1, None, 0, 1)[number % 5],
            "observed_source": ("OPERATOR", "SENSOR")[number % 7 % 2],
        }
    workspace = await world.make.workspace(
        park=park,
        seats=world.one((1, 1, 2, 4, 2**31 - 1)),
        code=code,
        kind=world.one(("DESK", "OFFICE", "LAB")),
        area_cm2=world.one((1, 40_000, 2**31 - 1)),
        booking_unit=world.one(("HOUR", "DAY", "MONTH")),
        price_fen=world.one(PRICES),
        free_months=world.maybe((0, 3)),
        whole_space=world.chance(0.3),
        state=world.one(WORKSPACE_STATES) if published else "DRAFT",
        **observed,
        **world.common(),
    )
    world.keep("workspace", workspace)


async def build_observations(world: World) -> None:
    """The reports behind what stands on the workspaces."""
    for number, workspace in enumerate(world.rows["workspace"]):
        if workspace["observed_at"] is not None:
            await world.make.observation(
                workspace=workspace,
                free_seats=workspace["observed_free_seats"],
                stale_after=workspace["stale_after"],
                source=workspace["observed_source"],
                reported_by=TEXTS[number % len(TEXTS)],
            )


async def build_hours(world: World) -> None:
    """Hours and blocks that are told of and close nothing: no workspace here keeps them.

    And figures of parks, which nobody counted.
    """
    for park in world.rows["park"]:
        await _in_a_park(world, park)
        for month in (1, 2, 3)[: world.one((0, 1, 3))]:
            offered = world.one((Decimal("0.00"), Decimal("720.00"), Decimal("100.50")))
            await world.make.utilisation(
                park=park,
                month=date(2026, month, 1),
                seat_hours=offered,
                reserved_seat_hours=world.one((Decimal("0.00"), Decimal("240.00"))),
                **world.common(),
            )
    for workspace in world.rows["workspace"]:
        for _ in range(world.one((0, 0, 1, 3))):
            await world.make.noun(
                "park.availability_rule",
                workspace_id=workspace["id"],
                weekday=world.one(("MO", "TU", "SU")),
                opens_at=world.one(("00:00", "08:30")),
                closes_at=world.one(("18:00", "24:00")),
                **world.common(),
            )
        if world.chance(0.4):
            await world.make.block(
                workspace=workspace,
                state="LIFTED",
                reason=world.one(("MAINTENANCE", "OTHER")),
                note=world.maybe(TEXTS),
                **world.common(),
            )


async def _in_a_park(world: World, park: Row) -> None:
    """Homes, and reliefs of both kinds for whoever; carriers stand in no park."""
    if world.chance(0.4):
        await world.make.returnee_home(
            park=park,
            name_zh=world.one(TEXTS),
            hours=world.maybe(TEXTS),
            contact_roles=world.some(("desk", 'x"y', "")),
            **world.common(),
        )
    for _ in range(world.one((0, 0, 1, 2))):
        reduced, by_person = world.chance(), world.chance()
        await world.make.fee_relief(
            park=park,
            talent=world.any("talent") if by_person else None,
            organisation=None if by_person else world.any("organisation"),
            kind="REDUCTION" if reduced else "WAIVER",
            rate=Decimal("0.2500") if reduced else Decimal("1.0000"),
            months=world.maybe((1, 120)),
            amount_fen=world.maybe((1, 2**62)),
            starts_on=world.one(DATES[:5]),
            revoke_note=world.maybe(TEXTS),
            state=world.one(("GRANTED", "REVOKED")),
            **world.common(),
        )
    if world.chance(0.4):
        await world.make.carrier(
            host=world.any("organisation"),
            name_zh=world.one(TEXTS),
            kind=world.one(("POSTDOC", "DEMONSTRATION_BASE")),
            places=world.maybe((0, 2**31 - 1)),
            **world.common(),
        )


async def _projects(world: World) -> None:
    for number in range(10):
        programme = await world.make.programme(
            parent=world.rows["programme"][number // 2] if number > 2 else None,
            key=f"{world.one(CODES)}{number}",
            name_zh=world.one(TEXTS),
            name_en=world.maybe(TEXTS),
            brand_line=world.chance(),
            edition_named=world.maybe((-1, 15)),
            basis_zh=world.maybe(TEXTS),
            **world.common(),
        )
        world.keep("programme", programme)
    for _ in range(60):
        await world.make.project(
            programme=world.perhaps("programme"),
            lead=world.perhaps("organisation"),
            park=world.perhaps("park"),
            title_zh=world.one(TEXTS),
            title_en=world.maybe(TEXTS),
            summary=world.one(TEXTS),
            industry=world.one(("A", "C39", "T9999")),
            stage=world.one(("IDEA", "PROTOTYPE", "PILOT")),
            seeking=world.some(("FUNDING", "TALENT", "PARTNER", "SPACE")),
            fiscal_year=world.maybe((2000, 2026, 2026, 2100)),
            state=world.one(("DRAFT", "PUBLISHED", "PUBLISHED", "CLOSED", "WITHDRAWN")),
            **world.common(),
        )
