"""Reference data is loaded once and for all, each record with its source."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hub import reference
from hub.reference import Counts, records
from tests.conftest import Database

TABLES = [table.name for table in records.tables()]


@pytest.fixture
async def connection(fresh_database: Database) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(fresh_database.owner_url)
    yield opened
    await opened.close()


async def test_load_again_changes_nothing(
    fresh_database: Database, connection: asyncpg.Connection
) -> None:
    def rows() -> str:
        each = (
            f"SELECT '{name}', id::text, version, change_xid::text FROM {name}" for name in TABLES
        )
        return " UNION ALL ".join(each) + " ORDER BY 1, 2"

    before = await connection.fetch(rows())
    counts = await reference.load(fresh_database.owner_url)
    assert (counts.created, counts.updated) == (0, 0)
    assert counts.unchanged == len(before)
    assert await connection.fetch(rows()) == before


async def test_changed_record_is_written_once_more(
    fresh_database: Database, connection: asyncpg.Connection
) -> None:
    await connection.execute("UPDATE park.zone SET name_zh = 'old' WHERE key = 'netda'")
    counts = await reference.load(fresh_database.owner_url)
    assert (counts.created, counts.updated) == (0, 1)
    row = await connection.fetchrow("SELECT name_zh, version FROM park.zone WHERE key = 'netda'")
    assert tuple(row) == ("南通经济技术开发区", 2)


@pytest.mark.parametrize("table", TABLES)
async def test_every_record_has_a_source_and_is_real(
    connection: asyncpg.Connection, table: str
) -> None:
    found = await connection.fetchrow(
        f"""
        SELECT count(*), count(nullif(source, '')), count(*) FILTER (WHERE synthetic) FROM {table}
        """
    )
    total, with_source, synthetic = found
    assert total > 0
    assert with_source == total
    assert synthetic == 0


async def test_shanghai_is_a_municipality_at_the_level_of_a_province(
    connection: asyncpg.Connection,
) -> None:
    row = await connection.fetchrow(
        "SELECT level, municipality, parent_code FROM cooperation.division WHERE code = '310000'"
    )
    assert tuple(row) == ("PROVINCE", True, None)


async def test_agreements_with_universities_are_signed_without_a_date(
    connection: asyncpg.Connection,
) -> None:
    rows = await connection.fetch("""
        SELECT key, state, own_signed_on, a.source FROM cooperation.agreement a
        JOIN cooperation.organisation o ON o.id = organisation_id ORDER BY key
    """)
    assert [tuple(row) for row in rows] == [
        ("hrbeu", "SIGNED", None, "NT-RSJ-2025-0078 S2.2"),
        ("seu", "SIGNED", None, "NT-RSJ-2025-0078 S2.2"),
    ]


def test_counts_add_up() -> None:
    assert Counts(1, 2, 3) + Counts(1, 1, 1) == Counts(2, 3, 4)
