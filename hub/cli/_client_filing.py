"""`hub clients add` and `hub clients register`: the same options, another state to begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.app import registry
from hub.cli import _database
from hub.cli._client_options import KeyFile, KeyUrl, NewName, json_of, show_secret, try_keys
from hub.cli._named import refuse_taken
from hub.cli._screen import remark
from hub.identity.clients import bounds, enrol, registrations, secret
from hub.identity.clients.bounds import Named
from hub.identity.clients.client import AuthMethod, ClientAudience, ClientState, GrantType
from hub.identity.clients.enrol import Registration
from hub.identity.desk import desk
from hub.model.codes import PurposeCode


def filing(name: str, state: ClientState, doc: str) -> Callable[..., None]:
    """The command of this name, which registers a client in a state."""

    def file(
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
        dpop: Annotated[
            bool, typer.Option(help="Its tokens must be bound to a key (DPoP).")
        ] = False,
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
            bool,
            typer.Option(help="It must push its requests (RFC 9126); with credentials it must."),
        ] = False,
    ) -> None:
        plain = secret.new_secret() if method == AuthMethod.CLIENT_SECRET_BASIC else None
        limits = Named(partner, park or (), department or (), purpose or (), talent)

        async def filed(engine: AsyncEngine) -> None:
            await refuse_taken(engine, name)
            async with desk(engine, "registerClient", registrations.COMMAND) as work:
                meant = await bounds.checked(work, limits)
            wanted = Registration(
                *(name, name_en, name_zh, audience, method, scope, meant),
                grant_types=_grant_types(own_name, bool(redirect_uri)),
                redirect_uris=redirect_uri or (),
                pushed_requests=par or None,
                dpop_bound=dpop,
                resource_server=resource_server,
            )
            made = enrol.client(
                wanted,
                jwks=json_of(jwks),
                jwks_uri=jwks_uri,
                plain_secret=plain,
                served=registry().scopes,
                state=state,
            )
            await registrations.add(engine, made)

        _database.as_owner(filed)
        remark(f"{name} is {_STANDS[state]}.")
        try_keys(jwks_uri)
        show_secret(plain)

    file.__name__, file.__doc__ = name, doc
    return file


def _grant_types(own_name: bool, people: bool) -> list[GrantType]:
    """By which grants a client gets tokens: in its own name, for people who sign in, or both."""
    own = [GrantType.CLIENT_CREDENTIALS] if own_name or not people else []
    theirs = [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN] if people else []
    return [*own, *theirs]


_STANDS = {
    ClientState.ACTIVE: "registered and active",
    ClientState.REGISTERED: "registered; `hub clients approve` and `activate` let it in",
}
