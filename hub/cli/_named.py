"""Which client a name means: its id, or the short name that a demo client has besides.

In demo/clients.json Suzhou's client is `suzhou`, at the token endpoint it is `sz-hub`; whoever read
the one or the other types it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.demo.client_list import CLIENTS
from hub.identity.clients import registrations
from hub.identity.clients.client import Client
from hub.kit.errors import BadUserInput


async def named(engine: AsyncEngine, name: str) -> Client:
    """The client of this id; else the demo client of this short name; BadUserInput without one."""
    client = await registrations.find(engine, name) or await _demo(engine, name)
    return client or await registrations.existing(engine, name)


async def refuse_taken(engine: AsyncEngine, name: str) -> None:
    """Refuse a new client's id that is a demo client's short name: it would mean two."""
    if demo := await _demo(engine, name):
        raise BadUserInput(
            f"{name} is the demo client {demo.client_id} already.",
            next_step=f"Choose another name, or look at it: `hub clients show {name}`.",
        )


async def reserved(engine: AsyncEngine) -> dict[str, str]:
    """Short name -> id of the demo clients that there are, where the two differ."""
    found = {short: await _demo(engine, short) for short in CLIENTS}
    return {
        short: client.client_id
        for short, client in found.items()
        if client and client.client_id != short
    }


def short_name(client: Client) -> str | None:
    """The short name of a demo client; None for any other."""
    shorts = {wanted.client_id: short for short, wanted in CLIENTS.items()}
    return shorts.get(client.client_id) if client.synthetic else None


async def _demo(engine: AsyncEngine, short: str) -> Client | None:
    if short not in CLIENTS:
        return None
    client = await registrations.find(engine, CLIENTS[short].client_id)
    return client if client and client.synthetic else None
