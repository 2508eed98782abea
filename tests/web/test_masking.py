"""A fault of ours is told under an id alone, and logged without what it may quote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from hub.app import registry
from tests.web.conftest import Start

PARKS = "{ parks(first: 1) { edges { node { id } } } }"
PARK = registry().nouns["Park"].table


@asynccontextmanager
async def broken(owner: asyncpg.Connection) -> AsyncIterator[None]:
    """A database that no longer has what the statements name."""
    await owner.execute(f"ALTER TABLE {PARK.fullname} RENAME TO park_elsewhere")
    try:
        yield
    finally:
        elsewhere = f"{PARK.schema}.park_elsewhere" if PARK.schema else "park_elsewhere"
        await owner.execute(f"ALTER TABLE {elsewhere} RENAME TO {PARK.name}")


@pytest.mark.parametrize("demo", [True, False])
async def test_a_fault_is_masked(start: Start, owner: asyncpg.Connection, demo: bool) -> None:
    with start(demo=demo) as hub, capture_logs() as logs:
        async with httpx.AsyncClient(headers=hub.headers) as http, broken(owner):
            response = await http.post(hub.graphql, json={"query": PARKS})

    [error] = response.json()["errors"]
    [fault] = [line for line in logs if line["event"] == "fault"]
    assert response.status_code == 500
    assert error["message"] == "The hub failed to answer."
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["errorId"] == fault["error_id"]
    assert fault["sqlstate"] == "42P01"
    assert any("hub/engine" in frame for frame in fault["frames"])
    assert ("sentence" in fault) == demo
    assert "park" not in response.text
