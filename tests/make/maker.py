"""What all factories share: a connection, ids that count upwards, the INSERT itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

Row = Mapping[str, Any]
"""A row as it was stored, with what the database filled in."""

STAMP = datetime(2026, 1, 1, tzinfo=UTC)
"""When every made row says it was made and last written, unless told otherwise."""


class Maker:
    """Inserts rows; `identify` says which id the n-th row of this maker gets."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        *,
        series: int = 0,
        identify: Callable[[int], UUID] | None = None,
    ) -> None:
        self.connection = connection
        self.identify = identify or (lambda number: counted(series, number))
        self.series = series
        self.number = 0

    async def insert(self, table: str, **values: Any) -> Row:
        """Store one row; what is not given gets the column's default."""
        self.number += 1
        row = {"id": self.identify(self.number), **values}
        names = ", ".join(row)
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        stored: Row = await self.connection.fetchrow(
            f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING *", *row.values()
        )
        return stored

    async def noun(self, table: str, **values: Any) -> Row:
        """`insert` for what may change: it was made and written at `STAMP`."""
        return await self.insert(table, **{"created_at": STAMP, "updated_at": STAMP, **values})

    def named(self, prefix: str) -> str:
        """A text that no other row of this maker has."""
        return f"{prefix}-{self.series}-{self.number + 1}"


def counted(series: int, number: int) -> UUID:
    """A valid UUIDv7 that can be read: `00000000-0000-7<series>-8000-<number>`."""
    return UUID(f"00000000-0000-7{series:03x}-8000-{number:012x}")


async def empty(connection: asyncpg.Connection) -> None:
    """Take every row out of a migrated database, the reference data too."""
    tables = await connection.fetch(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')"
    )
    await connection.execute(f"TRUNCATE {', '.join(table['name'] for table in tables)} CASCADE")
