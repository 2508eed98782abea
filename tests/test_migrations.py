"""The migrations make what the rooms declare, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.schema import CreateSchema

from hub.app import registry
from hub.kit import migrations
from hub.kit.db import engine
from hub.model.entity import metadata
from tests.conftest import Database

registry()
SCHEMAS = {str(table.schema) for table in metadata.tables.values()}
STRUCTURE = """
    WITH place AS (
        SELECT oid, oid::regclass::text AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = ANY ($1::text[]::regnamespace[])
    )
    SELECT place.name, 'column', attname, format_type(atttypid, atttypmod), attnotnull,
        attgenerated::text, pg_get_expr(adbin, adrelid)
    FROM place JOIN pg_attribute ON attrelid = place.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = place.oid AND adnum = attnum
    UNION ALL
    SELECT place.name, 'constraint', conname, pg_get_constraintdef(pg_constraint.oid), true, '', ''
    FROM place JOIN pg_constraint ON conrelid = place.oid
    UNION ALL
    SELECT place.name, 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid),
        true, '', ''
    FROM place JOIN pg_index ON indrelid = place.oid
"""


@pytest.fixture
async def connection(fresh_database: Database) -> Any:
    opened = await asyncpg.connect(fresh_database.owner_url)
    yield opened
    await opened.close()


async def on(url: str, ask: Callable[[Connection], Any]) -> Any:
    """What `ask` returns on an SQLAlchemy connection to the database."""
    database = engine(url, pooled=False)
    try:
        async with database.connect() as opened:
            return await opened.run_sync(ask)
    finally:
        await database.dispose()


def differences(connection: Connection) -> list[Any]:
    def include(name: str | None, kind: str, _: Any) -> bool:
        return kind != "schema" or name in SCHEMAS

    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "include_name": include,
            "compare_type": True,
            "compare_server_default": True,
        },
    )
    found: list[Any] = compare_metadata(context, metadata)
    return found


async def test_migrated_database_is_what_the_rooms_declare(fresh_database: Database) -> None:
    assert await on(fresh_database.owner_url, differences) == []


async def structure(url: str) -> set[tuple[str, ...]]:
    """Columns, constraints and indexes of the rooms' tables in PostgreSQL's own words."""
    opened = await asyncpg.connect(url)
    try:
        rows = await opened.fetch(STRUCTURE, sorted(SCHEMAS))
    finally:
        await opened.close()
    return {tuple(map(str, row)) for row in rows}


async def test_schemas_are_those_of_the_declarations(connection: asyncpg.Connection) -> None:
    found = await connection.fetch(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> ALL ($1)",
        ["public", "information_schema"],
    )
    assert {row["nspname"] for row in found} == SCHEMAS


async def test_migrated_database_is_what_create_all_makes(fresh_database: Database) -> None:
    """Alembic compares neither CHECK nor EXCLUDE nor the condition of an index; PostgreSQL's own
    words for them are the same when migration and declaration are."""
    migrated = await structure(fresh_database.owner_url)
    await migrations.downgrade(fresh_database.owner_url, "0001_database")
    database = engine(fresh_database.owner_url, pooled=False)
    async with database.begin() as opened:
        for schema in sorted(SCHEMAS):
            await opened.execute(CreateSchema(schema))
        await opened.run_sync(metadata.create_all)
    await database.dispose()
    declared = await structure(fresh_database.owner_url)
    assert migrated == declared
    assert len(migrated) > 500


async def test_comments_are_the_descriptions(connection: asyncpg.Connection) -> None:
    comment = await connection.fetchval(
        "SELECT col_description('park.workspace'::regclass, attnum) FROM pg_attribute"
        " WHERE attrelid = 'park.workspace'::regclass AND attname = 'seats'"
    )
    assert comment == "Places in it. 座位数"


async def test_upgrade_again_changes_nothing(fresh_database: Database) -> None:
    await migrations.upgrade(fresh_database.owner_url)
    assert await migrations.current(fresh_database.owner_url) == migrations.head()


async def test_downgrade_to_base_leaves_nothing(fresh_database: Database) -> None:
    await migrations.downgrade(fresh_database.owner_url, "base")
    opened = await asyncpg.connect(fresh_database.owner_url)
    try:
        left = await opened.fetch(
            "SELECT nspname FROM pg_namespace WHERE nspname = ANY ($1)", sorted(SCHEMAS)
        )
        functions = await opened.fetch("SELECT proname FROM pg_proc WHERE proname LIKE 'hub%'")
    finally:
        await opened.close()
    assert left == []
    assert functions == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.audit_entry SET purpose = NULL",
        "DELETE FROM ledger.audit_entry",
        "TRUNCATE ledger.audit_entry",
        "ALTER TABLE talent.talent DROP COLUMN phone",
        "CREATE TABLE park.mine (id int)",
    ],
)
async def test_app_cannot_change_audit_or_tables(fresh_database: Database, statement: str) -> None:
    opened = await asyncpg.connect(fresh_database.app_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await opened.execute(statement)
    finally:
        await opened.close()
