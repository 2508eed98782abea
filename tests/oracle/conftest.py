"""The world of `tests.make.world` in a database of its own, an engine and an oracle over it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub import app
from hub.kit.db import connect_pool
from hub.kit.postgres import ClusterInfo
from tests.conftest import Database, clone
from tests.make import empty, world
from tests.oracle.compare import Comparison


@pytest.fixture(scope="session")
async def world_database(cluster: ClusterInfo, template: str) -> Database:
    """A database with the world in it and nothing else."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_oracle")
    owner = await asyncpg.connect(database.owner_url)
    await empty(owner)
    await world.create(owner)
    await owner.close()
    return database


@pytest.fixture(scope="session")
async def comparison(world_database: Database) -> AsyncIterator[Comparison]:
    """Engine and oracle over the world, at the world's own time."""
    pool = await connect_pool(world_database.app_url, size=1)
    owner = await asyncpg.connect(world_database.owner_url)
    schema = app.core_schema(app.schema())
    yield await Comparison.open(app.registry(), schema, pool, owner, world.NOW)
    await owner.close()
    await pool.close()
