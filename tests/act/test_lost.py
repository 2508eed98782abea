"""A connection that ends in the middle of COMMIT, cut by a real proxy before PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.engine import commit
from hub.kit.db import Kept, connect_pool
from hub.kit.errors import Unavailable
from tests.act.conftest import Sender, depot_engine
from tests.act.test_payload import MAKE
from tests.conftest import Database


class Proxy:
    """Passes bytes on; armed, it cuts the connection that says COMMIT, before or after it."""

    def __init__(self, host: str, port: int) -> None:
        self.target = host, port
        self.armed: str | None = None
        self.refusing = False
        self.cuts = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        if self.refusing:
            writer.transport.abort()
            return
        onward = await asyncio.open_connection(*self.target)
        self._writers.append(onward[1])
        for source, sink, told in ((reader, onward[1], True), (onward[0], writer, False)):
            task = asyncio.create_task(self._pass(source, sink, told, (writer, onward[1])))
            self._tasks.add(task)

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        told: bool,
        both: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if told and self.armed and b"COMMIT" in data:
                    if self.armed == "after":
                        sink.write(data)
                        await sink.drain()
                    self.armed, self.cuts = None, self.cuts + 1
                    break
                sink.write(data)
                await sink.drain()
        for end in both:
            end.transport.abort()

    def go_away(self) -> None:
        """Cut everything, and let nobody in."""
        self.refusing = True
        for writer in self._writers:
            writer.transport.abort()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.go_away()
        await asyncio.sleep(0.05)  # for both sides to notice


@pytest.fixture
async def proxied(depot_database: Database) -> AsyncIterator[tuple[Proxy, Sender]]:
    url = urlsplit(depot_database.app_url)
    proxy = Proxy(url.hostname or "", url.port or 0)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account, _, _ = url.netloc.rpartition("@")
    through = urlunsplit(url._replace(netloc=f"{account}@127.0.0.1:{port}"))
    pool = await connect_pool(through, size=2)
    engine = depot_engine(pool)
    yield proxy, Sender(engine)
    await engine.bell.close()
    assert isinstance(engine.pool, Kept)
    await engine.pool.close()
    await pool.close()
    server.close()
    await proxy.close()


async def crates(owner: asyncpg.Connection, name: str) -> list[Any]:
    """(changes, entries in the audit) of each crate of this name."""
    rows = await owner.fetch(
        "SELECT (SELECT count(*) FROM ledger.change WHERE object = crate.id) AS changes,"
        " (SELECT count(*) FROM ledger.audit_entry WHERE crate.id = ANY (objects)) AS entries"
        " FROM depot.crate WHERE name = $1",
        name,
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("when", ["after", "before"])
async def test_a_commit_without_acknowledgement_is_settled(
    proxied: tuple[Proxy, Sender], owner: asyncpg.Connection, when: str
) -> None:
    """Forwarded, it is found to be committed; not forwarded, to be undone, and is made again."""
    proxy, send = proxied
    name, key = uuid4().hex, uuid4().hex
    proxy.armed = when

    answer = await send(MAKE, name=name, key=key)

    assert proxy.cuts == 1
    assert answer["data"]["makeCrate"]["crate"]["version"] == 1
    assert await crates(owner, name) == [(1, 1)]
    assert (await send(MAKE, name=name, key=key))["data"] == answer["data"]


async def test_when_the_database_stays_away_the_client_is_told_what_to_do(
    proxied: tuple[Proxy, Sender], owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, send = proxied
    monkeypatch.setattr(commit, "PATIENCE_SECONDS", 1.0)
    name, key = uuid4().hex, uuid4().hex
    proxy.armed = "after"
    sending = asyncio.create_task(send(MAKE, name=name, key=key))
    while not proxy.cuts:  # noqa: ASYNC110  # the proxy sets no event
        await asyncio.sleep(0.001)
    proxy.go_away()

    with pytest.raises(Unavailable) as error:
        await sending

    assert "may be stored or not" in error.value.message
    assert "same key" in error.value.next_step
    proxy.refusing = False
    again = await send(MAKE, name=name, key=key)
    assert again["data"]["makeCrate"]["crate"]["version"] == 1
    assert await crates(owner, name) == [(1, 1)]


async def test_a_client_that_leaves_in_a_transaction_leaves_nothing_behind(
    proxied: tuple[Proxy, Sender], owner: asyncpg.Connection
) -> None:
    _, send = proxied
    name = uuid4().hex
    for number in range(60):
        task = asyncio.create_task(send(MAKE, name=f"{name}{number}", key=uuid4().hex))
        await asyncio.sleep(0.0002 * number)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (await send(MAKE, name=name, key=uuid4().hex))["data"]["makeCrate"]["crate"]
    made = await owner.fetchval("SELECT count(*) FROM depot.crate WHERE name LIKE $1 || '%'", name)
    told = await owner.fetchval(
        "SELECT count(*) FROM ledger.change JOIN depot.crate ON crate.id = object"
        " WHERE name LIKE $1 || '%'",
        name,
    )
    assert made == told
    open_ones = await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%'"
    )
    assert open_ones == 0


async def test_a_number_that_was_given_out_again_is_somebody_elses(
    proxied: tuple[Proxy, Sender], owner: asyncpg.Connection
) -> None:
    """After a crash a transaction that had not reached the disk has no number of its own."""
    _, send = proxied
    await send(MAKE, name="another", key=uuid4().hex)
    entry = await owner.fetchrow(
        "SELECT id, xmin::text AS transaction FROM ledger.audit_entry ORDER BY at DESC LIMIT 1"
    )
    database = send.engine.pool
    assert isinstance(database, Kept)
    number, ahead = entry["transaction"], str(int(entry["transaction"]) + 1_000_000)

    async def fate(transaction: str, of: UUID) -> str:
        return await commit._fate(commit.Trace(transaction, of), database)

    assert await fate(number, entry["id"]) == "committed"
    assert await fate(number, uuid4()) == "another's"
    assert await fate(ahead, entry["id"]) == "ahead"
