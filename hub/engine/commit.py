"""COMMIT, and what became of one whose acknowledgement was lost.

PostgreSQL knows the fate of every recent transaction by its id, also after a crash
(`pg_xact_status`). So a connection that ends while committing leaves no doubt, as long as the
database comes back soon.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import asyncpg

from hub.kit.db import Kept
from hub.kit.errors import Unavailable

PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.05


class ClashError(Exception):
    """The transaction was undone by no fault of its own, and may be tried again."""


CLASHES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, ClashError)

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
"""The connection ended, or cannot be made; what it was doing may have been done."""


async def commit(connection: Any, transaction: str | None, database: Kept) -> None:
    """End a transaction that has this id (None: it changed nothing, so that nothing can be lost).

    Raises ClashError when it was undone, Unavailable when that cannot be found out.
    """
    try:
        await connection.execute("COMMIT")
    except LOST as error:
        if transaction is None:
            raise
        await _find_out(transaction, database, error)


async def _find_out(transaction: str, database: Kept, lost: Exception) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            [row] = await database.fetch(
                "SELECT pg_xact_status($1::text::xid8) AS fate", transaction
            )
        except LOST:
            continue
        if row["fate"] == "committed":
            return
        if row["fate"] == "aborted":
            raise ClashError
    raise Unavailable(
        "The database went away while the change was being stored; it may be stored or not.",
        next_step="Send the same request with the same key again, or read the object.",
        zh="提交时数据库失去连接,变更可能已保存,也可能未保存",
    ) from lost
