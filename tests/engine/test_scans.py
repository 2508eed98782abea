"""No golden case of the parks' and the cities' rooms reads a large table from end to end.

As PostgreSQL explains it over twelve thousand workspaces; the benchmark asks the same of ten times
as many reservations as workspaces and more (`python -m tests.bench.places`).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from hub.kit.db import connect_pool
from hub.kit.postgres import ClusterInfo
from tests.bench.places import LARGE_TABLE, Side, counts_all, fill, golden
from tests.conftest import clone, execute
from tests.engine.test_golden import CASES, read

WORKSPACES, EACH = 12_000, 2
NOWHERE = UUID(int=0)


@pytest.fixture(scope="module")
async def places(cluster: ClusterInfo, template: str) -> AsyncIterator[Side]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_scans")
    await fill(database.owner_url, WORKSPACES, EACH)
    pool = await connect_pool(database.app_url, size=1)
    yield Side(pool, NOWHERE)
    await pool.close()
    await execute(cluster, f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.mark.parametrize(
    "file",
    [file for file in golden() if not counts_all(file)],
    ids=lambda file: str(file.relative_to(CASES).with_suffix("")),
)
async def test_no_large_table_is_read_from_end_to_end(places: Side, file: Path) -> None:
    assert await places.scanned(*read(file)) == set()


async def test_a_scan_would_be_found(places: Side) -> None:
    """Without its indexes PostgreSQL has no other way."""
    async with places.pool.acquire() as connection:
        large = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1"
        names = {row[0] for row in await connection.fetch(large, LARGE_TABLE)}
    assert {"reservation", "workspace"} <= names
    [file] = [file for file in golden() if file.stem == "free_in_a_period"]
    await places.pool.execute("SET enable_indexscan = off")
    await places.pool.execute("SET enable_bitmapscan = off")
    await places.pool.execute("SET enable_indexonlyscan = off")
    assert await places.scanned(*read(file)) != set()
