"""`hub db`: the database by hand."""

from __future__ import annotations

import asyncio
import subprocess
from typing import Annotated

import typer

from hub.cli import _database
from hub.cli._screen import say, screen
from hub.kit import data_key, migrations
from hub.kit.db import plain_url
from hub.kit.errors import SetupError
from hub.kit.postgres import psql
from hub.settings import settings

app = typer.Typer(help="The database: migrate it, look into it.", no_args_is_help=True)

AsApp = Annotated[bool, typer.Option("--app", help="As the app's role, which may do less.")]


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    given = settings()
    with _database.database(given) as database:
        asyncio.run(migrations.upgrade(database.owner_url))
        asyncio.run(data_key.settle(database.owner_url, given.home / "keys", given.data_key))
    say(f"The database is at {migrations.head()}.")


@app.command()
def revision(
    room: Annotated[str, typer.Argument(help="The room that changes, such as park.")],
    what: Annotated[str, typer.Argument(help="What changes, in a few words.")],
) -> None:
    """Write a migration for what the rooms declare and the database lacks; read it before use."""
    # A developer's checkout needs a database to compare with, and nothing in it.
    with _database.database(settings(), make=True) as database:
        asyncio.run(migrations.upgrade(database.owner_url, views=False))
        asyncio.run(migrations.revise(database.owner_url, room, what))


@app.command()
def url(as_app: AsApp = False) -> None:
    """Print the database's URL; it holds a password."""
    database = _database.running(settings())
    if database is None:
        _database.refuse_absent(settings())
        raise SetupError(
            "The embedded database is down, and its port may change until it is up.",
            next_step="Start the hub with `hub up`.",
        )
    screen.print(plain_url(database.app_url if as_app else database.owner_url), markup=False)


@app.command()
def shell(as_app: AsApp = False) -> None:
    """Open psql on the database."""
    with _database.database(settings()) as database:
        chosen = database.app_url if as_app else database.owner_url
        raise typer.Exit(subprocess.call([psql(), plain_url(chosen)]))
