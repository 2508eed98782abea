"""Rows with every field filled, of each kind that a rule tells apart: something to leak everywhere.

For each noun there is a row that a caller is entitled to when she is entitled to any (`main`), and
beside it the rows that are not hers (`others`). Persons differ in what they consented to; cities in
what they agreed to.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from hub.model.registry import Registry
from tests.access.table.met import meet
from tests.access.table.people import settle_people
from tests.access.table.places import build_places
from tests.access.table.policies import write_policies
from tests.access.table.promises import make_promises
from tests.access.table.rows import AGREED, SHARING, World
from tests.access.table.together import work_together
from tests.make import Make
from tests.make.maker import STAMP


async def create(connection: asyncpg.Connection, registry: Registry) -> World:
    """Fill an empty, migrated database."""
    world = World(Make(connection))
    await build_places(world)
    await _cities(world)
    await settle_people(world)
    await meet(world)
    await write_policies(world)
    await work_together(world)
    await make_promises(world, registry)
    await _platform(world)
    for noun in registry.nouns.values():
        schema = noun.table.schema
        found = await connection.fetch(f"SELECT * FROM {schema}.{noun.table.name}")
        world.stored[noun.name] = {row["id"]: row for row in found}
    return world


async def _cities(world: World) -> None:
    make = world.make
    [organisation] = world.main["Organisation"]
    about: dict[str, Any] = {
        "organisation": organisation,
        "title_en": "Agreement",
        "own_signed_on": date(2025, 12, 1),
        "own_signatory": "Bureau",
        "other_signed_on": date(2025, 12, 2),
        "other_signatory": "Office",
        "purposes": ["JOB_MATCHING"],
        "field_groups": ["BASIC"],
        "lawful_basis": "CONSENT",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 1, 1),
        "retention_days": 30,
        "people_per_day": 100,
        "source": "made for a test",
        "state": "SUSPENDED",
        "suspended_by": "OWN",
    }
    for code, sharing in SHARING.items():
        city = await make.partner(code, contacts=["Office"], source="made for a test")
        world.kept[code] = city
        if sharing is not None:
            await make.sharing(partner=city, **sharing)
        world.agreements[code] = await make.agreement(partner=city, **about)
    world.main["Partner"] = [world.kept[AGREED]]
    stranger = world.kept["another city"] = await make.partner("330100", contacts=["Office"])
    world.other("Agreement", "of another city", await make.agreement(partner=stranger, **about))


async def _platform(world: World) -> None:
    make = world.make
    world.main["Client"] = [
        await make.client(
            "some-client",
            scopes=["park:read"],
            partner=AGREED,
            departments=["hr"],
            purposes=["JOB_MATCHING"],
            parks=[UUID(int=3)],
            token_endpoint_auth_method="PRIVATE_KEY_JWT",
            jwks=json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}),
        ),
        await make.client(
            "other-client",
            token_endpoint_auth_method="PRIVATE_KEY_JWT",
            jwks_uri="https://keys.example/jwks.json",
        ),
    ]
    world.main["PartnerSuspension"] = [
        await make.partner_suspension(AGREED, state="LIFTED", reason="Keys were lost.")
    ]
    world.main["Person"] = [
        await make.person(
            "somebody",
            departments=["hr"],
            purposes=["JOB_MATCHING"],
            parks=[UUID(int=3)],
            signed_in_at=STAMP,
        )
    ]
    somebody = UUID(int=2)
    about: dict[str, Any] = {
        "mutation": "holdWorkspace",
        "objects": [somebody],
        "purpose": "JOB_MATCHING",
        "basis": "CONSENT",
        "agreement": somebody,
        "sub": "somebody",
        "partner": AGREED,
        "token_id": "token",
        "refused": json.dumps({"BASIC": "CONSENT"}),
    }
    read, another = [
        await make.audit_entry(subjects=[world.persons[name]["Talent"][0]["id"]], **about)
        for name in ("agreed", "stranger")
    ]
    world.main["AuditEntry"] = [read]
    for noun in ("Disclosure", "MyDisclosure"):
        world.main[noun] = [read]
    world.other("MyDisclosure", "of another person", another)
