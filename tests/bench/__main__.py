"""`./run bench`: the command line of the benchmark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvloop
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from hub.kit.errors import HubError
from tests.bench import home, report
from tests.bench.reads import READS
from tests.bench.rounds import Plan
from tests.bench.run import Findings, run
from tests.bench.writes import WRITES

ROWS = {row.name: row for row in (*READS, *WRITES)}
screen = Console()
if screen.width < report.WIDTH:  # a file or a narrow window: better long lines than cut figures
    screen = Console(width=report.WIDTH)


def main(
    json: Annotated[Path | None, typer.Option(help="File for everything that was found.")] = None,
    talents: Annotated[int, typer.Option(min=1_000, help="How many talents.")] = 200_000,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each row.")] = 25,
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds for a contender.")] = 0.5,
    rows: Annotated[str, typer.Option(help=f"Some of: {','.join(ROWS)}.")] = ",".join(ROWS),
    connections: Annotated[str, typer.Option(help="Numbers of connections.")] = "16",
    workers: Annotated[int, typer.Option(min=1, help="Processes of each contender.")] = 1,
    path: Annotated[Path, typer.Option("--home", help="Where its database lies.")] = home.HOME,
    fresh: Annotated[bool, typer.Option(help="Make the database anew.")] = False,
    explain: Annotated[bool, typer.Option(help="Print the statements' EXPLAIN too.")] = False,
) -> None:
    """Measure the hub beside routes written by hand; see tests/bench/README.md.

    Exit code 0: every required figure is met; 1: one is not; 2: nothing could be measured.
    """
    chosen = [ROWS[name] for name in rows.split(",")]
    plan = Plan(rounds, seconds, tuple(map(int, connections.split(","))), workers)
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        screen.print("One core only: contenders, PostgreSQL and client share it.")

    async def whole() -> Findings:
        with bars() as progress:
            async with home.opened(talents, path=path, fresh=fresh, progress=progress) as ready:
                return await run(ready, chosen, plan, progress, cores)

    try:
        findings = uvloop.run(whole())
    except HubError as error:
        screen.print(f"[bold red]{escape(error.message)}[/]\n{escape(error.next_step)}")
        raise typer.Exit(2) from None
    if json is not None:
        json.write_bytes(orjson.dumps(findings.as_json(), option=orjson.OPT_INDENT_2))
    show(findings, explain=explain)
    raise typer.Exit(0 if report.all_met(findings.results) else 1)


def show(findings: Findings, *, explain: bool) -> None:
    """What a person wants to see of it."""
    if explain:
        for row, sides in findings.explained.items():
            for side, found in sides.items():
                screen.rule(f"{row}: {side} ({found.generic} generic, {found.custom} custom plans)")
                screen.print("\n".join((found.sql, "", *found.lines)), markup=False)
    screen.print(report.table(findings.results))
    for name, value in findings.cold_ms.items():
        screen.print(f"First request of a new operation, over the next ones: {name} {value:.1f} ms")
    screen.print("Memory of a worker after the run (PSS, MB):", findings.pss_mb)
    machine = findings.machine
    screen.print(
        f"{machine['cpu']}, {machine['cores']} cores; Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}; {machine['rows']['talent.talent']:,} talents"
    )


@contextmanager
def bars() -> Iterator[home.Progress]:
    """A progress bar for each thing that is done."""
    with Progress(
        TextColumn("{task.description:28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=screen,
    ) as shown:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done)

        yield progress


if __name__ == "__main__":
    typer.run(main)
