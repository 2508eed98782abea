"""The registered clients, for who has no request: found, added, moved, given new credentials.

It is what the command line, the demo and the authorization server itself use; an administrator's
mutations do the same by `hub.identity.clients.changes` in a transaction of their own. A trigger of
the table tells every worker which client changed (see `hub.identity.tokens.revocation`), whoever
made the change and by whatever way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from hub.identity.clients import changes, enrol, secret
from hub.identity.clients.client import AuthMethod, Client, ClientState
from hub.identity.desk import Desk, desk
from hub.kit.db import translated
from hub.kit.errors import BadUserInput
from hub.model.action import Record

COMMAND = "hub clients"


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
    try:
        async with desk(engine, "registerClient", COMMAND) as work:
            await changes.file(work, client)
    except asyncpg.UniqueViolationError:
        raise BadUserInput(
            f"There is a client {name} already.",
            next_step=f"Choose another name, or look at it: `hub clients show {name}`.",
        ) from None


async def change(engine: AsyncEngine, client_id: str, **values: Any) -> None:
    """Give a client other values, whatever its state."""
    async with _of(engine, client_id, "changeClient") as (work, row):
        await changes.alter(work, row, **values)


async def move(
    engine: AsyncEngine, client_id: str, to: ClientState, called: str | None = None
) -> None:
    """Move a client to another state, by the move of this name or by any that is legal."""
    async with _of(engine, client_id, called or "moveClient") as (work, row):
        work.mutation = changes.MOVES.get((row["state"], to), work.mutation)
        await changes.move(work, row, to, called)


async def new_secret(engine: AsyncEngine, client_id: str) -> str:
    """Give a client a new secret and return it; the old one and its tokens end now."""
    made = secret.new_secret()
    await renew(engine, client_id, secret_hash=secret.hashed(made))
    return made


async def new_keys(
    engine: AsyncEngine, client_id: str, jwks: Any = None, *, jwks_uri: str | None = None
) -> None:
    """Replace a client's public keys, by others or by the URL where they are.

    The tokens got with the old ones end now.
    """
    await renew(engine, client_id, **enrol.new_keys(jwks, jwks_uri))


async def renew(engine: AsyncEngine, client_id: str, **credentials: Any) -> None:
    """Replace a client's `secret_hash`, or its `jwks` and `jwks_uri`, by one of the same kind."""
    keys = "jwks" in credentials
    method = AuthMethod.PRIVATE_KEY_JWT if keys else AuthMethod.CLIENT_SECRET_BASIC
    mutation = "rotateClientKeys" if keys else "rotateClientSecret"
    async with _of(engine, client_id, mutation) as (work, row):
        changes.require_living(row)
        changes.require_method(row, method)
        await changes.alter(work, row, **credentials)


async def existing(engine: AsyncEngine, client_id: str) -> Client:
    """One client that must be there."""
    return await find(engine, client_id) or _missing(client_id)


@asynccontextmanager
async def _of(
    engine: AsyncEngine, client_id: str, mutation: str
) -> AsyncIterator[tuple[Desk, Record]]:
    """A transaction with one client that must be there, locked."""
    async with desk(engine, mutation, COMMAND) as work:
        row = (await work.locked(Client, client_id)).get(client_id)
        yield work, row or _missing(client_id)


def _missing(client_id: str) -> NoReturn:
    raise BadUserInput(
        f"There is no client {client_id}.", next_step="`hub clients list` shows which there are."
    )
