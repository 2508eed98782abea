"""What the stories of clients have in common: documents, registrations, how they are sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from joserfc.jwk import ECKey

from tests.town import Caller, key

INPUTS = {
    "registerClient": "RegisterClientInput",
    "changeClient": "ChangeClientInput",
    "rotateClientKeys": "RotateClientKeysInput",
}
SECRETS = ("registerClient", "rotateClientSecret")


def document(name: str) -> str:
    """A mutation of a client with all that its payload has."""
    return f"""
    mutation ($input: {INPUTS.get(name, "ClientInput")}!) {{
      {name}(input: $input) {{
        client {{ id version clientId state scopes partner parkIds nameEn availableTransitions }}
        {"clientSecret" if name in SECRETS else ""}
        userErrors {{ code message messageZh field nextStep details }}
      }}
    }}
    """


def registration(**changes: Any) -> dict[str, Any]:
    """The input of registerClient for a system with a secret; with `jwks` it has keys."""
    method = "PRIVATE_KEY_JWT" if changes.get("jwks") else "CLIENT_SECRET_BASIC"
    return {
        "clientId": f"filed-{uuid4().hex[:12]}",
        "nameEn": "A filed client",
        "nameZh": "登记的应用",
        "audience": "INTERNAL",
        "tokenEndpointAuthMethod": method,
        "scopes": ["park:read"],
        "idempotencyKey": key(),
        **changes,
    }


def key_set() -> dict[str, Any]:
    """A JWK Set with one fresh public key."""
    return {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}


async def act(caller: Caller, name: str, given: dict[str, Any]) -> Any:
    """The payload of a mutation."""
    return await caller.ask(document(name), input=given)


async def on(caller: Caller, name: str, client: dict[str, Any], **more: Any) -> Any:
    """The same for a client in the version that the caller was shown."""
    given = {"id": client["id"], "expectedVersion": client["version"], **more}
    return await act(caller, name, given)


async def active(caller: Caller, **changes: Any) -> tuple[dict[str, Any], str]:
    """A client that was registered, approved and activated, and its secret."""
    filed = await act(caller, "registerClient", registration(**changes))
    assert filed["userErrors"] == []
    approved = (await on(caller, "approveClient", filed["client"]))["client"]
    client: dict[str, Any] = (await on(caller, "activateClient", approved))["client"]
    return client, filed["clientSecret"]


def token_asked(hub_url: str, client_id: str, secret: str, scope: str) -> httpx.Response:
    """What the token endpoint answers to a client with a secret."""
    form = {"grant_type": "client_credentials", "scope": scope}
    return httpx.post(f"{hub_url}/oauth/token", data=form, auth=(client_id, secret))


async def entries_of(owner: asyncpg.Connection, client: dict[str, Any]) -> list[Any]:
    """(action, mutation, code) of each entry of its administration, oldest first."""
    rows = await owner.fetch(
        "SELECT action, mutation, refused->>'code' AS code FROM ledger.audit_entry"
        " WHERE entity = 'Client' AND $1 = ANY (objects)"
        " AND mutation NOT LIKE 'oauth/%' ORDER BY at",
        UUID(client["id"].removeprefix("Client:")),
    )
    return [tuple(row) for row in rows]


async def versions_of(owner: asyncpg.Connection, client: dict[str, Any]) -> list[int]:
    """Versions that the feed tells of a client, oldest first."""
    rows = await owner.fetch(
        "SELECT version FROM ledger.change WHERE entity = 'Client' AND object = $1"
        " ORDER BY xid, seq",
        UUID(client["id"].removeprefix("Client:")),
    )
    return [row["version"] for row in rows]
