"""What the ledger says of persons: who read whose data, or was refused it."""

from __future__ import annotations

import json
from uuid import UUID

from tests.make.world.values import GROUPS, INSTANTS, PURPOSES, WORDS, World


async def record_reads(world: World) -> None:
    """Entries that name several persons, some of them twice, some read by themselves."""
    persons = [row["id"] for row in await world.make.connection.fetch(_PERSONS)]
    for number in range(40):
        await world.make.audit_entry(
            operation=UUID(int=number % 5),
            at=world.one(INSTANTS),
            entity=world.one(("Talent", "Degree")),
            audience=world.one(("PARTNER", "DEPARTMENT", "INTERNAL", "TALENT")),
            action=world.one(("READ", "READ", "READ", "CHANGE")),
            subjects=[world.one(persons) for _ in range(world.dice.randint(1, 4))],
            field_groups=world.some(GROUPS),
            purpose=world.maybe(PURPOSES),
            basis=world.maybe(("CONSENT", "STATUTORY_DUTY")),
            client=world.one(WORDS),
            partner=world.maybe(("320500", "310000")),
            refused=json.dumps(world.one(({}, {"CONTACT": "CONSENT"}))),
        )


_PERSONS = "SELECT id FROM talent.talent ORDER BY id"
