"""Takes the demonstration data out again; real rows stay, and so does the audit of what was read.

Which tables have invented rows is asked of the database: those with a column `synthetic`, and those
without whose rows belong to such a row. So a room that is added tomorrow is emptied too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter

import asyncpg

from hub.kit.db import plain_url

_TABLES = """
    SELECT relation.oid::regclass::text AS name,
        EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = relation.oid AND attname = 'synthetic' AND NOT attisdropped
        ) AS marked
    FROM pg_class AS relation
    WHERE relkind = 'r'
        AND relnamespace::regnamespace::text NOT IN
            ('ledger', 'identity', 'public', 'pg_catalog', 'information_schema')
"""
_REFERENCES = """
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
        child.attname AS key, parent.attname AS parent_key
    FROM pg_constraint
    JOIN pg_attribute AS child ON child.attrelid = conrelid AND child.attnum = conkey[1]
    JOIN pg_attribute AS parent ON parent.attrelid = confrelid AND parent.attnum = confkey[1]
    WHERE contype = 'f' AND conrelid <> confrelid
"""
_GONE = """
    INSERT INTO ledger.change (entity, object, version, deleted, operation)
    SELECT entity, object, max(change.version) + 1, true, (SELECT operation FROM resetting)
    FROM ledger.change AS change JOIN {table} AS gone ON gone.id = object AND gone.synthetic
    GROUP BY entity, object
"""
_BACK = """
    INSERT INTO ledger.change (entity, object, version, deleted, operation)
    SELECT DISTINCT entity, object, back.version, false, (SELECT operation FROM resetting)
    FROM ledger.change JOIN {table} AS back ON back.id = object AND back.synthetic
"""
_OPERATION = "CREATE TEMPORARY TABLE resetting ON COMMIT DROP AS SELECT uuidv7() AS operation"
_FORGET = """
    DELETE FROM ledger.idempotency USING identity.client
    WHERE idempotency.client = client.client_id AND client.synthetic
"""


@dataclass(frozen=True)
class Places:
    """Tables with invented rows, those that refer to others first."""

    marked: tuple[str, ...]
    belonging: dict[str, tuple[str, str, str]]
    """Table without the mark -> (key, table whose rows have it, that table's key)."""
    referring: dict[str, set[str]]
    """Table -> tables that refer to it."""


async def reset(owner_url: str) -> None:
    """Take the demonstration data out."""
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        places = await found(connection)
        async with connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            await told(connection, places.marked, gone=True)
            await connection.execute(_FORGET)
            if whole := await _wholly_invented(connection, places):
                await connection.execute(f"TRUNCATE {', '.join(sorted(whole))}")
            for table, (key, parent, parent_key) in places.belonging.items():
                await connection.execute(
                    f"DELETE FROM {table} AS row USING {parent} AS whose"
                    f" WHERE whose.{parent_key} = row.{key} AND whose.synthetic"
                )
            for table in places.marked:
                await connection.execute(f"DELETE FROM {table} WHERE synthetic")
        await connection.execute(f"VACUUM (ANALYZE) {', '.join(places.marked)}")
    finally:
        await connection.close()


async def told(connection: asyncpg.Connection, tables: Iterable[str], *, gone: bool) -> None:
    """Change rows of objects with a history that leave, or that are there again.

    An object that nobody ever changed has none, as it had none when it was loaded.
    """
    await connection.execute(_OPERATION)
    for table in tables:
        await connection.execute((_GONE if gone else _BACK).format(table=table))
    await connection.execute("DROP TABLE resetting")


async def found(connection: asyncpg.Connection) -> Places:
    """The tables that concern a reset, as the database itself describes them."""
    rows = await connection.fetch(_TABLES)
    references = await connection.fetch(_REFERENCES)
    marked = {row["name"] for row in rows if row["marked"]}
    plain = {row["name"] for row in rows} - marked
    referring: dict[str, set[str]] = {name: set() for name in marked | plain}
    belonging = {}
    for row in references:
        referring.setdefault(row["parent"], set()).add(row["child"])
        if row["child"] in plain and row["parent"] in marked:
            belonging[row["child"]] = (row["key"], row["parent"], row["parent_key"])
    # A table is emptied after all that refer to it.
    order = [name for name in TopologicalSorter(referring).static_order() if name in marked]
    return Places(tuple(order), belonging, referring)


async def _wholly_invented(connection: asyncpg.Connection, places: Places) -> set[str]:
    """Tables that can be emptied at once: nothing real in them, nor in what refers to them."""
    whole = set(places.belonging)
    for table in places.marked:
        if not await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {table} WHERE NOT synthetic)"
        ):
            whole.add(table)
    while left := {
        table
        for table in whole
        if not places.referring[table] <= whole
        or (table in places.belonging and places.belonging[table][1] not in whole)
    }:
        whole -= left
    return whole
