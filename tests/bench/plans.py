"""EXPLAIN (ANALYZE, BUFFERS) of both sides' statements, in a transaction that is rolled back.

The statement that the hub makes is asked of an engine in this process, for the same grant. With it
stand how often PostgreSQL used a generic plan (made once) or a custom one (made for the values)
when the prepared statement was run a dozen times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from hub import app
from hub.engine import Engine, Question
from hub.engine.parameters import Run
from hub.kit.crypto import load
from hub.kit.db import connect_pool
from hub.model.access import Audience, Grant
from tests.bench.home import Home
from tests.bench.row import Ask, Row

RUNS = 12


@dataclass(frozen=True)
class Explained:
    """A statement and how PostgreSQL runs it."""

    sql: str
    lines: list[str]
    generic: int
    custom: int


async def explain(home: Home, row: Row, ask: Ask) -> dict[str, Explained]:
    """The hub's statement and the hand-written ones."""
    pool = await connect_pool(home.app_url, size=1)
    try:
        found = {"hub": await _explained(pool, *_of_hub(home, pool, row, ask))}
        for name, route in row.routes.items():
            found[name] = await _explained(pool, route.sql, route.arguments(ask.values))
        return found
    finally:
        await pool.close()


def _of_hub(home: Home, pool: asyncpg.Pool, row: Row, ask: Ask) -> tuple[str, Sequence[Any]]:
    given = home.settings
    engine = Engine(
        app.registry(),
        app.core_schema(app.schema()),
        pool,
        unseal=load(home.path / "keys", given.data_key).open,
        limits=app.limits(given),
    )
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
