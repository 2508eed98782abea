"""What `hub doctor` asks of a copy: do the rows match their ledger?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.app import registry
from hub.kit import db
from hub.ledger import proof
from tests.conftest import Database
from tests.make import Make

TABLES = {n.name: n.table for n in registry().nouns.values() if "version" in n.table.c}
NOTE = (
    "INSERT INTO ledger.change (entity, object, version, operation, xid)"
    " VALUES ('Workspace', $1, $2, uuidv7(), coalesce($3::text::xid8, pg_current_xact_id()))"
)


@pytest.fixture
async def owner(fresh_database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(fresh_database.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def looking(fresh_database: Database) -> AsyncIterator[AsyncConnection]:
    engine = db.engine(fresh_database.owner_url, pooled=False)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def test_rows_as_their_last_change_says_are_matched(
    owner: asyncpg.Connection, looking: AsyncConnection
) -> None:
    make = Make(owner)
    await make.workspace()
    changed = await make.workspace(version=3)
    for version in (2, 3):
        await owner.execute(NOTE, changed["id"], version, None)
    assert await proof.unmatched(looking, TABLES) == {}
    assert not await proof.ahead(looking)


async def test_a_row_changed_past_the_hub_is_found(
    owner: asyncpg.Connection, looking: AsyncConnection
) -> None:
    make = Make(owner)
    older, gone = await make.workspace(version=1), await make.workspace(version=2)
    await owner.execute(NOTE, older["id"], 2, None)
    await owner.execute(NOTE, gone["id"], 2, None)
    await owner.execute("DELETE FROM park.workspace WHERE id = $1", gone["id"])
    assert await proof.unmatched(looking, TABLES) == {"Workspace": 2}


async def test_a_row_that_was_deleted_and_is_there_again_is_matched(
    owner: asyncpg.Connection, looking: AsyncConnection
) -> None:
    deleted = (
        "INSERT INTO ledger.change (entity, object, version, deleted, operation)"
        " VALUES ('Workspace', $1, 2, true, uuidv7())"
    )
    gone, back = uuid4(), await Make(owner).workspace(version=1)
    await owner.execute(deleted, gone)
    await owner.execute(deleted, back["id"])
    assert await proof.unmatched(looking, TABLES) == {"Workspace": 1}

    await owner.execute(NOTE, back["id"], 1, None)

    assert await proof.unmatched(looking, TABLES) == {}


async def test_a_dump_in_another_server_is_found(
    owner: asyncpg.Connection, looking: AsyncConnection
) -> None:
    space = await Make(owner).workspace()
    await owner.execute(NOTE, space["id"], 1, str(2**40))
    assert await proof.ahead(looking)
