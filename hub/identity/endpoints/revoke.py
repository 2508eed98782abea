"""`POST /oauth/revoke`: a client ends a token of its own (RFC 7009).

With a refresh token ends all that came of the same approval (2.1).

The answer is 200 whether or not there was anything to end: a token that is expired, forged or
unknown is as good as revoked (2.2).
"""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.clients.client import Client
from hub.identity.endpoints.form import NO_STORE, answered, asked_about
from hub.identity.errors import UnauthorizedClient, about
from hub.identity.grants import families
from hub.identity.tokens import revoked
from hub.identity.tokens.verify import Verifier
from hub.identity.trail import Trail
from hub.kit.db import translated

log = structlog.get_logger(__name__)


class RevocationEndpoint:
    """Answers requests to revoke a token."""

    def __init__(
        self,
        engine: AsyncEngine,
        authenticator: Authenticator,
        verifier: Verifier,
        trail: Trail,
    ) -> None:
        self._engine, self._authenticator = engine, authenticator
        self._verifier, self._trail = verifier, trail

    async def answer(self, request: Request) -> JSONResponse:
        return await answered("revocation", self._revoked(request), self._trail)

    async def _revoked(self, request: Request) -> JSONResponse:
        client, token = await asked_about(request, self._authenticator)
        with about(client.client_id):
            if not await self._refresh_token(client, token):
                await self._access_token(client, token)
        return JSONResponse({}, headers=NO_STORE)

    async def _access_token(self, client: Client, token: str) -> None:
        """End an access token; what is none is as good as ended."""
        claims = self._verifier.claims(token)
        if claims is None:
            return
        if claims.get("client_id") != client.client_id:
            raise UnauthorizedClient("The token was issued to another client.")
        token_id = str(claims["jti"])
        await revoked.revoke(self._engine, token_id, client.client_id, claims["exp"])
        log.info("token.revoked", client=client.client_id, jti=token_id)

    async def _refresh_token(self, client: Client, token: str) -> bool:
        """End the family of a refresh token; False when it is none."""
        with translated():
            async with self._engine.begin() as connection:
                family = await families.by_refresh_token(connection, token)
                if family is None:
                    return False
                if family.client_id != client.client_id:
                    raise UnauthorizedClient("The token was issued to another client.")
                await families.revoke(connection, family.id)
        log.info("family.revoked", client=client.client_id, family=str(family.id))
        return True
