"""`hub clients`: who may ask for tokens, and a token for trying things out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.markup import escape
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _database, _token
from hub.cli._screen import errors, screen
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, ClientAudience, ClientState
from hub.identity.clients.enrol import Bounds, Registration
from hub.kit import db
from hub.kit.errors import BadUserInput
from hub.kit.ids import decode_id
from hub.model.codes import PurposeCode
from hub.reference import scopes
from hub.settings import settings

T = TypeVar("T")

app = typer.Typer(
    help="Clients: the systems and apps that may ask for tokens.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The client's id, such as sz-hub.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--jwks", exists=True, dir_okay=False, help="The client's public keys, a JWK Set in a file."
    ),
]


@app.command()
def add(
    name: Name,
    audience: Annotated[ClientAudience, typer.Option(case_sensitive=False, help="For whom.")],
    method: Annotated[
        AuthMethod, typer.Option(case_sensitive=False, help="How it proves who it is.")
    ],
    name_en: Annotated[str, typer.Option(help="Name in English.")],
    name_zh: Annotated[str, typer.Option(help="Name in Chinese.")],
    scope: Annotated[list[str], typer.Option(help="A scope it may ask for; repeat it.")],
    jwks: KeyFile = None,
    partner: Annotated[str | None, typer.Option(help="Division code of its city.")] = None,
    park: Annotated[list[str] | None, typer.Option(help="Id of a park it may change.")] = None,
    department: Annotated[list[str] | None, typer.Option(help="Key of a department.")] = None,
    purpose: Annotated[
        list[PurposeCode] | None, typer.Option(case_sensitive=False, help="A purpose.")
    ] = None,
    talent: Annotated[str | None, typer.Option(help="Id of the talent it acts for.")] = None,
) -> None:
    """Register a client, active at once; a secret is shown this one time."""
    if unknown := [one for one in scope if one not in scopes()]:
        raise BadUserInput(
            f"No scope is called {unknown[0]!r}.",
            next_step="The catalogue is hub/reference/data/scopes.yaml.",
        )
    bounds = Bounds(
        partner=partner,
        parks=[_key("Park", one) for one in park or ()],
        departments=department or (),
        purposes=purpose or (),
        talent=_key("Talent", talent) if talent else None,
    )
    wanted = Registration(name, name_en, name_zh, audience, method, scope, bounds)
    plain = secret.new_secret() if method == AuthMethod.CLIENT_SECRET_BASIC else None
    made = enrol.client(wanted, jwks=_json(jwks), plain_secret=plain)
    _with_database(lambda engine: registrations.add(engine, made))
    errors.print(f"{name} is registered and active.")
    _show_secret(plain)


@app.command("list")
def list_() -> None:
    """List all clients."""
    rows = [("CLIENT", "AUDIENCE", "STATE", "METHOD", "NAME")]
    for client in _with_database(registrations.everyone):
        method = AuthMethod(client.token_endpoint_auth_method).registered
        name = f"{client.name_en} {client.name_zh}"
        rows.append((client.client_id, client.audience, client.state, method, name))
    widths = [max(len(row[column]) for row in rows) for column in range(4)] + [0]
    for row in rows:  # whole lines, however narrow the terminal: they are searched and piped
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        screen.print("  ".join(cells), markup=False)


@app.command()
def show(name: Name) -> None:
    """Show a client with its scopes, bounds and public keys, as JSON."""
    client = _with_database(lambda engine: registrations.existing(engine, name))
    shown = {
        "client_id": client.client_id,
        "name_en": client.name_en,
        "name_zh": client.name_zh,
        "audience": client.audience,
        "state": client.state,
        "token_endpoint_auth_method": AuthMethod(client.token_endpoint_auth_method).registered,
        "scope": " ".join(client.scopes),
        "bounds": client.bounds(),
        "jwks": client.jwks,
        "synthetic": client.synthetic,
        "created_at": client.created_at.isoformat(),
        "updated_at": client.updated_at.isoformat(),
    }
    screen.print_json(json.dumps(shown, ensure_ascii=False))


@app.command()
def suspend(name: Name) -> None:
    """Stop a client for now; its tokens end within a second."""
    _move(name, ClientState.SUSPENDED)


@app.command()
def resume(name: Name) -> None:
    """Let a suspended client in again; it needs a new token."""
    _move(name, ClientState.ACTIVE)


@app.command()
def revoke(name: Name) -> None:
    """Stop a suspended client for good."""
    _move(name, ClientState.REVOKED)


@app.command()
def rotate(name: Name, jwks: KeyFile = None) -> None:
    """Give a client a new secret, or with --jwks new keys; the old ones end at once."""
    if jwks is not None:
        _with_database(lambda engine: registrations.new_keys(engine, name, _json(jwks)))
        errors.print(f"{name} has new keys.")
        return
    plain = _with_database(lambda engine: registrations.new_secret(engine, name))
    errors.print(f"{name} has a new secret.")
    _show_secret(plain)


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="Short name of a demo client, such as suzhou.")],
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
    if entry["token_endpoint_auth_method"] == AuthMethod.NONE.registered:
        client = _with_database(lambda engine: registrations.existing(engine, entry["client_id"]))
        screen.print(_token.for_person(settings(), client, asked), markup=False)
    else:
        screen.print(_token.for_system(settings(), entry, asked), markup=False)


def _with_database(act: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do something as the owner of the tables."""

    async def acted(url: str) -> T:
        engine = db.engine(url, pooled=False)
        try:
            return await act(engine)
        finally:
            await engine.dispose()

    with _database.database(settings()) as database:
        return asyncio.run(acted(database.owner_url))


def _move(name: str, state: ClientState) -> None:
    _with_database(lambda engine: registrations.move(engine, name, state))
    errors.print(f"{name} is {state}.")


def _key(kind: str, text: str) -> UUID:
    """An id as the API shows it, or its bare key."""
    key = decode_id(kind, text if ":" in text else f"{kind}:{text}")
    if key is None:
        raise BadUserInput(f"{text!r} is not the id of a {kind}: it reads {kind}:<uuid>.")
    return key


def _json(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadUserInput(f"{escape(str(file))} is not JSON: {error}") from None


def _show_secret(plain: str | None) -> None:
    """The secret to standard output and the warning beside it, so that it can be piped."""
    if plain is not None:
        errors.print("Its secret, which is shown only now and kept as a hash:")
        screen.print(plain, markup=False)
