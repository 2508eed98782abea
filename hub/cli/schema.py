"""`hub schema`: the published contract, written from the declarations and checked against them."""

from __future__ import annotations

import difflib
from pathlib import Path

import typer

from hub import app as assembly
from hub.cli._screen import columns, say, screen
from hub.model.field import EdgeSpec, FieldSpec
from hub.model.registry import Noun
from hub.settings import CHECKOUT

app = typer.Typer(help="The published contract.", no_args_is_help=True)

CONTRACT = CHECKOUT / "schema" / "hub.graphql"


@app.command()
def write() -> None:
    """Write the contract into `schema/`."""
    CONTRACT.parent.mkdir(exist_ok=True)
    CONTRACT.write_text(assembly.contract(), "utf-8")
    screen.print(f"Wrote {CONTRACT.relative_to(CHECKOUT)}.")


@app.command()
def check() -> None:
    """Compare the contract with the declarations; exits with 1 when they differ."""
    changes = drift(CONTRACT)
    for line in changes:
        screen.print(line, markup=False, highlight=False)
    if changes:
        say("The contract is not what the rooms declare. Next: `hub schema write`.")
        raise typer.Exit(1)
    screen.print("The contract is what the rooms declare.")


@app.command()
def access() -> None:
    """Show for every field which scope it asks for and which field group it belongs to."""
    rows = [("TYPE", "FIELD", "SCOPE", "GROUP", "RELEASED")]
    for noun in assembly.registry().nouns.values():
        rows += access_rows(noun)
    columns(rows)


def drift(file: Path) -> list[str]:
    """What differs between a committed contract and the declarations, as a unified diff."""
    committed = file.read_text("utf-8") if file.exists() else ""
    return list(
        difflib.unified_diff(
            committed.splitlines(),
            assembly.contract().splitlines(),
            "committed",
            "declared",
            lineterm="",
        )
    )


def access_rows(noun: Noun) -> list[tuple[str, str, str, str, str]]:
    """(type, field, scope, group, whether it is decided row by row) of each field and edge."""
    rows = []
    specs: dict[str, FieldSpec | EdgeSpec] = {**noun.fields, **noun.edges}
    for name, spec in specs.items():
        group = spec.group or noun.group
        by_row = bool(group) or noun.may_hide_rows
        shown = "row by row" if by_row else "with the scope"
        rows.append((noun.name, name, noun.scopes_of(spec), group.name if group else "", shown))
    return rows
