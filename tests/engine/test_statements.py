"""One row or fifty, every golden question costs the same number of statements: one, or none.

Counted by the driver as they leave, not by the engine.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine
from hub.kit.db import connect_pool
from hub.kit.postgres import ClusterInfo
from tests.conftest import clone
from tests.engine.test_golden import CASES, FILES, read
from tests.make import Make, empty
from tests.make.world import NOW

SIZES = (1, 50)


class Counted:
    """Engines over a database of each size, and the statements that they sent."""

    def __init__(self) -> None:
        self.engines: dict[int, Engine] = {}
        self.sent: list[str] = []

    async def connect(self, size: int, url: str) -> asyncpg.Pool:
        async def listen(connection: asyncpg.Connection) -> None:
            connection.add_query_logger(lambda query: self.sent.append(query.query))

        pool = await connect_pool(url, size=1, init=listen)
        engine = Engine(
            registry(), core_schema(schema()), pool, unseal=lambda s, _: s, clock=lambda: NOW
        )
        self.engines[size] = engine
        return pool


@pytest.fixture(scope="module")
async def counted(cluster: ClusterInfo, template: str) -> AsyncIterator[Counted]:
    found, pools = Counted(), []
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    for size in SIZES:
        database = await clone(cluster, template, f"{worker}_rows_{size}")
        owner = await asyncpg.connect(database.owner_url)
        await empty(owner)
        await crowd(Make(owner), size)
        await owner.close()
        pools.append(await found.connect(size, database.app_url))
    yield found
    for pool in pools:
        await pool.close()


async def crowd(make: Make, size: int) -> None:
    """So many rows of every noun, each list below one row as long as the list itself."""
    city = await make.partner("320500")
    await make.sharing(partner=city)
    operator = await make.organisation(kind="OPERATOR")
    zone = await make.zone()
    park = await make.park(operator=operator, zone=zone)
    space = await make.workspace(park=park, seats=99)
    person = await make.known_talent()
    programme = await make.programme()
    for number in range(size):
        await make.client(f"client-{number}", audience="PARTNER")
        await make.audit_entry()
        await make.agreement(organisation=operator)
        await make.zone()
        await make.park(operator=operator, zone=zone)
        await make.workspace(park=park)
        talent = await make.known_talent()
        for whose in (talent, person):
            await make.degree(talent=whose)
        await make.consent(talent=talent, recipient="320500")
        await make.reservation(workspace=space, talent=person, partner=city)
        await make.programme(parent=programme)
        await make.project(programme=programme, park=park, lead=operator)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(CASES).with_suffix("")))
async def test_one_row_and_fifty_cost_the_same_statements(counted: Counted, file: Path) -> None:
    question, grant = read(file)
    sent = {}
    for size, engine in counted.engines.items():
        await engine.answer(question, grant)  # the driver asks once what an array's type is
        counted.sent.clear()
        answer = await engine.answer(question, grant)
        sent[size] = list(counted.sent)
        assert answer.statements == len(sent[size]) <= 1
    assert sent[SIZES[0]] == sent[SIZES[1]]
