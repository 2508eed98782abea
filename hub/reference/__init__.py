"""Reference data: what is public and the same for everyone, kept in `data/*.yaml`.

    files     the YAML files, read
    records   their records as rows of the rooms' tables, each with its source
    policies  the policy documents and measures, clause by clause
    commitments  what the city promised, and the figures that it reported
    systems   what the document names and what serves it, as the page SYSTEMS.md
    write     rows into a table: new ones in, changed ones changed, the rest left alone

Real facts only; whatever is invented for demonstration stands in `hub.demo`.
"""

from __future__ import annotations

import asyncpg

from hub.kit.db import plain_url
from hub.reference.files import CatalogueEntry, scopes
from hub.reference.records import tables
from hub.reference.write import Counts, upsert

__all__ = ["CatalogueEntry", "Counts", "load", "scopes"]


async def load(owner_url: str) -> Counts:
    """Bring the reference data of a database up to date; loading again changes nothing."""
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        async with connection.transaction():
            total = Counts()
            for table in tables():
                total += await upsert(connection, table)
            return total
    finally:
        await connection.close()
