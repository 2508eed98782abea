"""`hub status`: what runs for a home."""

from __future__ import annotations

import asyncio
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import urlopen

import typer
from rich.table import Table

from hub.cli import _database, _running
from hub.cli._options import Home
from hub.cli._screen import screen
from hub.kit import migrations
from hub.kit.postgres import Cluster
from hub.settings import Settings, export

DOWN = 3  # as init scripts answer for a service that is not running


def run(home: Home = None) -> None:
    """Show what runs for this home; exits with 3 when the hub is down."""
    settings = export(home=home)
    hub = _running.running(settings.home)
    table = Table(show_header=False, box=None)
    table.add_row("home", str(settings.home))
    table.add_row("hub", f"up, pid {hub.pid}, {hub.url}" if hub else "down")
    if hub:
        table.add_row("answers", "yes" if answers(hub.url) else "no")
    table.add_row("PostgreSQL", postgresql(settings))
    table.add_row("migrations", revision(settings))
    screen.print(table)
    if hub is None:
        raise typer.Exit(DOWN)


def answers(url: str) -> bool:
    """Whether the hub says that it is ready to serve."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, HTTPException, OSError):
        return False


def postgresql(settings: Settings) -> str:
    if settings.database_url:
        return "your own (HUB_DATABASE_URL)"
    cluster = Cluster(settings.home).status()
    return f"up, pid {cluster.pid}, port {cluster.port}, {cluster.data}" if cluster else "down"


def revision(settings: Settings) -> str:
    database = _database.running(settings)
    if database is None:
        return "unknown while the database is down"
    at, newest = asyncio.run(migrations.current(database.owner_url)), migrations.head()
    return f"{at}, up to date" if at == newest else f"{at}, newest is {newest}"
