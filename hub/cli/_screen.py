"""The terminal: what was asked for goes to standard output, everything else to standard error."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from hub.cli._calling import spelt

# Long paths and curl lines are copied: they must not be broken at the terminal's width.
screen = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)


def say(sentence: str) -> None:
    """A sentence about what was done, its commands as they must be typed."""
    screen.print(spelt(sentence), markup=False)


def remark(sentence: str) -> None:
    """The same where standard output has what was asked for."""
    errors.print(spelt(sentence), markup=False)


def complain(message: str, next_step: str) -> None:
    """What went wrong, and what to do now."""
    errors.print(f"[bold red]{escape(spelt(message))}[/]")
    errors.print(f"[bold]Next:[/] {escape(spelt(next_step))}")


def columns(rows: Sequence[Sequence[str]]) -> None:
    """Rows as whole lines, however narrow the terminal: they are searched and piped."""
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)
        ]
        screen.print("  ".join([*cells, row[-1]]).rstrip(), markup=False)
