"""Connections to PostgreSQL: an asyncpg pool for the hot path, SQLAlchemy for everything else.

Both give every session the same settings, because answers are made of text inside PostgreSQL:
what a date or a float looks like must not depend on a server's or a role's defaults.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy import NullPool, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.kit.errors import HubError, Timeout, Unavailable

SESSION: Mapping[str, str] = {
    "TimeZone": "Asia/Shanghai",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    # A worker that was killed in a transaction must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "60s",
}


def session_settings(
    statement_timeout_ms: int, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What every session is told as it connects; costs nothing later."""
    return {**SESSION, "statement_timeout": str(statement_timeout_ms), **(more or {})}


async def connect_pool(
    url: str,
    *,
    size: int = 10,
    statement_timeout_ms: int = 10_000,
    statement_cache_size: int = 500,
    application_name: str = "hub",
    server_settings: Mapping[str, str] | None = None,
    init: Callable[[asyncpg.Connection], Awaitable[None]] | None = None,
) -> asyncpg.Pool:
    """A pool whose connections stay as they are for as long as they live.

    asyncpg's defaults cost more than a point read does: a reset query at every release, statements
    forgotten after 300 seconds or when longer than 15 kB, connections replaced after 50,000
    queries. Here nothing of a session is changed that would have to be reset, and a compiled
    operation is a long text that pays for its preparation only when kept.
    """
    return await asyncpg.create_pool(
        plain_url(url),
        min_size=min(2, size),
        max_size=size,
        max_queries=sys.maxsize,
        max_inactive_connection_lifetime=0,
        statement_cache_size=statement_cache_size,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
        server_settings={
            "application_name": application_name,
            **session_settings(statement_timeout_ms, server_settings),
        },
        init=init,
        reset=_keep,
    )


class Kept:
    """Some of a pool's connections, not given back between statements.

    Giving one back to asyncpg's pool makes a task and costs as much as a third of a point read. So
    a connection that served stays here for the next statement; one that failed, or whose statement
    was cancelled, goes back to the pool, which mends or replaces it. Who finds all of them at work
    waits for the next that is free, first come, first served.
    """

    def __init__(self, pool: asyncpg.Pool, size: int | None = None) -> None:
        self._pool = pool
        self._size = size or pool.get_max_size()
        self._taken_out = 0
        self._idle: list[Any] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()

    async def fetch(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of one statement in a transaction of its own."""
        connection = await self._take()
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement, *arguments)
        except BaseException:
            await self._give_up(connection)
            raise
        self._keep(connection)
        return rows

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """A connection for a transaction; one that the block leaves open is rolled back."""
        connection = await self._take()
        try:
            yield connection
        except BaseException:
            await self._give_up(connection)
            raise
        self._keep(connection)

    async def _take(self) -> Any:
        """A connection that served before and is still open, else one of the pool's."""
        while True:
            if self._idle:
                connection = self._idle.pop()
            elif self._taken_out < self._size:
                return await self._from_pool()
            else:
                connection = await self._wait()
            if connection is not None and _is_open(connection):
                return connection
            if connection is not None:
                await self._give_up(connection)

    async def _from_pool(self) -> Any:
        self._taken_out += 1
        try:
            return await self._pool.acquire()
        except BaseException:
            self._taken_out -= 1
            self._wake(None)
            raise

    async def _wait(self) -> Any:
        """The next connection that is free; None when there is room for another of the pool's."""
        turn: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.result() is not None:
                self._keep(turn.result())  # it was handed over in this very moment
            elif not turn.cancelled():
                self._wake(None)
            raise

    def _keep(self, connection: Any) -> None:
        if not self._wake(connection):
            self._idle.append(connection)

    def _wake(self, connection: Any) -> bool:
        """Hand what is free to the first who waits; False when nobody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    async def _give_up(self, connection: Any) -> None:
        """Back to the pool, which rolls back, mends or replaces it."""
        try:
            await self._pool.release(connection)
        finally:
            self._taken_out -= 1
            self._wake(None)

    async def close(self) -> None:
        """Give everything back, so that the pool can be closed."""
        while self._idle:
            await self._give_up(self._idle.pop())


def _is_open(connection: Any) -> bool:
    # The pool takes a connection back by itself when the server closes it.
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


async def _keep(_: asyncpg.Connection) -> None:
    """Reset nothing; a transaction left open is rolled back by asyncpg before this is called."""


def engine(
    url: str, *, size: int = 5, pooled: bool = True, statement_timeout_ms: int = 0
) -> AsyncEngine:
    """An SQLAlchemy engine on asyncpg: for migrations, loading, identity.

    Without a pool for short scripts and tests, where a connection kept open would outlive its
    event loop. A pooled connection is tried before it is used: the server may have started anew.
    """
    connect_args = {
        "server_settings": {
            "application_name": "hub-orm",
            **session_settings(statement_timeout_ms),
        }
    }
    if not pooled:
        return create_async_engine(asyncpg_url(url), poolclass=NullPool, connect_args=connect_args)
    return create_async_engine(
        asyncpg_url(url),
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args=connect_args,
    )


def asyncpg_url(url: str) -> str:
    """The URL for SQLAlchemy, where a bare `postgresql://` would mean another driver."""
    named = make_url(url).set(drivername="postgresql+asyncpg")
    return named.render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The URL for asyncpg itself and for `psql`."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def translated() -> Iterator[None]:
    """Raise PostgreSQL's errors as ours where a caller can be told what to do about them."""
    try:
        yield
    except Exception as error:
        if (ours := translate(error)) is not None:
            raise ours from error
        raise


def translate(error: BaseException) -> HubError | None:
    """Our error for PostgreSQL's, or None when it is a fault of the hub's own."""
    match unwrapped(error):
        case asyncpg.QueryCanceledError():
            return Timeout("The statement ran longer than it may and was cancelled.")
        case asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return Unavailable("Another change of the same rows came first; nothing was changed.")
        case asyncpg.LockNotAvailableError():
            return Unavailable("The rows are being changed by another request.")
        case (
            asyncpg.PostgresConnectionError()
            | asyncpg.InsufficientResourcesError()
            | asyncpg.OperatorInterventionError()
            | asyncpg.InterfaceError()
            | asyncpg.InternalClientError()  # a connection that the server is closing just now
            | ConnectionError()
            | TimeoutError()
        ) as fault if not isinstance(fault, asyncpg.DataError):
            return Unavailable("The database cannot be reached just now.")
        case _:
            return None


def unwrapped(error: BaseException) -> Any:
    """The driver's own error inside SQLAlchemy's."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error
