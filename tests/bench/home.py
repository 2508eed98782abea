"""The benchmark's own home: an embedded server with durable settings, a database for each scale.

    .bench/
        postgres/        the server: fsync and synchronous_commit on, as in production
        keys/            what signs tokens and seals contacts here
        demo/            credentials of the demo clients that ask the questions

A database is made under another name and renamed when it is whole, so that one that exists can be
used again; it takes a minute or two at full scale.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from hub import demo, reference
from hub.app import registry
from hub.demo import clients
from hub.kit import data_key, migrations
from hub.kit.db import plain_url
from hub.kit.postgres import Cluster, ClusterInfo
from hub.settings import Settings

HOME = Path(__file__).resolve().parents[2] / ".bench"
ISSUER = "http://127.0.0.1:8000"
"""A name only: whichever port a contender listens on, its tokens are made in this one's name."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Home:
    """A database filled for the benchmark, with what a process needs to serve it."""

    path: Path
    database: str
    owner_url: str
    app_url: str
    admin_url: str
    postmaster: int

    @property
    def environment(self) -> dict[str, str]:
        """Settings of every contender: the same database, pool and keys."""
        key = self.path / "keys" / "data.key"
        return {
            "HUB_HOME": str(self.path),
            "HUB_DATABASE_URL": self.owner_url,
            "HUB_APP_DATABASE_URL": self.app_url,
            "HUB_ISSUER": ISSUER,
            "HUB_JOBS": "false",  # what is done beside would be counted as an answer's
            "HUB_DATA_KEY": key.read_text(encoding="ascii").strip(),
        }

    @property
    def settings(self) -> Settings:
        """The same for this process, whatever its own environment says."""
        given: dict[str, Any] = {
            name.removeprefix("HUB_").lower(): value for name, value in self.environment.items()
        }
        return Settings(**given)


@asynccontextmanager
async def opened(
    talents: int, *, path: Path = HOME, fresh: bool = False, progress: Progress
) -> AsyncIterator[Home]:
    """The home with its server running and a database of this scale, made when it is missing."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]  # a developer's own settings must not change what is measured
    cluster = Cluster(path)
    ran_before = cluster.status() is not None
    info = cluster.start()
    try:
        database = f"bench_{talents}"
        if fresh:
            await execute(info.owner_url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        if not await _exists(info, database):
            await _make(info, database, talents, path, progress)
        yield await ready(path, database, info)
    finally:
        if not ran_before:
            cluster.stop()


async def ready(path: Path, database: str, info: ClusterInfo) -> Home:
    """A database that is filled, with the clients that will ask."""
    owner_url = info.url("hub_owner", info.accounts.hub_owner, database)
    app_url = info.url("hub_app", info.accounts.hub_app, database)
    await migrations.upgrade(owner_url)
    await data_key.settle(owner_url, path / "keys", None)
    await clients.ensure(owner_url, path, registry().scopes)
    admin_url = info.url("postgres", info.accounts.postgres, database)
    return Home(path, database, owner_url, app_url, admin_url, info.pid)


async def fill(owner_url: str, talents: int, path: Path, progress: Progress) -> None:
    """Demonstration data at this scale, and statistics as a database in use has them."""
    sealer = await data_key.settle(owner_url, path / "keys", None)
    await demo.load(owner_url, talents=talents, sealer=sealer, progress=progress)
    await execute(owner_url, "VACUUM (ANALYZE)")


async def execute(url: str, statement: str) -> None:
    """Run a statement that no transaction may enclose."""
    connection = await asyncpg.connect(plain_url(url))
    try:
        await connection.execute(statement, timeout=600)
    finally:
        await connection.close()


async def _exists(info: ClusterInfo, database: str) -> bool:
    connection = await asyncpg.connect(info.owner_url)
    try:
        query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
        return bool(await connection.fetchval(query, database))
    finally:
        await connection.close()


async def _make(
    info: ClusterInfo, database: str, talents: int, path: Path, progress: Progress
) -> None:
    aside = f"{database}_unfinished"
    url = info.url("hub_owner", info.accounts.hub_owner, aside)
    await execute(info.owner_url, f"DROP DATABASE IF EXISTS {aside} WITH (FORCE)")
    await execute(info.owner_url, f"CREATE DATABASE {aside}")
    await migrations.upgrade(url)
    await reference.load(url)
    await fill(url, talents, path, progress)
    await execute(info.owner_url, f"ALTER DATABASE {aside} RENAME TO {database}")


def remove(path: Path = HOME) -> None:
    """Stop the server and delete everything."""
    Cluster(path).remove()
    shutil.rmtree(path, ignore_errors=True)
