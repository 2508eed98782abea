"""`Desk`: a transaction without a request to the API, whose changes are in the ledger all the same.

Who types a command has no token: the entry names the command line as the client and the account of
the operating system as who it was. On the hub's own pages it is the person who signed in. There is
no document either.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ARRAY, Executable, Text, UpdateBase, any_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.kit.db import translated
from hub.kit.ids import uuid7
from hub.kit.sql import Sql
from hub.ledger.audit import AuditAction
from hub.ledger.changes import recorded
from hub.ledger.writes import ENTRY
from hub.model.access import Audience
from hub.model.action import GIVEN, Record, given
from hub.model.entity import Entity


class Work(Protocol):
    """A transaction that notes in the ledger what it changes: an action's, or a `Desk`."""

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        """The rows of a query."""

    async def change(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """Insert a row, or update one that was locked before."""

    async def cascade(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """Update rows that change because another does."""


class Desk:
    """One transaction of an administrator at the command line, or of a person on our own pages.

    `mutation` is what the ledger calls the changes made from now on: as the API calls them. The
    client in the ledger is the command, `hub clients`; no registered one can be called so.
    """

    def __init__(
        self, connection: Any, mutation: str, command: str, audience: str, sub: str
    ) -> None:
        self.mutation = mutation
        self._connection = connection
        self._changed: dict[tuple[str, str], list[UUID]] = {}
        self._persons: dict[str, list[UUID]] = {}
        self._caller = {
            "caller_operation": uuid7(),
            "caller_client": command,
            "caller_audience": audience,
            "caller_sub": sub,
            "caller_document": "",
        }

    async def locked(self, noun: type[Entity], *names: str) -> dict[str, Record]:
        """The rows that there are of these natural keys, locked until the transaction ends."""
        rows = await self._fetch(_lock(noun), names=list(names))
        return {row[noun.keys[0]]: row for row in rows}

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        """The rows of a query."""
        return await self._fetch(_compiled(query), **values)

    async def change(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """Write rows of one noun, with their change rows."""
        noun = _noun_of(statement.table)
        rows = await self._fetch(_compiled_change(statement, noun), **values)
        self._changed.setdefault((self.mutation, noun), []).extend(row["id"] for row in rows)
        if talent := values.get("talent"):
            self._persons.setdefault(self.mutation, []).append(talent)
        return rows

    cascade = change

    async def note(self) -> None:
        """Write the audit entries, one for each kind of change and noun; the last thing to do."""
        for (mutation, noun), objects in self._changed.items():
            if objects:
                await self._fetch(
                    ENTRY,
                    entity=noun,
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
async def desk(
    engine: AsyncEngine,
    mutation: str,
    command: str,
    *,
    audience: str = Audience.ADMIN.value,
    sub: str | None = None,
) -> AsyncIterator[Desk]:
    """A transaction that is committed when the block ends well, with its entries in the ledger.

    Without a `sub` it is somebody at the command line.
    """
    with translated():
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            async with raw.transaction():
                opened = Desk(raw, mutation, command, audience, sub or f"os:{account()}")
                yield opened
                await opened.note()


def account() -> str:
    """The account of the operating system; its number where that has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@cache
def _noun_of(table: Any) -> str:
    """What the rows of a table are called."""
    return next(one.class_.__name__ for one in Entity.registry.mappers if one.local_table is table)


@cache
def _lock(noun: type[Entity]) -> Sql:
    """SELECT ... FOR NO KEY UPDATE by the natural key, in the order of ids."""
    table = noun.__table__
    return Sql(
        select(table)
        .where(table.c[noun.keys[0]] == any_(given("names", ARRAY(Text()))))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )


@lru_cache(maxsize=100)
def _compiled(query: Executable) -> Sql:
    return Sql(query)


@lru_cache(maxsize=100)
def _compiled_change(statement: UpdateBase, noun: str) -> Sql:
    return Sql(recorded(statement, noun))
