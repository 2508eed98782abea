"""`Desk`: a transaction of the command line's, whose changes are in the ledger as those of the API.

Who types a command has no token: the entry names the command line as the client and the account of
the operating system as who it was. There is no document either.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Executable, Text, UpdateBase, any_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.changes import CLIENT
from hub.identity.clients.client import Client
from hub.kit.db import translated
from hub.kit.ids import uuid7
from hub.kit.sql import Sql
from hub.ledger.audit import AuditAction
from hub.ledger.changes import recorded
from hub.ledger.writes import ENTRY
from hub.model.access import Audience
from hub.model.action import GIVEN, Record, given

COMMAND_LINE = "hub clients"
"""The client in the ledger; no registered one can be called so."""

_LOCK = Sql(
    select(CLIENT)
    .where(CLIENT.c.client_id == any_(given("names", ARRAY(Text()))))
    .order_by(CLIENT.c.id)
    .with_for_update(key_share=True)
)


class Desk:
    """One transaction of an administrator at the command line.

    `mutation` is what the ledger calls the changes made from now on: as the API calls them.
    """

    def __init__(self, connection: Any, mutation: str) -> None:
        self.mutation = mutation
        self._connection = connection
        self._changed: dict[str, list[UUID]] = {}
        self._persons: dict[str, list[UUID]] = {}
        self._caller = {
            "caller_operation": uuid7(),
            "caller_client": COMMAND_LINE,
            "caller_audience": Audience.ADMIN.value,
            "caller_sub": f"os:{account()}",
            "caller_document": "",
        }

    async def locked(self, *client_ids: str) -> dict[str, Record]:
        """The clients that there are of these names, locked until the transaction ends."""
        rows = await self._fetch(_LOCK, names=list(client_ids))
        return {row["client_id"]: row for row in rows}

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        """The rows of a query."""
        return await self._fetch(_compiled(query), **values)

    async def change(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """Write clients, with their change rows."""
        rows = await self._fetch(_compiled_change(statement), **values)
        self._changed.setdefault(self.mutation, []).extend(row["id"] for row in rows)
        if talent := values.get("talent"):
            self._persons.setdefault(self.mutation, []).append(talent)
        return rows

    async def note(self) -> None:
        """Write the audit entries, one for each kind of change; the last thing to do."""
        for mutation, objects in self._changed.items():
            await self._fetch(
                ENTRY,
                entity=Client.__name__,
                action=AuditAction.CHANGE.value,
                mutation=mutation,
                objects=objects,
                subjects=self._persons.get(mutation, []),
                refused="{}",
            )

    async def _fetch(self, sql: Sql, **values: Any) -> list[Any]:
        def value(name: str) -> Any:
            if name.startswith(GIVEN):
                return values[name.removeprefix(GIVEN)]
            return self._caller.get(name)

        found: list[Any] = await self._connection.fetch(sql.text, *sql.arguments(value))
        return found


@asynccontextmanager
async def desk(engine: AsyncEngine, mutation: str) -> AsyncIterator[Desk]:
    """A transaction that is committed when the block ends well, with its entries in the ledger."""
    with translated():
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            async with raw.transaction():
                opened = Desk(raw, mutation)
                yield opened
                await opened.note()


def account() -> str:
    """The account of the operating system; its number where that has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@lru_cache(maxsize=100)
def _compiled(query: Executable) -> Sql:
    return Sql(query)


@lru_cache(maxsize=100)
def _compiled_change(statement: UpdateBase) -> Sql:
    return Sql(recorded(statement, Client.__name__))
