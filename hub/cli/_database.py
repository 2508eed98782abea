"""Which database a subcommand works on: the one in the settings, else the home's embedded server.

`hub up` keeps the embedded server running. For other subcommands it is started when it is down
and stopped again when they are done, so that `hub db migrate` works whether or not a hub runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hub.kit.errors import SetupError
from hub.kit.postgres import Cluster
from hub.settings import Settings


@dataclass(frozen=True)
class Database:
    """URLs of one database: as the tables' owner and as the app."""

    owner_url: str
    app_url: str
    admin_url: str | None = None


def configured(settings: Settings) -> Database | None:
    """The database that the settings name, or None when they leave it to the embedded server."""
    if settings.database_url:
        return Database(settings.database_url, settings.app_database_url or settings.database_url)
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
def database(settings: Settings) -> Iterator[Database]:
    """The database, running for as long as the subcommand needs it."""
    if there := running(settings):
        yield there
        return
    cluster = Cluster(settings.home)
    started = cluster.start()
    try:
        yield Database(started.owner_url, started.app_url, started.admin_url)
    finally:
        cluster.stop()
