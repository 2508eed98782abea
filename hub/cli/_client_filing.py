"""`hub clients add` and `hub clients register`: the same options, another state to begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.app import registry
from hub.cli._client_options import KeyFile, NewName, json_of, show_secret, with_database
from hub.cli._named import refuse_taken
from hub.cli._screen import remark
from hub.identity.clients import bounds, enrol, registrations, secret
from hub.identity.clients.bounds import Named
from hub.identity.clients.client import AuthMethod, ClientAudience, ClientState
from hub.identity.clients.desk import desk
from hub.identity.clients.enrol import Registration
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
    ) -> None:
        plain = secret.new_secret() if method == AuthMethod.CLIENT_SECRET_BASIC else None
        limits = Named(partner, park or (), department or (), purpose or (), talent)

        async def filed(engine: AsyncEngine) -> None:
            await refuse_taken(engine, name)
            async with desk(engine, "registerClient") as work:
                meant = await bounds.checked(work, limits)
            wanted = Registration(
                *(name, name_en, name_zh, audience, method, scope, meant),
                dpop_bound=dpop,
                resource_server=resource_server,
            )
            made = enrol.client(
                wanted,
                jwks=json_of(jwks),
                plain_secret=plain,
                served=registry().scopes,
                state=state,
            )
            await registrations.add(engine, made)

        with_database(filed)
        remark(f"{name} is {_STANDS[state]}.")
        show_secret(plain)

    file.__name__, file.__doc__ = name, doc
    return file


_STANDS = {
    ClientState.ACTIVE: "registered and active",
    ClientState.REGISTERED: "registered; `hub clients approve` and `activate` let it in",
}
