"""A person approved; the client exchanges the code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.6).

The code is bound to the client, to the address that it was sent to, to the PKCE challenge, and to a
DPoP key where one was named. All of that is compared before the code is used up, so that a slip
loses nothing; the statement that uses it up is what two at once cannot both pass.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hmac import compare_digest

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.identity.clients.client import AuthMethod, GrantType
from hub.identity.errors import InvalidGrant, InvalidRequest, InvalidTarget
from hub.identity.grants import families
from hub.identity.grants.allowed import still_allowed
from hub.identity.grants.families import Family
from hub.identity.grants.granted import Granted, TokenRequest, may_use, resource_asked
from hub.kit.db import translated

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_DAY = 24 * 60 * 60


class AuthorizationCode:
    """Exchanges codes. `lifetime` is that of an access token, in seconds."""

    def __init__(self, engine: AsyncEngine, resources: Sequence[str], lifetime: int) -> None:
        self._engine, self._resources, self._lifetime = engine, resources, lifetime

    async def __call__(self, asked: TokenRequest) -> Granted:
        may_use(asked.client, GrantType.AUTHORIZATION_CODE)
        for name in ("code", "redirect_uri", "code_verifier"):
            if name not in asked.form:
                raise InvalidRequest(f"{name} is missing.")
        if not VERIFIER.fullmatch(asked.form["code_verifier"]):
            raise InvalidRequest("code_verifier must have 43 to 128 unreserved characters.")
        with translated():
            async with self._engine.begin() as connection:
                granted = await self._exchanged(connection, asked)
        if isinstance(granted, InvalidGrant):
            raise granted
        return granted

    async def _exchanged(
        self, connection: AsyncConnection, asked: TokenRequest
    ) -> Granted | InvalidGrant:
        """The grant, or the refusal: returned, so that what it noted is committed."""
        code = asked.form["code"]
        family = await families.by_code(connection, code)
        if family is None or family.client_id != asked.client.client_id:
            return InvalidGrant("The code is not known.")
        if family.used:
            await families.revoke(connection, family.id)
            return InvalidGrant("The code was used before; what came of it has ended.")
        if not family.fresh:
            return InvalidGrant("The code has expired.")
        _compare(family, asked, self._resources)
        reached = await still_allowed(connection, family, asked.client)
        if reached is None:
            return InvalidGrant("The person or the client no longer allows this.")
        refreshes = GrantType.REFRESH_TOKEN in asked.client.grant_types
        seconds = families.LONGEST_DAYS * _DAY if refreshes else self._lifetime
        # A public client's refresh tokens are bound to the key, another's to itself (RFC 9449, 5).
        public = asked.client.token_endpoint_auth_method == AuthMethod.NONE
        key = asked.thumbprint if public else None
        if not await families.use_code(connection, code, seconds=seconds, thumbprint=key):
            await families.revoke(connection, family.id)
            return InvalidGrant("The code was used before; what came of it has ended.")
        token = await families.add_refresh_token(connection, family.id) if refreshes else None
        return Granted(
            reached.scopes,
            reached.bounds,
            family.resource,
            subject=reached.subject,
            family=family.id,
            refresh_token=token,
        )


def _compare(family: Family, asked: TokenRequest, resources: Sequence[str]) -> None:
    """What was asked for against what was allowed; the code stays good when it does not fit."""
    form = asked.form
    if form["redirect_uri"] != family.redirect_uri:
        raise InvalidGrant("redirect_uri is not the one that the code was sent to.")
    if not compare_digest(challenge_of(form["code_verifier"]), family.challenge):
        raise InvalidGrant("code_verifier does not fit the code_challenge.")
    if family.thumbprint is not None and asked.thumbprint != family.thumbprint:
        raise InvalidGrant("The code is bound to another DPoP key.")
    if "resource" in form and resource_asked(form, resources) != family.resource:
        raise InvalidTarget("resource is not the one that was allowed.")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
