"""Further tokens without asking the person again (RFC 6749, 6).

A public client's refresh token is good once, and the answer brings the next (rotation, RFC 9700,
4.14.2): of a stolen one two copies are used sooner or later, and the family ends. A confidential
client's is not rotated (FAPI 2.0, 5.3.2.1): it is worth nothing without the client's credentials,
and an answer that was lost on the way can be asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.identity.clients.client import AuthMethod, GrantType
from hub.identity.errors import InvalidGrant, InvalidRequest, InvalidTarget
from hub.identity.grants import families
from hub.identity.grants.allowed import still_allowed
from hub.identity.grants.families import Family
from hub.identity.grants.granted import (
    Granted,
    TokenRequest,
    held,
    may_use,
    purposes_asked,
    resource_asked,
)
from hub.kit.db import translated

_UNKNOWN = "The refresh token is not known, has expired, or was revoked."
_REPLAYED = "The refresh token was used before; what came of it has ended."


class RefreshToken:
    """Exchanges refresh tokens."""

    def __init__(self, engine: AsyncEngine, resources: Sequence[str]) -> None:
        self._engine, self._resources = engine, resources

    async def __call__(self, asked: TokenRequest) -> Granted:
        may_use(asked.client, GrantType.REFRESH_TOKEN)
        if "refresh_token" not in asked.form:
            raise InvalidRequest("refresh_token is missing.")
        with translated():
            async with self._engine.begin() as connection:
                granted = await self._refreshed(connection, asked)
        if isinstance(granted, InvalidGrant):
            raise granted
        return granted

    async def _refreshed(
        self, connection: AsyncConnection, asked: TokenRequest
    ) -> Granted | InvalidGrant:
        """The grant, or the refusal: returned, so that what it noted is committed."""
        token, client, form = asked.form["refresh_token"], asked.client, asked.form
        family = await families.by_refresh_token(connection, token)
        if family is None or family.client_id != client.client_id:
            return InvalidGrant(_UNKNOWN)
        if family.used:
            await families.revoke(connection, family.id)
            return InvalidGrant(_REPLAYED)
        if not family.fresh:
            return InvalidGrant(_UNKNOWN)
        _compare(family, asked, self._resources)
        allowed = await still_allowed(connection, family, client)
        if allowed is None:
            return InvalidGrant("The person or the client no longer allows this.")
        scopes = held("scope", form["scope"], allowed.scopes) if "scope" in form else allowed.scopes
        purposes = purposes_asked(form, allowed.bounds["purposes"])
        following: str | None = token
        if client.token_endpoint_auth_method == AuthMethod.NONE:
            following = await families.rotate(connection, token)
            if following is None:
                await families.revoke(connection, family.id)
                return InvalidGrant(_REPLAYED)
        elif not await families.prolong(connection, token):
            return InvalidGrant(_UNKNOWN)
        return Granted(
            scopes,
            allowed.bounds | {"purposes": list(purposes)},
            family.resource,
            subject=allowed.subject,
            family=family.id,
            refresh_token=following,
        )


def _compare(family: Family, asked: TokenRequest, resources: Sequence[str]) -> None:
    """A refresh never widens; the token stays good when it does not fit."""
    if family.thumbprint is not None and asked.thumbprint != family.thumbprint:
        raise InvalidGrant("The refresh token is bound to another DPoP key.")
    if "resource" in asked.form and resource_asked(asked.form, resources) != family.resource:
        raise InvalidTarget("resource is not the one that was allowed.")
