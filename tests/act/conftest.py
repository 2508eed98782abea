"""A depot of its own for each test module, and a way to send mutations to it."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy.schema import CreateTable

from hub.app import core_schema
from hub.engine import Engine, Question
from hub.kit.db import Kept, connect_pool
from hub.kit.postgres import ClusterInfo
from hub.kit.sql import DIALECT
from hub.model.access import Audience, Grant
from hub.model.sdl import merged_schema
from hub.model.seal import seal
from tests.act import depot
from tests.conftest import Database, clone

_numbers = itertools.count()
"""Each module has a database of its own: what a cut connection left behind may still be there."""


@pytest.fixture(scope="module")
async def depot_database(cluster: ClusterInfo, template: str) -> Database:
    """A migrated database with the depot's table beside the hub's."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_depot{next(_numbers)}")
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE SCHEMA depot; GRANT USAGE ON SCHEMA depot TO hub_app")
    await owner.execute(str(CreateTable(depot.CRATE).compile(dialect=DIALECT)))
    await owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA depot TO hub_app")
    await owner.close()
    return database


def depot_engine(pool: asyncpg.Pool) -> Engine:
    registry = seal([depot])
    return Engine(
        registry, core_schema(merged_schema(registry)), Kept(pool), unseal=lambda sealed, _: sealed
    )


@pytest.fixture(scope="module")
async def engine(depot_database: Database) -> AsyncIterator[Engine]:
    pool = await connect_pool(depot_database.app_url, size=25)
    opened = depot_engine(pool)
    yield opened
    await opened.bell.close()
    assert isinstance(opened.pool, Kept)
    await opened.pool.close()
    await pool.close()


@dataclass(frozen=True)
class Sender:
    """Sends operations with some scopes; returns the whole response."""

    engine: Engine

    async def __call__(
        self, document: str, *scopes: str, client: str = "tester", **variables: Any
    ) -> Any:
        held = frozenset(scopes or (depot.READ, depot.WRITE, depot.SECRET))
        grant = Grant(client, Audience.INTERNAL, held)
        answer = await self.engine.answer(Question(document, None, variables), grant)
        return orjson.loads(answer.body)


@pytest.fixture
def send(engine: Engine) -> Sender:
    return Sender(engine)


@pytest.fixture
async def owner(depot_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Looks behind the hub's back."""
    connection = await asyncpg.connect(depot_database.owner_url)
    yield connection
    await connection.close()
