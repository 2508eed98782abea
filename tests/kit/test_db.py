"""Pools and engines, against a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.kit.db import Kept, asyncpg_url, connect_pool, engine, plain_url, translate, translated
from hub.kit.errors import Timeout, Unavailable
from hub.kit.postgres import ClusterInfo

SESSION = "SELECT current_setting('TimeZone') || ' ' || current_setting('DateStyle')"


async def test_pool_and_engine_see_the_same_session(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=1)
    orm = engine(cluster.app_url, pooled=False)
    async with orm.connect() as connection:
        theirs = (await connection.execute(text(SESSION))).scalar_one()
    assert theirs == await pool.fetchval(SESSION) == "Asia/Shanghai ISO, YMD"
    await pool.close()
    await orm.dispose()


async def test_a_long_statement_stays_prepared_across_releases(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=1)
    long = "SELECT 1 -- " + "x" * 50_000
    for _ in range(3):
        await pool.fetchval(long)
    question = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 -- x%'"
    assert await pool.fetchval(question) == 1
    await pool.close()


async def test_a_released_connection_is_not_reset(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=1)
    await pool.execute("SET application_name = 'kept'")
    assert await pool.fetchval("SELECT current_setting('application_name')") == "kept"
    await pool.close()


async def test_a_slow_statement_is_a_timeout(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=1, statement_timeout_ms=100)
    with pytest.raises(Timeout), translated():
        await pool.execute("SELECT pg_sleep(10)")
    await pool.close()


async def test_a_slow_statement_through_sqlalchemy_is_a_timeout(cluster: ClusterInfo) -> None:
    orm = engine(cluster.app_url, pooled=False, statement_timeout_ms=100)
    with pytest.raises(DBAPIError) as caught:
        async with orm.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(10)"))
    assert isinstance(translate(caught.value), Timeout)
    await orm.dispose()


async def test_a_server_that_is_away_is_unavailable() -> None:
    with pytest.raises(Unavailable), translated():
        await connect_pool("postgresql://nobody:nothing@127.0.0.1:1/hub")


async def test_a_lost_connection_is_unavailable(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=2)
    async with pool.acquire() as victim, pool.acquire() as killer:
        sleeping = asyncio.create_task(victim.execute("SELECT pg_sleep(10)"))
        await asyncio.sleep(0.1)
        await killer.execute("SELECT pg_terminate_backend($1)", victim.get_server_pid())
        with pytest.raises(Unavailable), translated():
            await sleeping
    await pool.close()


async def test_a_fault_of_our_own_is_not_disguised(cluster: ClusterInfo) -> None:
    pool = await connect_pool(cluster.app_url, size=1)
    with pytest.raises(asyncpg.UndefinedTableError), translated():
        await pool.execute("SELECT * FROM no_such_table")
    await pool.close()


def test_a_url_names_the_driver_for_sqlalchemy_and_none_for_asyncpg() -> None:
    url = "postgresql://hub:p%40ss@db.example:5433/hub?ssl=require"
    named = "postgresql+asyncpg://hub:p%40ss@db.example:5433/hub?ssl=require"
    assert asyncpg_url(url) == asyncpg_url(named) == named
    assert plain_url(named) == plain_url(url) == url


async def test_kept_connection_serves_the_next_statement(app_url: str) -> None:
    pool = await connect_pool(app_url, size=2)
    kept = Kept(pool)
    pids = {(await kept.fetch("SELECT pg_backend_pid()"))[0][0] for _ in range(5)}
    assert len(pids) == 1
    await kept.close()
    await pool.close()


async def test_kept_connection_that_failed_or_was_cut_is_replaced(app_url: str) -> None:
    pool = await connect_pool(app_url, size=2)
    kept = Kept(pool)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await kept.fetch("SELECT 1 / 0")
    [[pid]] = await kept.fetch("SELECT pg_backend_pid()")
    other = await asyncpg.connect(app_url)
    await other.execute(f"SELECT pg_terminate_backend({pid})")
    await other.close()
    await asyncio.sleep(0.1)
    [[replaced]] = await kept.fetch("SELECT pg_backend_pid()")
    assert replaced != pid
    await kept.close()
    await pool.close()


async def test_kept_connection_whose_statement_was_cancelled_goes_back(app_url: str) -> None:
    pool = await connect_pool(app_url, size=1)
    kept = Kept(pool)
    sleeping = asyncio.create_task(kept.fetch("SELECT pg_sleep(30)"))
    await asyncio.sleep(0.1)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert (await kept.fetch("SELECT 1"))[0][0] == 1
    await kept.close()
    await pool.close()


async def test_kept_connections_are_shared_by_all_who_wait(app_url: str) -> None:
    pool = await connect_pool(app_url, size=3)
    kept = Kept(pool, 2)
    rows = await asyncio.gather(*(kept.fetch("SELECT pg_backend_pid()") for _ in range(50)))
    assert len({row[0][0] for row in rows}) <= 2
    async with pool.acquire() as third:  # which they leave to others
        assert await third.fetchval("SELECT 1") == 1
    await kept.close()
    await pool.close()


async def test_who_waits_gets_a_connection_although_others_fail_or_leave(app_url: str) -> None:
    pool = await connect_pool(app_url, size=1)
    kept = Kept(pool)

    async def one(number: int) -> Any:
        if number % 3 == 0:
            with pytest.raises(asyncpg.DivisionByZeroError):
                await kept.fetch("SELECT 1 / 0")
            return number
        async with kept.connection() as connection:
            await connection.execute("BEGIN")
            await asyncio.sleep(0.001)
            await connection.execute("COMMIT")
        return number

    tasks = [asyncio.create_task(one(number)) for number in range(60)]
    await asyncio.sleep(0.005)
    for task in tasks[1::4]:
        task.cancel()
    results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
    assert [r for r in results if not isinstance(r, int | asyncio.CancelledError)] == []
    assert (await kept.fetch("SELECT 1"))[0][0] == 1
    await kept.close()
    await pool.close()


async def test_kept_connection_left_in_a_transaction_is_rolled_back(app_url: str) -> None:
    pool = await connect_pool(app_url, size=1)
    kept = Kept(pool)

    async def stopped() -> None:
        async with kept.connection() as connection:
            await connection.execute("BEGIN")
            await connection.execute("CREATE TEMPORARY TABLE gone (x int)")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await stopped()
    [[there]] = await kept.fetch("SELECT to_regclass('pg_temp.gone') IS NOT NULL")
    assert not there
    async with kept.connection() as connection:
        assert not connection.is_in_transaction()
    await kept.close()
    await pool.close()
