"""A running hub for the tests of its doors: the whole assembly, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from hub.app import opened
from hub.identity.clients import registrations, secret
from hub.identity.clients.client import AuthMethod, Client, ClientAudience, ClientState
from hub.kit import db
from hub.settings import Settings
from hub.web.app import Served
from tests.conftest import DATA_KEY, Database
from tests.serving import free_port, serving

CLIENT = "web-tests"
SCOPES = ["park:read", "project:read.public", "reference:read"]


@dataclass(frozen=True)
class Hub:
    """Where it runs, and the header with which an internal app of the city asks it."""

    url: str
    headers: dict[str, str]

    @property
    def graphql(self) -> str:
        return f"{self.url}/graphql"


Start = Callable[..., AbstractContextManager[Hub]]


@pytest.fixture(scope="session")
async def client_secret(database: Database) -> str:
    """The secret of a client that may read parks and projects, and nobody's personal data."""
    engine = db.engine(database.owner_url, pooled=False)
    made = secret.new_secret()
    client = Client(
        client_id=CLIENT,
        name_zh="接口测试",
        name_en="Tests of the doors",
        audience=ClientAudience.INTERNAL,
        state=ClientState.ACTIVE,
        token_endpoint_auth_method=AuthMethod.CLIENT_SECRET_BASIC,
        secret_hash=secret.hashed(made),
        scopes=SCOPES,
    )
    await registrations.add(engine, client)
    await engine.dispose()
    return made


@pytest.fixture(scope="session")
def start(database: Database, client_secret: str, tmp_path_factory: Any) -> Start:
    """Start a hub with settings of one's own: `with start(queue_length=8) as hub`."""
    home: Path = tmp_path_factory.mktemp("home")

    @contextmanager
    def started(**changes: Any) -> Iterator[Hub]:
        with free_port() as bound:
            given = {"home": home, "demo": True, "data_key": DATA_KEY, **changes}
            given |= {"port": bound.getsockname()[1], "app_database_url": database.app_url}
            settings = Settings(**given)
            with serving(Served(lambda: opened(settings)), bound) as url:
                granted = httpx.post(
                    f"{url}/oauth/token",
                    auth=(CLIENT, client_secret),
                    data={"grant_type": "client_credentials", "scope": " ".join(SCOPES)},
                )
                token = granted.raise_for_status().json()["access_token"]
                yield Hub(url, {"Authorization": f"Bearer {token}"})

    return started


@pytest.fixture(scope="session")
def hub(start: Start) -> Iterator[Hub]:
    """One hub with ordinary settings for all tests of a worker that do not need their own."""
    with start() as running:
        yield running


@pytest.fixture
async def http(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token; `headers=hub.headers` adds one."""
    async with httpx.AsyncClient(base_url=hub.url, timeout=30) as client:
        yield client


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of the tables, to look on and to hold locks."""
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.close()


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    """Wait until something holds; fails when it never does."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  # it holds in the server, which sets no event
            await asyncio.sleep(0.01)
