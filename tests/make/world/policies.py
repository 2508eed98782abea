"""Measures in versions of every state, with clauses of every kind."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.make.world.values import CODES, DATES, TEXTS, TODAY, World

KINDS = ("CONDITION", "TIER", "CAP", "FLOOR", "BENEFIT", "RULE")
STATES = ("DRAFT", "PUBLISHED", "PUBLISHED", "SUPERSEDED", "REPEALED")
YEAR = timedelta(days=365)
REST_RELIEFS = """
    UPDATE park.fee_relief AS relief SET policy_version_key = version.key
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM park.fee_relief) AS numbered
    JOIN (
        SELECT key, row_number() OVER (ORDER BY key) AS n, count(*) OVER () AS total
        FROM policy.policy_version
    ) AS version ON version.n = 1 + numbered.n % version.total
    WHERE relief.id = numbered.id AND numbered.n % 3 > 0
"""
"""Two of three reliefs of the parks, which are made before, rest on a version of some state."""


async def write_policies(world: World) -> None:
    for number in range(6):
        document = await world.make.policy_document(
            issuer=world.perhaps("organisation"),
            key=f"{world.one(CODES)}{number}",
            title_zh=world.one(TEXTS),
            title_en=world.one(TEXTS),
            issued_on=world.maybe(DATES),
            published_on=world.maybe(DATES),
            areas_total=world.maybe((0, 9)),
            implements_key=world.rows["document"][number // 2]["key"] if number > 2 else None,
            **world.common(),
        )
        world.keep("document", document)
        for position in range(world.dice.randint(0, 3)):
            name = world.maybe(TEXTS)
            await world.make.policy_area(
                document=document, position=position, name_zh=name, name_en=name, **world.common()
            )
    for number in range(8):
        await _policy(world, number)
    await world.make.connection.execute(REST_RELIEFS)


async def _policy(world: World, number: int) -> None:
    reported = world.maybe(TEXTS)
    policy = await world.make.policy(
        key=f"{world.one(CODES)}{number}",
        title_zh=world.one(TEXTS),
        title_en=world.one(TEXTS),
        status=world.one(("IN_FORCE", "COMMITTED")),
        section=world.one(("S1.1", "S2.3", "")),
        also_reported_section=reported,
        also_reported_quote_zh=reported,
        rights_direction=world.maybe(("POSTS", "SERVICE_CHANNEL")),
        lifecycle=world.maybe(("ATTRACT", "EMPLOY")),
        owners_zh=world.some(TEXTS),
        owners_basis=world.maybe(("FROM_TEXT", "DESIGN_ASSUMPTION")),
        gaps=json.dumps([{"text": text} for text in world.some(TEXTS)]),
        **world.common(),
    )
    world.keep("policy", policy)
    for no in range(1, world.dice.randint(1, 4)):
        since = TODAY + (no - 2) * YEAR
        version = await world.make.policy_version(
            policy=policy,
            document=world.any("document"),
            no=no,
            state=world.one(STATES),
            effective_from=since,
            effective_to=since + YEAR,
            **world.common(),
        )
        for position in range(world.dice.randint(0, 4)):
            kind, assumed = world.one(KINDS), world.chance(0.2)
            await world.make.clause(
                policy_version=version,
                position=position,
                kind=kind,
                amount_fen=2**40 if kind in ("TIER", "CAP", "FLOOR") else None,
                basis="DESIGN_ASSUMPTION" if assumed else "FROM_TEXT",
                quote_zh=None if assumed else world.one(TEXTS),
                **world.common(),
            )
