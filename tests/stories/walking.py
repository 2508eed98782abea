"""What the random walks have in common: an engine of their own, and how far they walk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from hub.app import core_schema, registry, schema
from hub.engine import Engine
from hub.kit.db import Kept, connect_pool
from hub.kit.postgres import ClusterInfo
from tests.conftest import clone

Walked = tuple[asyncpg.Connection, Engine, asyncio.Runner]


@contextmanager
def engine_to_walk(
    cluster: ClusterInfo, template: str, name: str, **engine: Any
) -> Iterator[Walked]:
    """A database, and an engine with one connection, in an event loop of the walk's own."""
    with asyncio.Runner() as loop:

        async def opened() -> tuple[asyncpg.Connection, Engine, Kept, asyncpg.Pool]:
            database = await clone(cluster, template, name)
            pool = await connect_pool(database.app_url, size=1)
            owner, kept = await asyncpg.connect(database.owner_url), Kept(pool)
            made = Engine(
                registry(),
                core_schema(schema()),
                kept,
                **{"unseal": lambda sealed, _: sealed, **engine},
            )
            return owner, made, kept, pool

        owner, made, kept, pool = loop.run(opened())
        yield owner, made, loop

        async def closed() -> None:
            await made.bell.close()
            await kept.close()
            await pool.close()
            await owner.close()

        loop.run(closed())


def walk(machine: type[RuleBasedStateMachine], walks: int, steps: int) -> None:
    """So many walks of so many steps, the same each time unless TEST_RANDOM_WALKS is set."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=not os.environ.get("TEST_RANDOM_WALKS"),
        ),
    )
