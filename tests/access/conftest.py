"""Four cities and seven persons: every way in which a release can be allowed or not.

Suzhou's agreement shares every group; Shanghai's BASIC and DEGREE; Wuxi's is suspended; Changzhou
has none; Yangzhou's rests on a statutory duty. Each person is named for what she consented to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import orjson
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine, Question
from hub.kit import migrations
from hub.kit.db import connect_pool
from hub.kit.postgres import ClusterInfo
from hub.model.access import Grant
from tests.access.table.asking import Desk
from tests.access.table.world import create
from tests.conftest import execute, owner_url_of
from tests.make import Make, Row

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
SUZHOU, SHANGHAI, WUXI, CHANGZHOU, YANGZHOU = "320500", "310000", "320200", "320400", "321000"
ALL_GROUPS = ["BASIC", "DEGREE", "CONTACT"]

Ask = Callable[..., Awaitable[dict[str, Any]]]
People = dict[str, Row]


@pytest.fixture(scope="session")
async def access_database(cluster: ClusterInfo, worker_id: str) -> tuple[str, str, People]:
    """(owner's URL, app's URL, the persons by name)."""
    owner_url, app_url = await migrated(cluster, f"test_{worker_id}_access")
    connection = await asyncpg.connect(owner_url)
    try:
        people = await populate(Make(connection))
    finally:
        await connection.close()
    return owner_url, app_url, people


@pytest.fixture(scope="session")
async def desk(cluster: ClusterInfo, worker_id: str) -> AsyncIterator[Desk]:
    """The world of the access table, and an engine over it."""
    owner_url, app_url = await migrated(cluster, f"test_{worker_id}_table")
    owner = await asyncpg.connect(owner_url)
    pool = await connect_pool(app_url, size=1)
    yield Desk(await create(owner, registry()), pool, owner)
    await pool.close()
    await owner.close()


async def migrated(cluster: ClusterInfo, name: str) -> tuple[str, str]:
    """(owner's URL, app's URL) of a new database without a row."""
    await execute(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await execute(cluster, f"CREATE DATABASE {name}")
    owner_url = owner_url_of(cluster, name)
    await migrations.upgrade(owner_url)
    return owner_url, cluster.url("hub_app", cluster.accounts.hub_app, name)


async def populate(make: Make) -> People:
    cities = {c: await make.partner(c) for c in (SUZHOU, SHANGHAI, WUXI, CHANGZHOU, YANGZHOU)}
    await make.sharing(partner=cities[SUZHOU])
    await make.sharing(partner=cities[SHANGHAI], field_groups=["BASIC", "DEGREE"])
    await make.sharing(partner=cities[WUXI], state="SUSPENDED")
    await make.sharing(partner=cities[YANGZHOU], lawful_basis="STATUTORY_DUTY")
    consents: dict[str, dict[str, Any] | None] = {
        "everything": {},
        "basic": {"field_groups": ["BASIC"]},
        "nothing": None,
        "withdrawn": {"state": "WITHDRAWN"},
        "expired": {"valid_until": date(2026, 5, 1)},
        "other purpose": {"purpose": "STATISTICS"},
        "contact without basic": {"field_groups": ["CONTACT"]},
    }
    people: People = {}
    for name, consent in consents.items():
        person = await make.known_talent(display_name=name)
        await make.degree(talent=person)
        for city in cities:
            if consent is not None:
                await make.consent(talent=person, recipient=city, **consent)
        people[name] = person
    closed = await make.known_talent(display_name="closed", visibility="P4")
    await make.consent(talent=closed, recipient=SUZHOU)
    people["closed"] = {**closed, "degree": (await make.degree(talent=closed))["id"]}
    await make.workspace(park=await make.park(state="PROPOSED"), state="DRAFT")
    space = await make.workspace()
    await make.reservation(workspace=space, talent=people["everything"], partner=cities[SUZHOU])
    return people


@pytest.fixture(scope="session")
def people(access_database: tuple[str, str, People]) -> People:
    return access_database[2]


@pytest.fixture
async def ask(access_database: tuple[str, str, People]) -> Any:
    """Ask as somebody; returns the whole response."""
    pool = await connect_pool(access_database[1], size=2)
    engine = Engine(
        registry(),
        core_schema(schema()),
        pool,
        unseal=lambda sealed, _: sealed,
        clock=lambda: NOW,
    )

    async def asked(grant: Grant | None, document: str, **variables: Any) -> dict[str, Any]:
        answer = await engine.answer(Question(document, None, variables), grant)
        found: dict[str, Any] = orjson.loads(answer.body)
        return found

    yield asked
    await pool.close()


@pytest.fixture
async def owner(access_database: tuple[str, str, People]) -> Any:
    """The owner's connection, in which the ledger can be read."""
    connection = await asyncpg.connect(access_database[0])
    yield connection
    await connection.close()
