"""`hub status`: what runs for a home."""

from __future__ import annotations

import asyncio

import typer

from hub.cli import _database, _running
from hub.cli._calling import spelt
from hub.cli._http import answers
from hub.cli._options import Home
from hub.cli._reached import reached
from hub.cli._screen import columns
from hub.kit import migrations
from hub.kit.postgres import Cluster
from hub.settings import Settings, export

DOWN = 3  # as init scripts answer for a service that is not running


def run(home: Home = None) -> None:
    """Show what runs for this home; exits with 3 when the hub is down."""
    settings = export(home=home)
    hub = _running.running(settings.home)
    rows = [
        ("home", f"{settings.home}{'' if settings.home.exists() else ', not made yet'}"),
        ("hub", f"up, pid {hub.pid}, {hub.url}" if hub else "down"),
        *([("answers", "yes" if answers(hub.url) else "no")] if hub else []),
        ("PostgreSQL", postgresql(settings)),
        ("migrations", revision(settings)),
    ]
    columns(rows)
    if hub is None:
        raise typer.Exit(DOWN)


def postgresql(settings: Settings) -> str:
    if settings.database_url:
        return "your own (HUB_DATABASE_URL)"
    cluster = Cluster(settings.home).status()
    return f"up, pid {cluster.pid}, port {cluster.port}, {cluster.data}" if cluster else "down"


def revision(settings: Settings) -> str:
    database = _database.running(settings)
    if database is None:
        return "unknown while the database is down"
    server = asyncio.run(reached(database.owner_url))
    if server.mend:
        return f"unknown: the database {server.fact}"
    at, chain = asyncio.run(migrations.current(database.owner_url)), migrations.chain()
    mend = chain.mend(at)
    return spelt(f"{chain.told(at)}. {mend}" if mend else chain.told(at))
