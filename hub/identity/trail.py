"""What the authorization server refused and what people did, in the audit (handbook 2.7, rule 10).

An entry for each refused request that names a client there is, for each sign-in and each attempt at
one of a person there is, and for each approval. Who only guesses names leaves no entry, and nobody
can fill the audit: of one client or person a worker writes at most sixty entries in a minute, and
says in the log that there were more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.clients.client import Client
from hub.identity.errors import OAuthError
from hub.identity.people.person import Person
from hub.identity.people.registry import PAGES
from hub.identity.people.roles import Role
from hub.kit.db import translated
from hub.kit.errors import HubError
from hub.kit.ids import uuid7
from hub.ledger.audit import AuditAction, AuditEntry

MOST = 60
"""Entries about one client or person in a minute, at one worker."""

log = structlog.get_logger(__name__)


class Trail:
    """Writes entries; where the database cannot be reached, the log alone has it."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        self._minute, self._written = 0, Counter[str]()

    async def refused(self, endpoint: str, error: OAuthError) -> None:
        """A request that named a client was refused."""
        if error.client_id is None or not self._may_write(error.client_id):
            return
        table = Client.__table__
        await self._write(
            select(
                *_fixed(Client, AuditAction.REFUSAL, endpoint, error.error),
                func.array_agg(table.c.id).label("objects"),
                func.min(table.c.client_id).label("client"),
                func.min(table.c.audience).label("audience"),
                func.min(table.c.client_id).label("sub"),
                func.min(table.c.partner).label("partner"),
            )
            .where(table.c.client_id == error.client_id)
            .having(func.count() > 0)
        )

    async def person(
        self, what: str, person: Person, *, client: str = PAGES, refused: str | None = None
    ) -> None:
        """A person did something on our pages, or was refused it."""
        if not self._may_write(person.sub):
            return
        action = AuditAction.CHANGE if refused is None else AuditAction.REFUSAL
        audience = str(Role(person.role).rights.audience)
        subjects = [person.talent] if person.talent else []
        await self._write(
            select(
                *_fixed(Person, action, what, refused),
                _value(AuditEntry.objects, [person.id], "objects"),
                _value(AuditEntry.client, client, "client"),
                _value(AuditEntry.audience, audience, "audience"),
                _value(AuditEntry.sub, person.sub, "sub"),
                _value(AuditEntry.subjects, subjects, "subjects"),
            )
        )

    async def _write(self, row: Any) -> None:
        statement = insert(AuditEntry).from_select([one.name for one in row.selected_columns], row)
        try:
            with translated():
                async with self._engine.begin() as connection:
                    await connection.execute(statement)
        except HubError as error:
            log.warning("trail.unwritten", error=error.message)

    def _may_write(self, whose: str) -> bool:
        minute = int(self._clock()) // 60
        if minute != self._minute:
            self._minute, self._written = minute, Counter()
        self._written[whose] += 1
        if self._written[whose] == MOST + 1:
            log.warning("trail.full", whose=whose)
        return self._written[whose] <= MOST


def _fixed(noun: type, action: AuditAction, what: str, refused: str | None) -> list[Any]:
    """The columns that do not depend on a row."""
    code = {} if refused is None else {"code": refused}
    return [
        _value(AuditEntry.operation, uuid7(), "operation"),
        _value(AuditEntry.entity, noun.__name__, "entity"),
        _value(AuditEntry.action, action, "action"),
        _value(AuditEntry.mutation, what, "mutation"),
        _value(AuditEntry.refused, code, "refused"),
        _value(AuditEntry.document_hash, "", "document_hash"),
    ]


def _value(column: Any, value: Any, name: str) -> Any:
    return bindparam(None, value, type_=column.type, unique=True).label(name)
