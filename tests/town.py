"""A running hub and its clients, for tests that read like user stories; shared by several folders.

Everything is real: HTTP, tokens got with a client's own secret, a database of the worker's own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from hub.app import opened
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, ClientAudience
from hub.identity.clients.enrol import Bounds, Registration
from hub.kit import db
from hub.kit.postgres import ClusterInfo
from hub.model.codes import PurposeCode
from hub.settings import Settings
from hub.web.app import Served
from tests.conftest import DATA_KEY, Database, clone
from tests.make import Make, Row
from tests.make.maker import counted
from tests.serving import free_port, serving

SUZHOU, SHANGHAI = "320500", "310000"
RESERVES = ("workspace:reserve", "park:read", "reference:read")
_series = itertools.count(0x100)


@dataclass(frozen=True)
class Caller:
    """A client with its token."""

    client_id: str
    http: httpx.AsyncClient

    async def whole(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole response, which must be 200."""
        sent = {"query": document, "variables": variables}
        answer = await self.http.post("/graphql", json=sent)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(self, document: str, **variables: Any) -> Any:
        """The one root field of an operation that gives no error."""
        found = await self.whole(document, **variables)
        assert "errors" not in found, found
        [(_, value)] = found["data"].items()
        return value


@pytest.fixture(scope="session")
async def town(cluster: ClusterInfo, template: str) -> Database:
    """The stories' own database: clients commit, and so do the tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return await clone(cluster, template, f"{worker}_stories")


@contextmanager
def hub_on(database: Database, home: Path, **changes: Any) -> Iterator[str]:
    """A hub over a database, in a thread of its own; yields its address."""
    with free_port() as bound:
        given = {"home": home, "demo": True, "data_key": DATA_KEY, "jobs": False, **changes}
        given |= {"port": bound.getsockname()[1], "app_database_url": database.app_url}
        settings = Settings(**given)
        with serving(Served(lambda: opened(settings)), bound) as url:
            yield url


@pytest.fixture(scope="session")
def hub_url(town: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with hub_on(town, tmp_path_factory.mktemp("stories")) as url:
        yield url


@pytest.fixture
async def owner(town: Database) -> AsyncIterator[asyncpg.Connection]:
    """Looks behind the hub's back, and sets the scene."""
    connection = await asyncpg.connect(town.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
def make(owner: asyncpg.Connection) -> Make:
    """Factories whose rows are committed; each test has ids of its own."""
    series = next(_series)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return Make(
        owner,
        series=series,
        identify=lambda number: counted(series, int(worker[2:]) * 10**6 + number),
    )


class Enter:
    """Registers clients and gets them tokens: `await enter("OPERATOR", *scopes, parks=[park])`."""

    def __init__(self, database: Database, hub_url: str) -> None:
        self.hub_url = hub_url
        self.engine = db.engine(database.owner_url, pooled=False)
        self.opened: list[httpx.AsyncClient] = []

    async def __call__(
        self,
        audience: str,
        *scopes: str,
        parks: Sequence[Row] = (),
        purposes: Sequence[str] = (),
        talent: Row | None = None,
        **bounds: Any,
    ) -> Caller:
        plain = secret.new_secret()
        wanted = Registration(
            client_id=f"client-{uuid4().hex[:12]}",
            name_en="A client in a story",
            name_zh="故事中的应用",
            audience=ClientAudience(audience),
            method=AuthMethod.CLIENT_SECRET_BASIC,
            scopes=scopes,
            bounds=Bounds(
                parks=[park["id"] for park in parks],
                purposes=[PurposeCode(purpose) for purpose in purposes],
                talent=talent["id"] if talent else None,
                **bounds,
            ),
        )
        await registrations.add(self.engine, enrol.client(wanted, plain_secret=plain))
        http = httpx.AsyncClient(base_url=self.hub_url, timeout=60)
        self.opened.append(http)
        granted = await http.post(
            "/oauth/token",
            auth=(wanted.client_id, plain),
            data={"grant_type": "client_credentials", "scope": " ".join(scopes)},
        )
        token = granted.raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        return Caller(wanted.client_id, http)

    async def close(self) -> None:
        for http in self.opened:
            await http.aclose()
        await self.engine.dispose()


@pytest.fixture
async def enter(town: Database, hub_url: str) -> AsyncIterator[Enter]:
    entering = Enter(town, hub_url)
    yield entering
    await entering.close()


@pytest.fixture
async def suzhou(enter: Enter, make: Make) -> Caller:
    """The system of the partner city Suzhou."""
    await city(make, SUZHOU)
    return await enter(
        "PARTNER", "workspace:reserve", "park:read", "reference:read", partner=SUZHOU
    )


@pytest.fixture
async def shanghai(enter: Enter, make: Make) -> Caller:
    """The system of the partner city Shanghai."""
    await city(make, SHANGHAI)
    return await enter("PARTNER", *RESERVES, partner=SHANGHAI)


async def city(make: Make, code: str) -> None:
    """A partner city, unless it is there."""
    known = "SELECT EXISTS (SELECT FROM cooperation.partner WHERE code = $1)"
    if not await make.connection.fetchval(known, code):
        await make.partner(code)


def key() -> str:
    """An idempotency key that nobody has used."""
    return uuid4().hex


def the_id(noun: str, row: Row) -> str:
    """The opaque id of a made row."""
    return f"{noun}:{row['id']}"
