"""`rotateClientSecret`, `rotateClientKeys`: what proves a client is replaced, at once.

The old secret or keys and the tokens got with them end now. A secret is shown in this one answer
and kept as a hash; the request cannot be repeated, since the client has another version then.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from hub.identity.clients import changes, enrol, secret
from hub.identity.clients.client import AuthMethod, Client
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, Record, action
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Json
from hub.subgraphs.platform.life import ClientInput, ClientPayload
from hub.subgraphs.platform.register import KEYS_AT, ClientWithSecretPayload
from hub.subgraphs.platform.rules import Scope


class RotateClientKeysInput(Input):
    """New keys for which client. 更换应用公钥"""

    id: Annotated[UUID, Ref("Client"), Doc("The client.", "应用")]
    expected_version: ExpectedVersion
    jwks: Annotated[
        Json | None,
        Doc(
            "Its public keys from now on, a JWK Set (RFC 7517); for an overlap the old and the new"
            " one, then the new one alone.",
            "新的公钥集(JWK Set);过渡期间可同时包含新旧公钥",
        ),
    ]
    jwks_uri: Annotated[str | None, KEYS_AT]


@action("Client", scope=Scope.admin_clients, zh="更换应用密钥")
async def rotate_client_secret(ctx: Ctx, request: ClientInput) -> ClientWithSecretPayload:
    """Give a client a new secret, shown this one time; the old one ends at once."""
    plain = secret.new_secret()
    hashed = await asyncio.to_thread(secret.hashed, plain)  # not while the row is locked
    row = await _locked(ctx, request, AuthMethod.CLIENT_SECRET_BASIC)
    await changes.alter(ctx, row, secret_hash=hashed)
    return ClientWithSecretPayload(client=row["id"], client_secret=plain)


@action("Client", scope=Scope.admin_clients, zh="更换应用公钥")
async def rotate_client_keys(ctx: Ctx, request: RotateClientKeysInput) -> ClientPayload:
    """Replace a client's public keys, by others or by the URL where they are; the old ones end."""
    keys = enrol.new_keys(request.jwks, request.jwks_uri)
    row = await _locked(ctx, request, AuthMethod.PRIVATE_KEY_JWT)
    await changes.alter(ctx, row, **keys)
    return ClientPayload(client=row["id"])


async def _locked(
    ctx: Ctx, request: ClientInput | RotateClientKeysInput, method: AuthMethod
) -> Record:
    row = await ctx.locked(
        Client,
        request.id,
        *changes.COLUMNS,
        within=everyone,
        expected_version=request.expected_version,
        shows="client",
    )
    changes.require_living(row)
    changes.require_method(row, method)
    return row
