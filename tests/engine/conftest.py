"""An engine over the small hostile world, at the world's own time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine
from hub.kit import migrations
from hub.kit.db import connect_pool
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from tests.conftest import Database, execute, owner_url_of
from tests.make import world

ALL = frozenset(registry().scopes)


@pytest.fixture(scope="session")
async def world_database(cluster: ClusterInfo, worker_id: str) -> Database:
    """A migrated database with the world in it and nothing else; one for each worker."""
    name = f"test_{worker_id}_world"
    await execute(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await execute(cluster, f"CREATE DATABASE {name}")
    app_url = cluster.url("hub_app", cluster.accounts.hub_app, name)
    database = Database(name, owner_url_of(cluster, name), app_url)
    await migrations.upgrade(database.owner_url)
    connection = await asyncpg.connect(database.owner_url)
    try:
        await world.create(connection)
    finally:
        await connection.close()
    return database


@pytest.fixture(scope="session")
async def world_pool(world_database: Database) -> AsyncIterator[asyncpg.Pool]:
    opened = await connect_pool(world_database.app_url, size=4)
    yield opened
    await opened.close()


@pytest.fixture
def engine(world_pool: asyncpg.Pool) -> Engine:
    """An engine that opens nothing: a sealed value is shown as its context."""
    return Engine(
        registry(),
        core_schema(schema()),
        world_pool,
        unseal=lambda _, context: f"<{context}>",
        clock=lambda: world.NOW,
    )


def as_department(**changes: object) -> Grant:
    """A department with every scope and a purpose."""
    given = {"client": "hr", "audience": Audience.DEPARTMENT, "scopes": ALL, **PURPOSE, **changes}
    return Grant(**given)  # type: ignore[arg-type]  # values of many types  # a test says what it changes


def as_partner(city: str, **changes: object) -> Grant:
    """A partner city's system with every scope and a purpose."""
    given = {"client": "sz-hub", "audience": Audience.PARTNER, "scopes": ALL, **PURPOSE}
    return Grant(**{**given, "partner": city, **changes})  # type: ignore[arg-type]  # values of many types


def as_operator(*parks: UUID) -> Grant:
    """An operator of these parks, with every scope."""
    return Grant("operator", Audience.OPERATOR, ALL, parks=parks)


def as_talent(talent: UUID) -> Grant:
    """The person herself."""
    return Grant("talent", Audience.TALENT, ALL, sub=str(talent), talent=talent)


PURPOSE = {"purposes": ("JOB_MATCHING",), "purpose": "JOB_MATCHING"}
