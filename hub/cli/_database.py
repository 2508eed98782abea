"""Which database a subcommand works on: the one in the settings, else the home's embedded server.

`hub up` keeps the embedded server running. For other subcommands it is started when it is down
and stopped again when they are done, so that `hub db migrate` works whether or not a hub runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli._reached import refuse_unusable
from hub.kit import db, migrations
from hub.kit.errors import SetupError
from hub.kit.postgres import Cluster, place
from hub.settings import Settings, settings

T = TypeVar("T")


@dataclass(frozen=True)
class Database:
    """URLs of one database: as the tables' owner and as the app."""

    owner_url: str
    app_url: str
    admin_url: str | None = None


def configured(settings: Settings) -> Database | None:
    """The database that the settings name, or None when they leave it to the embedded server."""
    if settings.database_url:
        app_url = settings.app_database_url or settings.database_url
        _check_url("HUB_DATABASE_URL", settings.database_url)
        _check_url("HUB_APP_DATABASE_URL", app_url)
        return Database(settings.database_url, app_url)
    if settings.app_database_url:
        raise SetupError(
            "HUB_APP_DATABASE_URL is set, but HUB_DATABASE_URL is not.",
            next_step="Set both for a server of your own, or neither for the embedded one.",
        )
    return None


def running(settings: Settings) -> Database | None:
    """The database if it is there without starting anything."""
    if named := configured(settings):
        return named
    cluster = Cluster(settings.home).status()
    return Database(cluster.owner_url, cluster.app_url, cluster.admin_url) if cluster else None


@contextmanager
def database(settings: Settings, *, make: bool = False) -> Iterator[Database]:
    """The database, running for as long as the subcommand needs it.

    Raises SetupError when it does not answer, and where there never was one: a mistyped `--home`
    must not become another hub, unless the subcommand is there to `make` one.
    """
    if there := running(settings):
        asyncio.run(refuse_unusable(there.owner_url))
        yield there
        return
    if not make:
        refuse_absent(settings)
    cluster = Cluster(settings.home)
    started = cluster.start()
    try:
        yield Database(started.owner_url, started.app_url, started.admin_url)
    finally:
        cluster.stop()


@contextmanager
def ready(settings: Settings, *, may_be_behind: bool = False) -> Iterator[Database]:
    """The same with the tables of this code; SetupError when they are older, newer or missing."""
    with database(settings) as found:
        chain, at = migrations.chain(), asyncio.run(migrations.current(found.owner_url))
        bearable = may_be_behind and chain.standing(at) == migrations.Standing.BEHIND
        if (mend := chain.mend(at)) and not bearable:
            raise SetupError(f"The database is {chain.told(at)}.", next_step=mend)
        yield found


def as_owner(act: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do something as the owner of the tables, whether or not a hub runs."""

    async def acted(url: str) -> T:
        engine = db.engine(url, pooled=False)
        try:
            return await act(engine)
        finally:
            await engine.dispose()

    with ready(settings()) as found:
        return asyncio.run(acted(found.owner_url))


def refuse_absent(settings: Settings) -> None:
    """Say that a home has no hub, where its embedded database would be needed."""
    where = place.known(settings.home)
    data = where.data if where else settings.home / "postgres" / "data"  # a lost note is mended
    if not data.exists():
        raise SetupError(
            f"There is no hub in {settings.home}.",
            next_step="Make one with `hub up`, or name the home that you mean: "
            "--home DIR right after `hub`, or HUB_HOME.",
        )


def _check_url(setting: str, url: str) -> None:
    """The URL has a password in it: what is wrong is told without showing it."""
    try:
        meant = make_url(url).drivername.startswith("postgres")
    except (ArgumentError, ValueError):
        meant = False
    if not meant:
        raise SetupError(
            f"{setting} is not the URL of a PostgreSQL database.",
            next_step="It reads postgresql://user:password@host:port/database.",
        )
