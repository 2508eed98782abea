"""Rows into a table: new ones in, changed ones changed, the rest left alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import asyncpg

from hub.reference.table import IdOf, Table


@dataclass(frozen=True)
class Counts:
    """What loading did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


async def upsert(connection: asyncpg.Connection, table: Table) -> Counts:
    """One statement for the whole table; a row that says the same is not written."""
    rows = [await _resolved(connection, row) for row in table.rows]
    columns = list(rows[0])
    changing = [column for column in columns if column not in table.key]
    written = await connection.fetch(
        f"""
        INSERT INTO {table.name} AS t ({", ".join(columns)})
        SELECT {", ".join(columns)} FROM jsonb_populate_recordset(NULL::{table.name}, $1::jsonb)
        ON CONFLICT ({", ".join(table.key)}) DO UPDATE SET
            {", ".join(f"{column} = excluded.{column}" for column in changing)},
            version = t.version + 1,
            updated_at = now(),
            change_xid = pg_current_xact_id()
        WHERE ({", ".join(f"t.{column}" for column in changing)})
            IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in changing)})
        RETURNING t.version = 1 AS created
        """,
        json.dumps(rows),
    )
    created = sum(row["created"] for row in written)
    return Counts(created, len(written) - created, len(rows) - len(written))


async def _resolved(connection: asyncpg.Connection, row: dict[str, Any]) -> dict[str, Any]:
    """The row with ids in the place of what stands for them."""
    resolved = dict(row)
    for column, value in row.items():
        if isinstance(value, IdOf):
            query = f"SELECT id FROM {value.table} WHERE key = $1"
            resolved[column] = str(await connection.fetchval(query, value.key))
    return resolved
