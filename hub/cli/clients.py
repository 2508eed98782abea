"""`hub clients`: who may ask for tokens, and a token for trying things out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.app import registry
from hub.cli import _database, _token
from hub.cli._client_filing import filing
from hub.cli._client_options import (
    DemoName,
    KeyFile,
    KeyUrl,
    Name,
    json_of,
    show_secret,
    try_keys,
)
from hub.cli._keygen import keygen
from hub.cli._named import named, reserved, short_name
from hub.cli._screen import columns, remark, say, screen
from hub.demo import clients
from hub.identity.clients import document, imports, registrations
from hub.identity.clients.client import AuthMethod, ClientState
from hub.kit.errors import BadUserInput
from hub.model.codes import PurposeCode
from hub.settings import settings

app = typer.Typer(
    help="Clients: the systems and apps that may ask for tokens.", no_args_is_help=True
)

app.command("add")(
    filing(
        "add",
        ClientState.ACTIVE,
        "Register a client, active at once; a secret is shown this one time.",
    )
)
app.command("register")(
    filing(
        "register",
        ClientState.REGISTERED,
        "File a client that waits for `approve` and `activate`; a secret is shown this one time.",
    )
)
app.command()(keygen)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="JSON with the names of RFC 7591.")
    ],
    update: Annotated[
        bool, typer.Option("--update", help="Change clients that are registered otherwise.")
    ] = False,
) -> None:
    """Register the clients that a file holds, active at once: all of them, or none."""
    try:
        value = imports.parsed(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BadUserInput(f"{file} is not in UTF-8.", next_step="Save it as UTF-8.") from None

    async def imported(engine: AsyncEngine) -> imports.Imported:
        return await imports.import_clients(
            engine,
            value,
            served=registry().scopes,
            reserved=await reserved(engine),
            update=update,
        )

    done = _database.as_owner(imported)
    for name in done.added:
        say(f"{name}: added")
    for name, differences in done.changed.items():
        say(f"{name}: changed ({'; '.join(differences)})")
    for name in done.same:
        say(f"{name}: as it was")


@app.command("list")
def list_() -> None:
    """List all clients."""
    rows = [("CLIENT", "AUDIENCE", "STATE", "METHOD", "NAME")]
    for client in _database.as_owner(registrations.everyone):
        method = AuthMethod(client.token_endpoint_auth_method).registered
        short = short_name(client)
        also = "" if short == client.client_id else f": {short}"
        called = f" (demo{also})" if short else ""
        state = f"{client.state} (city kept out)" if client.city_kept_out else client.state
        names = f"{client.name_en} {client.name_zh}{called}"
        rows.append((client.client_id, client.audience, state, method, names))
    columns(rows)


@app.command()
def show(name: Name) -> None:
    """Show a client with its scopes, bounds and public keys, as JSON that `import` reads."""
    client = _database.as_owner(lambda engine: named(engine, name))
    shown = {
        **document.written(client),
        "state": client.state,
        "city_kept_out": client.city_kept_out,
        "version": client.version,
        "synthetic": client.synthetic,
        "created_at": client.created_at.isoformat(),
        "updated_at": client.updated_at.isoformat(),
    }
    screen.print_json(json.dumps(shown, ensure_ascii=False))


@app.command()
def approve(name: Name) -> None:
    """Approve a registered client."""
    _move(name, ClientState.APPROVED, "approveClient")


@app.command()
def activate(name: Name) -> None:
    """Switch an approved client on: from now on it gets tokens."""
    _move(name, ClientState.ACTIVE, "activateClient")


@app.command()
def suspend(name: Name) -> None:
    """Stop a client for now; its tokens end within a second."""
    _move(name, ClientState.SUSPENDED, "suspendClient")


@app.command()
def resume(name: Name) -> None:
    """Let a suspended client in again; it needs a new token."""
    _move(name, ClientState.ACTIVE, "resumeClient")


@app.command()
def revoke(name: Name) -> None:
    """Stop a suspended client for good."""
    _move(name, ClientState.REVOKED, "revokeClient")


@app.command()
def rotate(name: Name, jwks: KeyFile = None, jwks_uri: KeyUrl = None) -> None:
    """Give a client a new secret, or with --jwks or --jwks-uri new keys; the old end at once.

    The credentials of a demo client are made here, keys too, and kept in demo/clients.json.
    """
    home = settings().home
    keys_given = jwks is not None or jwks_uri is not None
    if jwks is not None and jwks_uri is not None:
        raise BadUserInput("Give the keys or the URL where they are, not both.")

    async def rotated(engine: AsyncEngine) -> str | None:
        client = await named(engine, name)
        if client.synthetic and clients.short_of(home, client.client_id):
            if keys_given:
                raise BadUserInput(
                    f"The keys of the demo client {name} are made here, with their private part.",
                    next_step=f"`hub clients rotate {name}`, or register keys of your own for "
                    "another client: `hub clients add --help`.",
                )
            plain = await clients.renew(engine, home, client.client_id)
            remark(f"Its credentials are in {clients.file_of(home)}.")
            return plain
        if keys_given:
            keys = json_of(jwks)
            await registrations.new_keys(engine, client.client_id, keys, jwks_uri=jwks_uri)
            return None
        return await registrations.new_secret(engine, client.client_id)

    plain = _database.as_owner(rotated)
    remark(f"{name} has {'new keys' if plain is None else 'a new secret'}.")
    try_keys(jwks_uri)
    show_secret(plain)


@app.command()
def token(
    name: DemoName,
    scope: Annotated[
        list[str] | None, typer.Option(help="A scope; repeat it. Without: all it holds.")
    ] = None,
    purpose: Annotated[
        list[PurposeCode] | None, typer.Option(case_sensitive=False, help="A purpose; repeat it.")
    ] = None,
) -> None:
    """Print an access token for a demo client, from the running hub."""
    entry = _token.demo_client(settings().home, name)
    asked = {"scope": " ".join(scope) if scope else entry["scope"]}
    if purpose:
        asked["purpose"] = " ".join(purpose)
    make = _token.for_person if "username" in entry else _token.for_system
    screen.print(make(settings(), name, entry, asked), markup=False)


def _move(name: str, state: ClientState, called: str) -> None:
    async def moved(engine: AsyncEngine) -> None:
        client = await named(engine, name)
        await registrations.move(engine, client.client_id, state, called)

    _database.as_owner(moved)
    remark(f"{name} is {state}.")
