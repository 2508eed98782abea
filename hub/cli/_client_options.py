"""What the commands of `hub clients` have in common: arguments, the database, a secret shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _database
from hub.cli._screen import remark, screen
from hub.kit import db
from hub.kit.errors import BadUserInput
from hub.settings import settings

T = TypeVar("T")

NewName = Annotated[str, typer.Argument(help="The client's id, such as sz-hub.")]
Name = Annotated[
    str, typer.Argument(help="The client's id (sz-hub), or a demo client's short name (suzhou).")
]
DemoName = Annotated[
    str, typer.Argument(help="A demo client: its short name (suzhou) or id (sz-hub).")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--jwks", exists=True, dir_okay=False, help="The client's public keys, a JWK Set in a file."
    ),
]


def with_database(act: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do something as the owner of the tables."""

    async def acted(url: str) -> T:
        engine = db.engine(url, pooled=False)
        try:
            return await act(engine)
        finally:
            await engine.dispose()

    with _database.ready(settings()) as database:
        return asyncio.run(acted(database.owner_url))


def json_of(file: Path | None) -> Any:
    """What a file holds; None without one."""
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadUserInput(f"{file} is not JSON: {error}") from None


def show_secret(plain: str | None) -> None:
    """The secret to standard output and the warning beside it, so that it can be piped."""
    if plain is not None:
        remark("Its secret, which is shown only now and kept as a hash:")
        screen.print(plain, markup=False)
