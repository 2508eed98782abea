"""A small and hostile data set: what a real one has one row in a million of, here in every table.

Nulls wherever a column takes them, equal sort keys, texts that break naive quoting, dates at the
edges of what counts today, hidden rows of every kind, agreements and consents in all their states.
The same seed gives the same rows. "Today" is `TODAY`: who reads the world must set its clock to
`NOW`, half an hour after midnight in Shanghai and still the day before in UTC.
"""

from __future__ import annotations

from random import Random
from uuid import UUID, uuid5

import asyncpg

from tests.make import Make
from tests.make.world.met import meet_people
from tests.make.world.people import settle_people
from tests.make.world.places import build_hours, build_observations, build_places
from tests.make.world.policies import write_policies
from tests.make.world.promises import make_promises
from tests.make.world.sides import found_sides, keep_out
from tests.make.world.together import work_together
from tests.make.world.told import record_reads
from tests.make.world.values import NOW, TODAY, World

__all__ = ["NOW", "TODAY", "create"]

NAMESPACE = UUID("00000000-0000-8000-8000-000000000000")


async def create(connection: asyncpg.Connection, seed: int = 1) -> None:
    """Fill an empty, migrated database; ids are in no order that anything else has."""
    make = Make(connection, identify=lambda number: uuid5(NAMESPACE, f"{seed}:{number}"))
    world = World(make, Random(seed))
    async with connection.transaction():
        await found_sides(world)
        await build_places(world)
        await settle_people(world)
        await build_observations(world)
        await build_hours(world)
        await write_policies(world)
        await work_together(world)
        await make_promises(world)
        await keep_out(world)
        await record_reads(world)
        await meet_people(world)
    await connection.execute("ANALYZE")
