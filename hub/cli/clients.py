"""`hub clients`: who may ask for tokens, and a token for trying things out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.cli import _bounds, _database, _token
from hub.cli._named import named, refuse_taken, short_name
from hub.cli._screen import columns, remark, screen
from hub.demo import clients
from hub.identity.clients import enrol, registrations, secret
from hub.identity.clients.client import AuthMethod, ClientAudience, ClientState, GrantType
from hub.identity.clients.enrol import Registration
from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import Unfetched, fetch
from hub.kit.errors import BadUserInput
from hub.model.codes import PurposeCode
from hub.reference import scopes
from hub.settings import settings

app = typer.Typer(
    help="Clients: the systems and apps that may ask for tokens.", no_args_is_help=True
)

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


@app.command()
def add(
    name: NewName,
    audience: Annotated[ClientAudience, typer.Option(case_sensitive=False, help="For whom.")],
    method: Annotated[
        AuthMethod, typer.Option(case_sensitive=False, help="How it proves who it is.")
    ],
    name_en: Annotated[str, typer.Option(help="Name in English.")],
    name_zh: Annotated[str, typer.Option(help="Name in Chinese.")],
    scope: Annotated[list[str], typer.Option(help="A scope it may ask for; repeat it.")],
    jwks: KeyFile = None,
    jwks_uri: KeyUrl = None,
    partner: Annotated[str | None, typer.Option(help="Division code of its city.")] = None,
    park: Annotated[list[str] | None, typer.Option(help="Id of a park it may change.")] = None,
    department: Annotated[list[str] | None, typer.Option(help="Key of a department.")] = None,
    purpose: Annotated[
        list[PurposeCode] | None, typer.Option(case_sensitive=False, help="A purpose.")
    ] = None,
    talent: Annotated[str | None, typer.Option(help="Id of the talent it acts for.")] = None,
    resource_server: Annotated[
        bool, typer.Option(help="It may ask whether others' tokens hold (RFC 7662).")
    ] = False,
    dpop: Annotated[bool, typer.Option(help="Its tokens must be bound to a key (DPoP).")] = False,
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option(
            help="Where people's browsers are sent back to; repeat it. It makes this an "
            "app at which people sign in."
        ),
    ] = None,
    own_name: Annotated[
        bool, typer.Option(help="It may also ask in its own name, where people sign in at it.")
    ] = False,
    par: Annotated[
        bool, typer.Option(help="It must push its requests (RFC 9126); with credentials it must.")
    ] = False,
) -> None:
    """Register a client, active at once; a secret is shown this one time."""
    if unknown := [one for one in scope if one not in scopes()]:
        raise BadUserInput(
            f"No scope is called {unknown[0]!r}.",
            next_step="The catalogue is hub/reference/data/scopes.yaml.",
        )
    plain = secret.new_secret() if method == AuthMethod.CLIENT_SECRET_BASIC else None

    async def added(engine: AsyncEngine) -> None:
        await refuse_taken(engine, name)
        async with engine.connect() as connection:
            bounds = await _bounds.checked(
                connection,
                partner=partner,
                parks=park or (),
                departments=department or (),
                purposes=purpose or (),
                talent=talent,
            )
        wanted = Registration(
            *(name, name_en, name_zh, audience, method, scope, bounds),
            grant_types=_grant_types(own_name, bool(redirect_uri)),
            redirect_uris=redirect_uri or (),
            pushed_requests=par,
            dpop_bound=dpop,
            resource_server=resource_server,
        )
        made = enrol.client(wanted, jwks=_json(jwks), jwks_uri=jwks_uri, plain_secret=plain)
        await registrations.add(engine, made)

    _database.as_owner(added)
    remark(f"{name} is registered and active.")
    _try_keys(jwks_uri)
    _show_secret(plain)


@app.command("list")
def list_() -> None:
    """List all clients."""
    rows = [("CLIENT", "AUDIENCE", "STATE", "METHOD", "NAME")]
    for client in _database.as_owner(registrations.everyone):
        method = AuthMethod(client.token_endpoint_auth_method).registered
        short = short_name(client)
        also = "" if short == client.client_id else f": {short}"
        called = f" (demo{also})" if short else ""
        names = f"{client.name_en} {client.name_zh}{called}"
        rows.append((client.client_id, client.audience, client.state, method, names))
    columns(rows)


@app.command()
def show(name: Name) -> None:
    """Show a client with its scopes, bounds and public keys, as JSON."""
    client = _database.as_owner(lambda engine: named(engine, name))
    shown = {
        "client_id": client.client_id,
        "name_en": client.name_en,
        "name_zh": client.name_zh,
        "audience": client.audience,
        "state": client.state,
        "token_endpoint_auth_method": AuthMethod(client.token_endpoint_auth_method).registered,
        "grant_types": [GrantType(one).registered for one in client.grant_types],
        "redirect_uris": list(client.redirect_uris),
        "require_pushed_authorization_requests": client.pushed_requests,
        "dpop_bound_access_tokens": client.dpop_bound,
        "resource_server": client.resource_server,
        "scope": " ".join(client.scopes),
        "bounds": client.bounds(),
        "jwks": client.jwks,
        "jwks_uri": client.jwks_uri,
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
            await registrations.new_keys(engine, client.client_id, _json(jwks), jwks_uri=jwks_uri)
            return None
        return await registrations.new_secret(engine, client.client_id)

    plain = _database.as_owner(rotated)
    remark(f"{name} has {'new keys' if plain is None else 'a new secret'}.")
    _try_keys(jwks_uri)
    _show_secret(plain)


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


def _grant_types(own_name: bool, people: bool) -> list[GrantType]:
    """By which grants a client gets tokens: in its own name, for people who sign in, or both."""
    own = [GrantType.CLIENT_CREDENTIALS] if own_name or not people else []
    theirs = [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN] if people else []
    return [*own, *theirs]


def _move(name: str, state: ClientState) -> None:
    async def moved(engine: AsyncEngine) -> None:
        client = await named(engine, name)
        await registrations.move(engine, client.client_id, state)

    _database.as_owner(moved)
    remark(f"{name} is {state}.")


def _json(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadUserInput(f"{file} is not JSON: {error}") from None


def _try_keys(url: str | None) -> None:
    """Say now if no keys are there, and not when the client is first refused."""
    if url is None:
        return
    try:
        keys = key_set.read(asyncio.run(fetch(url)).content)
    except (Unfetched, ValueError) as error:
        remark(f"Its keys cannot be fetched now from this machine: {error}.")
    else:
        remark(f"{url} has {len(keys)} keys that serve.")


def _show_secret(plain: str | None) -> None:
    """The secret to standard output and the warning beside it, so that it can be piped."""
    if plain is not None:
        remark("Its secret, which is shown only now and kept as a hash:")
        screen.print(plain, markup=False)
