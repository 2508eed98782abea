"""COMMIT, and what became of one whose acknowledgement was lost.

PostgreSQL knows the fate of every recent transaction by its number, also after a crash
(`pg_xact_status`), and the audit entry says whose number it was. So a connection that ends while
committing leaves no doubt, as long as the database comes back soon.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

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


class Trace(NamedTuple):
    """What a transaction leaves behind if it commits: its number and its audit entry."""

    transaction: str
    entry: UUID


async def commit(connection: Any, trace: Trace, database: Kept) -> None:
    """End a transaction that leaves this trace.

    Raises ClashError when it was undone, Unavailable when that cannot be found out.
    """
    try:
        await connection.execute("COMMIT")
    except LOST as error:
        await _find_out(trace, database, error)


async def _find_out(trace: Trace, database: Kept, lost: Exception) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            fate = await _fate(trace, database)
        except LOST:
            continue
        if fate == "committed":
            return
        if fate != "in progress":
            raise ClashError
    raise Unavailable(
        "The database went away while the change was being stored; it may be stored or not.",
        next_step="Send the same request with the same key again, or read the object.",
        zh="提交时数据库失去连接,变更可能已保存,也可能未保存",
    ) from lost


async def _fate(trace: Trace, database: Kept) -> str:
    """`committed`, `in progress` or something else.

    A server that crashed before anything of a transaction reached its disk gives the number out
    again: it then lies ahead, or another has it, and only the entry tells whose it is.
    """
    try:
        [row] = await database.fetch(
            "SELECT pg_xact_status($1::text::xid8) AS fate", trace.transaction
        )
    except asyncpg.InvalidParameterValueError:
        return "ahead"
    fate = str(row["fate"])
    if fate != "committed":
        return fate
    [row] = await database.fetch(
        "SELECT EXISTS (SELECT FROM ledger.audit_entry WHERE id = $1) AS there", trace.entry
    )
    return fate if row["there"] else "another's"
