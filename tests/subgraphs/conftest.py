"""One connection for each test, whose transaction is rolled back; questions are asked over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine, Question
from hub.kit.db import SESSION
from hub.model.access import Audience, Grant
from tests.make import Make, Row

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
SUZHOU, SHANGHAI = "320500", "310000"
NINE = datetime(2026, 12, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def connection(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(owner_url, server_settings=dict(SESSION))
    transaction = opened.transaction()
    await transaction.start()
    yield opened
    await transaction.rollback()
    await opened.close()


@pytest.fixture
def make(connection: asyncpg.Connection) -> Make:
    return Make(connection)


@pytest.fixture
def ask(connection: asyncpg.Connection) -> Ask:
    """The `data` of an operation for a grant."""
    engine = Engine(
        registry(),
        core_schema(schema()),
        connection,  # so that it sees what the test has not committed
        unseal=lambda _, context: f"<{context}>",
        clock=lambda: NOW,
    )

    async def asked(grant: Grant, document: str, **variables: Any) -> Any:
        answer = await engine.answer(Question(document, variables=variables), grant)
        return orjson.loads(answer.body)["data"]

    return asked


def as_(audience: Audience, **bounds: Any) -> Grant:
    """A caller with every scope, the purpose of matching jobs, and these bounds."""
    purpose = {"purposes": ("JOB_MATCHING",), "purpose": "JOB_MATCHING"}
    given = {"client": "somebody", "scopes": registry().scopes, **purpose, **bounds}
    return Grant(audience=audience, **given)


def partner(city: str) -> Grant:
    return as_(Audience.PARTNER, partner=city)


def operator(*parks: UUID) -> Grant:
    return as_(Audience.OPERATOR, parks=parks)


def department() -> Grant:
    return as_(Audience.DEPARTMENT, departments=("nt-rsj",))


def talent(person: UUID) -> Grant:
    return as_(Audience.TALENT, talent=person)


def internal(client: str = "cloud-platform") -> Grant:
    return as_(Audience.INTERNAL, client=client)


def nodes(connection: Any, field: str) -> list[Any]:
    """One field of each node of a connection."""
    return [edge["node"][field] for edge in connection["edges"]]


def hours(first: int, last: int) -> dict[str, Any]:
    """A period of NINE's day, by hours counted from then."""
    return {"since": NINE + first * HOUR, "until": NINE + last * HOUR}


async def whole(make: Make, **values: Any) -> Row:
    return await make.workspace(kind="MEETING_ROOM", whole_space=True, seats=10, **values)
