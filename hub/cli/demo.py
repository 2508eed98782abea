"""`hub demo`: invented data to try the hub with, as much of it as wanted."""

from __future__ import annotations

import asyncio
import sys
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
from hub.cli import _database, _running
from hub.cli._screen import errors, say
from hub.demo import wanted
from hub.demo.scale import MOST_TALENTS
from hub.kit import data_key, migrations
from hub.kit.errors import SetupError
from hub.settings import Settings, settings

app = typer.Typer(
    help="Invented data to try the hub with; nothing in it leads to a real person.",
    invoke_without_command=True,
)

HOW_MANY = typer.Option(min=10, max=MOST_TALENTS, help="How many talents; everything else follows.")
SEED = typer.Option(help="The same seed gives the same data.")
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Replace demonstration data that is there.")]


@app.callback()
def demonstration(
    context: typer.Context,
    talents: Annotated[int | None, HOW_MANY] = None,
    seed: Annotated[int | None, SEED] = None,
    yes: Yes = False,
) -> None:
    """Invented data; `hub demo --talents N` is `hub demo load --talents N`."""
    said = talents is not None or seed is not None or yes
    if context.invoked_subcommand is None and said:
        load(talents or 2_000, seed or 1, yes)
    elif context.invoked_subcommand is None:
        say(context.get_help())
    elif said:
        raise typer.BadParameter(f"Write it after the word {context.invoked_subcommand}.")


@app.command()
def load(
    talents: Annotated[int, HOW_MANY] = 2_000,
    seed: Annotated[int, SEED] = 1,
    yes: Yes = False,
) -> None:
    """Load demonstration data; what is there of it is replaced, real rows are left alone.

    In demo mode only: a hub of real people gets no invented ones.
    """
    given = settings()
    _refuse_outside_demo_mode(given)
    with _database.database(given) as database:
        asyncio.run(migrations.upgrade(database.owner_url))
        if asyncio.run(demo.loaded(database.owner_url)) and not yes:
            _confirm()
        with _bar() as bar:
            asyncio.run(_replace(given, database.owner_url, talents, seed, Shown(bar)))
    wanted.want(given.home)
    say(f"{talents:,} talents and what goes with them are in the database.")


@app.command()
def reset() -> None:
    """Take the demonstration data out, for good: `hub up` loads none until `hub demo load`.

    Real rows and the audit stay, and so do the demo clients.
    """
    given = settings()
    # The tables are asked for in the database itself, so that older ones can be emptied too.
    with _database.ready(given, may_be_behind=True) as database:
        asyncio.run(demo.reset(database.owner_url))
    wanted.do_without(given.home)
    say("The demonstration data is gone, and stays so. `hub demo load` brings it back.")


def _refuse_outside_demo_mode(given: Settings) -> None:
    """HUB_DEMO says the mode where it is set, else how the home's hub was started last."""
    if "demo" in given.model_fields_set:
        if not given.demo:
            raise SetupError(
                "Demo mode is off (HUB_DEMO): no invented data is loaded.",
                next_step="Load it into another hub, started in demo mode in a --home of its own.",
            )
    elif not _running.started_in_demo_mode(given.home):
        raise SetupError(
            f"The hub of {given.home} was not started in demo mode: no invented data is loaded.",
            next_step="If it is there to try things out, set HUB_DEMO=true; else load it into "
            "another hub, started in demo mode in a --home of its own.",
        )


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise SetupError(
            "There is demonstration data already, and what was changed in it would be lost.",
            next_step="`hub demo load --yes`, with the options that you want, replaces it.",
        )
    typer.confirm("Replace the demonstration data that is there?", abort=True)


async def _replace(
    given: Settings, url: str, talents: int, seed: int, progress: demo.Progress
) -> None:
    sealer = await data_key.settle(url, given.home / "keys", given.data_key)
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
