"""What the commands of `hub clients` have in common: arguments, keys tried, a secret shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli._screen import remark, screen
from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import Unfetched, fetch
from hub.kit.errors import BadUserInput

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
KeyUrl = Annotated[
    str | None,
    typer.Option("--jwks-uri", help="Where the hub fetches its public keys, in place of a file."),
]


def json_of(file: Path | None) -> Any:
    """What a file holds; None without one."""
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadUserInput(f"{file} is not JSON: {error}") from None


def try_keys(url: str | None) -> None:
    """Say now if no keys are there, and not when the client is first refused."""
    if url is None:
        return
    try:
        keys = key_set.read(asyncio.run(fetch(url)).content)
    except (Unfetched, ValueError) as error:
        remark(f"Its keys cannot be fetched now from this machine: {error}.")
    else:
        remark(f"{url} has {len(keys)} keys that serve.")


def show_secret(plain: str | None) -> None:
    """The secret to standard output and the warning beside it, so that it can be piped."""
    if plain is not None:
        remark("Its secret, which is shown only now and kept as a hash:")
        screen.print(plain, markup=False)
