"""The registered clients: found, added, moved through their life cycle, given new credentials.

Each change is one statement, so that two administrators cannot overwrite one another. A trigger of
the table tells every worker which client changed (see `hub.identity.tokens.revocation`), whoever
made the change and by whatever way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from hub.identity.clients import client_keys, secret
from hub.identity.clients.client import LIFE, AuthMethod, Client, ClientState
from hub.kit.db import translated
from hub.kit.errors import BadUserInput


async def find(engine: AsyncEngine, client_id: str) -> Client | None:
    """One client, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.scalar(select(Client).where(Client.client_id == client_id))


async def everyone(engine: AsyncEngine) -> Sequence[Client]:
    """All clients by name."""
    async with AsyncSession(engine) as session:
        return (await session.scalars(select(Client).order_by(Client.client_id))).all()


async def add(engine: AsyncEngine, client: Client) -> None:
    """File a client; its id must be new."""
    name = client.client_id
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(client)
        try:
            await session.commit()
        except IntegrityError as error:
            if "uq_client_client_id" not in str(error.orig):
                raise
            raise BadUserInput(
                f"There is a client {name} already.",
                next_step=f"Choose another name, or look at it: `hub clients show {name}`.",
            ) from None


async def change(
    engine: AsyncEngine,
    client_id: str,
    *,
    only_in: Sequence[ClientState] = tuple(ClientState),
    **values: Any,
) -> bool:
    """Write values to a client that is in one of the states; whether there was one."""
    statement = (
        update(Client)
        .where(Client.client_id == client_id, Client.state.in_(only_in))
        .values(
            **values,
            version=Client.version + 1,
            updated_at=func.now(),
            change_xid=func.pg_current_xact_id(),
        )
        .returning(Client.id)
    )
    async with engine.begin() as connection:
        return (await connection.execute(statement)).first() is not None


async def move(engine: AsyncEngine, client_id: str, to: ClientState) -> None:
    """Move a client to another state; the tokens of one that stops do not come back with it."""
    origins = LIFE.before(to)
    values: dict[str, Any] = {"state": to}
    if to in (ClientState.SUSPENDED, ClientState.REVOKED):
        values["generation"] = Client.generation + 1
    if await change(engine, client_id, only_in=origins, **values):
        return
    current = await existing(engine, client_id)
    legal = ", ".join(LIFE.after(current.state)) or "none"
    between = [state for state in LIFE.after(current.state) if to in LIFE.after(state)]
    raise BadUserInput(
        f"{client_id} is {current.state} and cannot become {to}; from there: {legal}.",
        next_step=f"It must be {between[0]} first."
        if between
        else f"`hub clients show {client_id}` shows where it stands.",
    )


async def new_secret(engine: AsyncEngine, client_id: str) -> str:
    """Give a client a new secret and return it; the old one and its tokens end now."""
    client = await existing(engine, client_id, AuthMethod.CLIENT_SECRET_BASIC)
    made = secret.new_secret()
    await change(
        engine,
        client.client_id,
        secret_hash=secret.hashed(made),
        generation=Client.generation + 1,
    )
    return made


async def new_keys(
    engine: AsyncEngine, client_id: str, jwks: Any = None, *, jwks_uri: str | None = None
) -> None:
    """Replace a client's public keys, by others or by the URL where they are.

    The tokens got with the old ones end now.
    """
    client = await existing(engine, client_id, AuthMethod.PRIVATE_KEY_JWT)
    await change(
        engine,
        client.client_id,
        jwks=client_keys.checked(jwks) if jwks_uri is None else None,
        jwks_uri=client_keys.checked_url(jwks_uri) if jwks_uri is not None else None,
        generation=Client.generation + 1,
    )


async def existing(engine: AsyncEngine, client_id: str, method: AuthMethod | None = None) -> Client:
    """One client that must be there, and authenticate in this way."""
    client = await find(engine, client_id)
    if client is None:
        raise BadUserInput(
            f"There is no client {client_id}.",
            next_step="`hub clients list` shows which there are.",
        )
    if method and client.token_endpoint_auth_method != method:
        used = AuthMethod(client.token_endpoint_auth_method).registered
        raise BadUserInput(
            f"{client_id} authenticates by {used}.",
            next_step="Keys are given with --jwks FILE; a secret is made without it.",
        )
    return client
