"""`hub partners`: a partner city as a whole, kept out or let in again."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _database
from hub.cli._screen import columns, remark, say
from hub.identity.clients import bounds, partners
from hub.identity.clients.bounds import Named
from hub.identity.clients.suspension import SuspensionState
from hub.identity.desk import desk
from hub.kit.errors import BadUserInput

COMMAND = "hub partners"

app = typer.Typer(
    help="Partner cities: keep one out as a whole, let it in again.", no_args_is_help=True
)

Code = Annotated[str, typer.Argument(help="Division code of the city, such as 320500.")]


@app.command("list")
def list_() -> None:
    """List the cities that are kept out, and those that were."""
    rows = [("PARTNER", "STATE", "SINCE", "REASON")]
    for one in _database.as_owner(partners.everything):
        since = f"{one.created_at:%Y-%m-%d %H:%M}"
        rows.append((one.partner, one.state, since, one.reason or ""))
    if len(rows) == 1:
        say("No partner city is kept out, or was.")
    else:
        columns(rows)


@app.command()
def suspend(
    code: Code,
    reason: Annotated[str | None, typer.Option(help="Why, without a word about persons.")] = None,
) -> None:
    """Keep a city out: all its clients, people and tokens end within a second."""

    async def suspended(engine: AsyncEngine) -> None:
        async with desk(engine, "suspendPartner", COMMAND) as work:
            await bounds.checked(work, Named(partner=code))
            await partners.suspend(work, code, reason)

    _database.as_owner(suspended)
    remark(f"{code} is kept out; `hub partners resume {code}` lets it in again.")


@app.command()
def resume(code: Code) -> None:
    """Let a city in again; its clients that are ACTIVE need new tokens."""
    _move(code, SuspensionState.LIFTED)
    remark(f"{code} is let in again.")


@app.command()
def revoke(code: Code) -> None:
    """End the clients of a suspended city for good; it stays out until it is resumed."""
    _move(code, SuspensionState.REVOKED)
    remark(f"The clients of {code} are REVOKED, and it is kept out.")


def _move(code: str, to: SuspensionState) -> None:
    async def moved(engine: AsyncEngine) -> None:
        async with desk(engine, partners.MOVES[to], COMMAND) as work:
            row = await partners.standing(work, code)
            if row is None:
                raise BadUserInput(
                    f"{code} is not suspended.",
                    next_step=f"`hub partners list` shows which are; `hub partners suspend {code}`"
                    " keeps it out.",
                )
            await partners.move(work, row, to)

    _database.as_owner(moved)
