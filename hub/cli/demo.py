"""`hub demo`: invented data to try the hub with, as much of it as wanted."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from hub import demo, reference
from hub.cli import _database
from hub.cli._screen import errors, screen
from hub.demo.scale import MOST_TALENTS
from hub.kit import data_key, migrations
from hub.settings import settings

app = typer.Typer(
    help="Invented data to try the hub with; nothing in it leads to a real person.",
    invoke_without_command=True,
)

Talents = Annotated[
    int,
    typer.Option(min=10, max=MOST_TALENTS, help="How many talents; everything else follows."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same data.")]


@app.callback()
def demonstration(context: typer.Context, talents: Talents = 2_000, seed: Seed = 1) -> None:
    """Without a subcommand: the same as `load`."""
    if context.invoked_subcommand is None:
        load(talents, seed)


@app.command()
def load(talents: Talents = 2_000, seed: Seed = 1) -> None:
    """Replace the demonstration data; real rows are left alone."""
    with _database.database(settings()) as database, _bar() as bar:
        asyncio.run(_replace(database.owner_url, talents, seed, Shown(bar)))
    screen.print(f"{talents:,} talents and what goes with them are in the database.")


@app.command()
def reset() -> None:
    """Take the demonstration data out; real rows and the audit stay."""
    with _database.database(settings()) as database:
        asyncio.run(demo.reset(database.owner_url))
    screen.print("The demonstration data is gone. `hub demo load` brings it back.")


async def _replace(url: str, talents: int, seed: int, progress: demo.Progress) -> None:
    await migrations.upgrade(url)
    sealer = await data_key.settle(url, settings().home / "keys", settings().data_key)
    await reference.load(url)
    await demo.reset(url)
    await demo.load(url, talents=talents, seed=seed, progress=progress, sealer=sealer)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
    )


class Shown:
    """Shows the loader's progress, a line for each kind of data."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done)
