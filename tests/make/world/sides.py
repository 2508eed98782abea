"""Who works together, and what they agreed on in every state that an agreement can be in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.make.world.values import DATES, GROUPS, INSTANTS, PURPOSES, TEXTS, TODAY, WORDS, World

DIVISIONS = {
    "320000": None,
    "310000": None,
    "330000": None,
    "320100": "320000",
    "320200": "320000",
    "320400": "320000",
    "320500": "320000",
    "320600": "320000",
    "330100": "330000",
    "340100": None,
    "310104": "310000",
    "320505": "320500",
    "320506": "320500",
    "320601": "320600",
    "320612": "320600",
    "320613": "320600",
    "320671": "320600",
    "3206": None,
    "32%": None,
    "": None,
}

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

SHARING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("320500", {"purposes": PURPOSES[:2], "valid_from": TODAY, "valid_until": TOMORROW}),
    ("320500", {"state": "SIGNED"}),
    ("310000", {"lawful_basis": "STATUTORY_DUTY", "field_groups": ["BASIC", "CONTACT"]}),
    ("330100", {"state": "SUSPENDED", "purposes": PURPOSES}),
    ("330100", {"state": "TERMINATED", "purposes": PURPOSES}),
    ("320200", {"valid_until": TODAY, "purposes": PURPOSES}),
    ("320100", {"valid_from": TOMORROW, "purposes": PURPOSES}),
    ("320400", {"field_groups": ["DEGREE"], "purposes": PURPOSES}),
    ("340100", {"state": "DRAFT", "purposes": PURPOSES, "own_signed_on": None}),
)

PARTNERS = ("320500", "310000", "330100", "320200", "320100", "320400", "340100")


async def found_sides(world: World) -> None:
    """Divisions, code lists, organisations, partner cities, agreements, clients, old audits."""
    await _reference(world)
    for number in range(25):
        await _organisation(world, number)
    for number, code in enumerate(PARTNERS):
        purposes = world.some(PURPOSES) if number % 3 == 2 else list(PURPOSES)
        city = await world.make.partner(
            code, contacts=world.some(TEXTS), purposes=purposes, **world.common()
        )
        world.keep("partner", city)
    await _agreements(world)
    await _platform(world)


async def _reference(world: World) -> None:
    make = world.make
    for code, parent in DIVISIONS.items():
        above = next((d for d in world.rows.get("division", []) if d["code"] == parent), None)
        division = await make.division(
            code,
            parent=above,
            name_zh=world.one(TEXTS),
            level=world.one(("PROVINCE", "PREFECTURE", "COUNTY")),
            statistical_only=world.chance(0.2),
            **world.common(),
        )
        world.keep("division", division)
    for alpha2 in ("CN", "HK", "SG", "JP", 'a "', ""):
        await make.territory(alpha2, label_zh=world.one(TEXTS), **world.common())
    for purpose in PURPOSES:
        await make.purpose(purpose, covers_en=world.one(TEXTS), **world.common())
    for number in range(30):
        await make.code_item(
            world.one(("degree", "title", "")),
            f"{number}",
            rank=number % 4 - 1,
            basis=world.one(("PUBLIC_MATERIAL", "OWN", "UNVERIFIED")),
            label_zh=world.maybe(TEXTS),
            label_en=world.maybe(TEXTS),
            **world.common(),
        )


async def _organisation(world: World, number: int) -> None:
    organisation = await world.make.organisation(
        division=world.perhaps("division"),
        key=world.maybe((f"key-{number}", f'"{number}')),
        uscc=world.maybe((world.make.uscc(number),)),
        name_zh=world.one(TEXTS),
        short_name_zh=world.maybe(TEXTS),
        name_en=world.maybe(TEXTS),
        kind=world.one(("DEPARTMENT", "ENTERPRISE", "OPERATOR", "UNIVERSITY")),
        territory=world.one(("CN", "SG")),
        is_key_unit=world.chance(),
        in_working_group=world.chance(),
        source=world.maybe(TEXTS),
        **world.common(),
    )
    world.keep("organisation", organisation)


async def _agreements(world: World) -> None:
    for code, terms in SHARING:
        city = next(p for p in world.rows["partner"] if p["code"] == code)
        await world.make.sharing(partner=city, **{**world.common(), **terms})
    for number in range(30):
        to_city = world.chance()
        agreement = await world.make.agreement(
            partner=world.any("partner") if to_city else None,
            organisation=None if to_city else world.any("organisation"),
            kind=world.one(("CITY", "UNIVERSITY", "OTHER")),
            title_zh=world.one(TEXTS),
            title_en=world.maybe(TEXTS),
            own_signed_on=world.maybe(DATES),
            own_signatory=world.maybe(TEXTS),
            purposes=world.some(PURPOSES),
            field_groups=world.some(GROUPS),
            lawful_basis=world.maybe(("CONSENT", "CONTRACT")),
            valid_from=None,
            valid_until=world.maybe(DATES),
            people_per_day=world.maybe((1, 2**31 - 1)),
            state=world.one(("DRAFT", "SIGNED", "IN_FORCE", "EXPIRED")) if number % 2 else "DRAFT",
            **world.common(),
        )
        world.keep("agreement", agreement)


async def _platform(world: World) -> None:
    for number in range(6):
        await world.make.client(
            f"client-{number}{world.one(WORDS)}",
            name_zh=world.one(WORDS),
            name_en=world.one(WORDS),
            audience=world.one(("PARTNER", "DEPARTMENT", "TALENT")),
            scopes=world.some(("park:read", "talent:read.basic", 'a "scope"')),
            partner=world.maybe(PARTNERS),
            departments=world.some(TEXTS),
            purposes=world.some(PURPOSES),
            **world.common(),
        )
    for number in range(20):
        refused = world.one(({}, {"CONTACT": "CONSENT", "BASIC": 'a "reason"'}))
        await world.make.audit_entry(
            operation=UUID(int=number % 3),
            at=world.one(INSTANTS),
            subjects=[UUID(int=n) for n in range(world.dice.randint(0, 3))],
            field_groups=world.some(GROUPS),
            purpose=world.maybe(TEXTS),
            basis=world.maybe(("CONSENT", "STATUTORY_DUTY")),
            agreement=world.maybe((UUID(int=7),)),
            client=world.one(WORDS),
            sub=world.maybe(TEXTS),
            partner=world.maybe(PARTNERS),
            token_id=world.maybe(TEXTS),
            refused=json.dumps(refused),
        )
    for number in range(6):
        await world.make.person(
            f"person-{number}{world.one(WORDS)}",
            role=world.one(("OPERATOR", "OFFICER", "TALENT")),
            state=world.one(("INVITED", "ACTIVE", "SUSPENDED", "CLOSED")),
            departments=world.some(TEXTS),
            purposes=world.some(PURPOSES),
            signed_in_at=world.maybe(INSTANTS),
            **world.common(),
        )


async def keep_out(world: World) -> None:
    """Partner cities that are kept out, or were; last, so that other rows keep their ids."""
    for state, reason in (("LIFTED", None), ("LIFTED", 'a "reason"'), ("REVOKED", None)):
        await world.make.partner_suspension(PARTNERS[0], state=state, reason=reason)
