"""EXPLAIN (ANALYZE, BUFFERS) of both sides' statements.

Of a row that reads it is asked for in a transaction that is rolled back; the statement that the hub
makes comes from an engine in this process, for the same grant. With it stand how often PostgreSQL
used a generic plan (made once) or a custom one (made for the values) when the prepared statement
was run a dozen times.

A row that writes takes several statements, each with what the one before it found. So both sides
write as always, once, and PostgreSQL itself explains each statement that it was sent
(`auto_explain`, told to the session as a notice).
"""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from hub import app
from hub.engine import Engine, Question
from hub.engine.parameters import Run
from hub.kit.crypto import load
from hub.kit.db import Kept, connect_pool, session_settings
from hub.model.access import Audience, Grant
from tests.bench.home import Home
from tests.bench.row import Ask, Desk, Route, Row

RUNS = 12


@dataclass(frozen=True)
class Explained:
    """How PostgreSQL runs a statement; of several, `lines` holds their text too."""

    sql: str
    lines: list[str]
    generic: int = 0
    custom: int = 0


async def explain(home: Home, row: Row, ask: Ask) -> dict[str, Explained]:
    """The hub's statement or statements, and the hand-written ones."""
    if row.renew is not None:
        return await _explained_writes(home, row, ask)
    pool = await connect_pool(home.app_url, size=1)
    try:
        found = {"hub": await _explained(pool, *_of_hub(home, pool, row, ask))}
        for name, route in row.routes.items():
            found[name] = await _explained(pool, route.sql, route.arguments(ask.values))
        return found
    finally:
        await pool.close()


def _engine(home: Home, pool: asyncpg.Pool | Kept) -> Engine:
    given = home.settings
    return Engine(
        app.registry(),
        app.core_schema(app.schema()),
        pool,
        unseal=load(home.path / "keys", given.data_key).open,
        limits=app.limits(given),
    )


def _of_hub(home: Home, pool: asyncpg.Pool, row: Row, ask: Ask) -> tuple[str, Sequence[Any]]:
    engine = _engine(home, pool)
    question = Question(row.document, None, dict(ask.variables))
    operation = engine.operation(question)
    variables = engine.variables(operation, question.variables)
    grant = grant_of(row)
    statement = engine.compiled(operation, variables, grant).statement
    run = Run(variables, grant, operation.hash, engine.clock())
    return statement.sql, statement.arguments(run)


def grant_of(row: Row) -> Grant:
    """What the asker's token says."""
    asker = row.asker
    return Grant(
        client=asker.client_id,
        audience=Audience(asker.audience),
        scopes=frozenset(asker.scopes),
        sub=asker.client_id,
        partner=asker.bounds.partner,
        parks=tuple(asker.bounds.parks),
        departments=tuple(asker.bounds.departments),
        purposes=tuple(asker.bounds.purposes),
        purpose=asker.bounds.purposes[0],
        token_id="explain",
    )


async def _explained(pool: asyncpg.Pool, sql: str, arguments: Sequence[Any]) -> Explained:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            prepared = await connection.prepare(sql)
            for _ in range(RUNS):
                await prepared.fetch(*arguments)
            plans = await connection.fetchrow(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = $1",
                prepared.get_name(),
            )
            rows = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *arguments)
        finally:
            await transaction.rollback()
    return Explained(
        sql.strip(), [row[0] for row in rows], plans["generic_plans"], plans["custom_plans"]
    )


async def _explained_writes(home: Home, row: Row, ask: Ask) -> dict[str, Explained]:
    """The second of two requests of each side: the first one warms it up."""
    renew = row.renew
    assert renew is not None
    found = {}
    async with _explaining(home) as (pool, told):
        engine = _engine(home, Kept(pool))
        desk = Desk(pool, load(home.path / "keys", home.settings.data_key))

        async def by_hub(asked: Ask) -> bytes | str:
            question = Question(row.document, None, dict(asked.variables))
            return (await engine.answer(question, grant_of(row))).body

        def by_hand(route: Route) -> Callable[[Ask], Awaitable[bytes | str]]:
            return lambda asked: route.answer(desk, asked.values)

        sides = {"hub": by_hub, **{name: by_hand(route) for name, route in row.routes.items()}}
        for name, answer in sides.items():
            await answer(renew(ask))
            told.clear()
            await answer(renew(ask))
            found[name] = Explained(f"-- {len(told)} statements", list(told))
    return found


@asynccontextmanager
async def _explaining(home: Home) -> AsyncIterator[tuple[asyncpg.Pool, list[str]]]:
    """Connections with the app's rights, and what PostgreSQL tells of the statements they send.

    Only the server's administrator may load the module, so it connects and then steps down.
    """
    told: list[str] = []

    async def step_down(connection: asyncpg.Connection) -> None:
        await connection.execute(
            "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0;"
            " SET auto_explain.log_analyze = on; SET auto_explain.log_buffers = on;"
            " SET auto_explain.log_parameter_max_length = 0; SET client_min_messages = log;"
            " SET ROLE hub_app"
        )

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_log_listener(heard)

    def heard(_: asyncpg.Connection, message: asyncpg.PostgresLogMessage) -> None:
        told.append(message.message)

    async def keep(_: asyncpg.Connection) -> None:
        """Its settings stay; the pool itself forgets who listens, and warns of it each time."""

    pool = await asyncpg.create_pool(
        home.admin_url,
        min_size=0,
        max_size=2,  # the hub keeps one, the routes borrow the other
        server_settings=session_settings(statement_timeout_ms=60_000),
        init=step_down,
        setup=listen,
        reset=keep,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", asyncpg.InterfaceWarning)
            yield pool, told
    finally:
        pool.terminate()
