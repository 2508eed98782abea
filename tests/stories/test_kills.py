"""Twenty kill -9 of hub and PostgreSQL in the middle of a stream of writes, each with its key.

Every write that was acknowledged is there exactly once; one that was not is there at most once, and
its key finds it again; change rows and audit entries match the data row for row.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from hub.cli._http import answers
from hub.kit.postgres import Cluster, process
from tests.cli.serving import Up, kill, up, wait
from tests.conftest import Database
from tests.make import Make, Row
from tests.stories.bookings import HOLD, request
from tests.town import SUZHOU, Caller, Enter, city

KILLS = 20
WRITERS = 6

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(400)]


@dataclass
class Stream:
    """Writers that send each request until it is acknowledged, as a careful client does."""

    caller: Caller
    desks: Row
    team: Row
    number: int = 0
    over: bool = False
    acknowledged: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    repeats: int = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._write() for _ in range(WRITERS)))

    async def _write(self) -> None:
        while not self.over:
            self.number += 1
            sent = request(self.desks, self.team, self.number, self.number + 1)
            while sent["idempotencyKey"] not in self.acknowledged:
                if (held := await self.attempt(sent)) is not None:
                    self.acknowledged[sent["idempotencyKey"]] = sent, held
                    break
                self.repeats += 1
                await asyncio.sleep(0.05)

    async def attempt(self, sent: dict[str, Any]) -> str | None:
        """The reservation's id; None when nothing was acknowledged."""
        with suppress(httpx.TransportError):
            answer = await self.caller.http.post(
                "/graphql", json={"query": HOLD, "variables": {"input": sent}}
            )
            if answer.status_code == 200:
                payload = answer.json()["data"]["holdWorkspace"]
                assert payload["userErrors"] == [], payload
                return str(payload["reservation"]["id"])
            assert answer.status_code == 503, answer.text
        return None


@asynccontextmanager
async def owner_of(home: Path) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_of(home).owner_url)
    yield connection
    await connection.close()


def database_of(home: Path) -> Database:
    running = Cluster(home).status()
    assert running is not None
    return Database("hub", running.owner_url, running.owner_url)


async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(home: Path) -> None:
    port = process.free_port(None)
    with ExitStack() as running:
        hub = running.enter_context(up(home, port, "--no-demo"))
        async with owner_of(home) as owner:
            make = Make(owner)
            desks, team = await make.workspace(seats=2**31 - 1), await make.organisation()
            await city(make, SUZHOU)
        enter = Enter(database_of(home), hub.url)
        caller = await enter("PARTNER", "workspace:reserve", "reference:read", partner=SUZHOU)
        stream = Stream(caller, desks, team)
        writing = asyncio.create_task(stream.run())
        for number in range(KILLS):
            before = len(stream.acknowledged)
            while len(stream.acknowledged) < before + 5:
                await asyncio.sleep(0.02)
                assert not writing.done(), writing.exception()
            if number % 2:
                await asyncio.to_thread(kill_database, hub)
            else:
                await asyncio.to_thread(kill, hub)
                anew = up(home, port, "--no-demo")
                hub = await asyncio.to_thread(running.enter_context, anew)
        stream.over = True
        await writing
        await check(stream, home)
        await enter.close()


def kill_database(hub: Up) -> None:
    database = Cluster(hub.home).status()
    assert database is not None
    os.kill(database.pid, signal.SIGKILL)
    wait(lambda: Cluster(hub.home).status() not in (None, database))
    wait(lambda: answers(hub.url))


async def check(stream: Stream, home: Path) -> None:
    assert stream.repeats > 0, "no kill met a write"
    async with owner_of(home) as owner:
        rows = await owner.fetch(
            "SELECT id, version, lower(period) AS start FROM park.reservation"
            " WHERE workspace_id = $1",
            stream.desks["id"],
        )
        stored = {f"Reservation:{row['id']}" for row in rows}
        assert stored == {held for _, held in stream.acknowledged.values()}
        assert len({row["start"] for row in rows}) == len(rows) == len(stream.acknowledged)
        # The key of any of them still finds it.
        sent, held = next(iter(stream.acknowledged.values()))
        assert await stream.attempt(sent) == held
        changes = await owner.fetch(
            "SELECT object, version FROM ledger.change WHERE entity = 'Reservation'"
        )
        assert sorted(map(tuple, changes)) == sorted((row["id"], row["version"]) for row in rows)
        audited = await owner.fetch(
            "SELECT unnest(objects) AS object FROM ledger.audit_entry"
            " WHERE action = 'CHANGE' AND entity = 'Reservation'"
        )
        assert sorted(row["object"] for row in audited) == sorted(row["id"] for row in rows)
