"""`hub doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import typer
from rich.markup import escape

from hub.cli import _dbcheck, _machine
from hub.cli._calling import spelt
from hub.cli._finding import Finding
from hub.cli._options import Home
from hub.cli._screen import screen
from hub.settings import Settings, export


def run(home: Home = None) -> None:
    """Look at everything the hub needs; exits with 1 when something must be mended.

    A hub that is down is no fault: `hub status` is what exits with 3 then.
    """
    faults = 0
    for finding in examine(export(home=home)):
        faults += finding.fault
        mark = "[red]fault[/]" if finding.fault else "[yellow]note [/]" if finding.mend else "ok   "
        screen.print(f"{mark} [bold]{finding.subject:<11}[/] {escape(spelt(finding.fact))}")
        if finding.mend:
            screen.print(f"                  -> {escape(spelt(finding.mend))}")
    if faults:
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    yield from _machine.findings(settings)
    if settings.database_url is None:
        yield from _dbcheck.embedded(settings)
    yield from asyncio.run(_dbcheck.findings(settings))
