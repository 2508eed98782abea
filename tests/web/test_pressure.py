"""Floods, clients that go away, statements that take too long, a database that is away.

A lock on a table makes the hub's real statements wait for as long as a test likes.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx

from hub.app import registry
from tests.web.conftest import Hub, Start, until

PARKS = "{ parks(first: 1) { edges { node { id } } } }"
TABLE = registry().nouns["Park"].table.fullname


@asynccontextmanager
async def locked(owner: asyncpg.Connection) -> AsyncIterator[None]:
    """Keep every statement that reads parks waiting."""
    async with owner.transaction():
        await owner.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        yield


async def statements_waiting(owner: asyncpg.Connection) -> int:
    """The hub's statements that wait in this database; its clones share the table's number."""
    count: int = await owner.fetchval(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE relation = $1::regclass AND NOT granted AND datname = current_database()",
        TABLE,
    )
    return count


async def until_waiting(owner: asyncpg.Connection, count: int) -> None:
    async def so_many_wait() -> bool:
        return await statements_waiting(owner) == count

    await until(so_many_wait)


async def test_a_flood_is_refused_at_once_and_the_rest_is_answered(
    start: Start, owner: asyncpg.Connection
) -> None:
    with start(pool_size=4, queue_length=20) as hub:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(headers=hub.headers, timeout=30, limits=limits) as http:
            async with locked(owner):
                flood = [
                    asyncio.create_task(http.post(hub.graphql, json={"query": PARKS}))
                    for _ in range(200)
                ]

                async def the_rest_is_refused() -> bool:
                    return sum(task.done() for task in flood) == 176

                await until(the_rest_is_refused, seconds=10)
                refused = [task.result() for task in flood if task.done()]
                assert await statements_waiting(owner) == 4
            answers = await asyncio.gather(*flood)
            after = await http.post(hub.graphql, json={"query": PARKS})

    assert Counter(answer.status_code for answer in answers) == {200: 24, 503: 176}
    for answer in refused:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert after.status_code == 200


class Caller:
    """Asks on a connection of its own and never reads the answer."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __aenter__(self) -> None:
        host, _, port = self.hub.url.removeprefix("http://").partition(":")
        _, self.writer = await asyncio.open_connection(host, int(port))
        body = json.dumps({"query": PARKS}).encode()
        head = (
            "POST /graphql HTTP/1.1",
            f"Host: {host}",
            f"Authorization: {self.hub.headers['Authorization']}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await self.writer.drain()

    async def __aexit__(self, *_: object) -> None:
        """Go away."""
        self.writer.close()
        await self.writer.wait_closed()


async def test_a_client_that_goes_away_takes_its_statement_with_it(
    hub: Hub, http: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    async with locked(owner):
        async with Caller(hub), Caller(hub), Caller(hub):
            await until_waiting(owner, 3)
        await until_waiting(owner, 0)

    response = await http.post("/graphql", json={"query": PARKS}, headers=hub.headers)
    assert response.status_code == 200


async def test_a_client_that_goes_away_gives_up_its_turn(
    start: Start, owner: asyncpg.Connection
) -> None:
    with start(pool_size=1, queue_length=2) as hub:
        async with httpx.AsyncClient(headers=hub.headers, timeout=30) as http:
            async with locked(owner), Caller(hub):
                await until_waiting(owner, 1)
                async with Caller(hub), Caller(hub):
                    await asyncio.sleep(0.1)
                    refused = await http.post(hub.graphql, json={"query": PARKS})
                await asyncio.sleep(0.2)
                last = asyncio.create_task(http.post(hub.graphql, json={"query": PARKS}))
                await asyncio.sleep(0.1)
                assert not last.done()
            answered = await last

    assert (refused.status_code, answered.status_code) == (503, 200)


async def test_a_statement_over_its_time_is_504(start: Start, owner: asyncpg.Connection) -> None:
    with start(statement_timeout_ms=200) as hub:
        async with httpx.AsyncClient(headers=hub.headers, timeout=30) as http:
            async with locked(owner):
                late = await http.post(hub.graphql, json={"query": PARKS})
            after = await http.post(hub.graphql, json={"query": PARKS})

    assert late.status_code == 504
    assert late.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
    assert after.status_code == 200


async def test_connections_that_the_database_closed_are_replaced(
    hub: Hub, http: httpx.AsyncClient, app_url: str
) -> None:
    async def park() -> int:
        return (await http.post("/graphql", json={"query": PARKS}, headers=hub.headers)).status_code

    assert await park() == 200
    app = await asyncpg.connect(app_url)
    await app.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'hub' AND datname = current_database()"
    )
    await app.close()

    assert await park() in {200, 503}

    async def answered() -> bool:
        return await park() == 200

    await until(answered)
