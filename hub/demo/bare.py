"""Tables laid bare for a bulk load, and dressed again, within one transaction.

Row by row, a million people would look up every foreign key and find their place in thirty indexes
that no longer fit in memory. Built at the end from the whole table, each index is one sort and each
foreign key one join.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

_CONSTRAINTS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS undress,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s',
            conrelid::regclass, conname, pg_get_constraintdef(oid)) AS dress
    FROM pg_constraint
    WHERE conrelid = ANY ($1::text[]::regclass[]) AND contype IN ('f', 'u')
    ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT format('DROP INDEX %s', indexrelid::regclass) AS undress,
        pg_get_indexdef(indexrelid) AS dress
    FROM pg_index
    WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid
"""


@asynccontextmanager
async def bare(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """The tables without indexes, unique constraints and foreign keys until the end of the block.

    An exception leaves them bare: the enclosing transaction is to be rolled back with it.
    """
    rows = await connection.fetch(_INDEXES, list(tables))
    rows += await connection.fetch(_CONSTRAINTS, list(tables))
    for row in rows:
        await connection.execute(row["undress"])
    yield
    await connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for row in rows:
        await connection.execute(row["dress"])
