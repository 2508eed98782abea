"""`POST /oauth/revoke`: a client ends a token of its own (RFC 7009).

The answer is 200 whether or not there was anything to end: a token that is expired, forged or
unknown is as good as revoked (2.2).
"""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.endpoints.form import NO_STORE, answered, asked_about
from hub.identity.errors import UnauthorizedClient
from hub.identity.tokens import revoked
from hub.identity.tokens.verify import Verifier

log = structlog.get_logger(__name__)


class RevocationEndpoint:
    """Answers requests to revoke a token."""

    def __init__(
        self, engine: AsyncEngine, authenticator: Authenticator, verifier: Verifier
    ) -> None:
        self._engine, self._authenticator, self._verifier = engine, authenticator, verifier

    async def answer(self, request: Request) -> JSONResponse:
        return await answered("revocation", self._revoked(request))

    async def _revoked(self, request: Request) -> JSONResponse:
        client, token = await asked_about(request, self._authenticator)
        claims = self._verifier.claims(token)
        if claims is not None:
            if claims.get("client_id") != client.client_id:
                raise UnauthorizedClient("The token was issued to another client.")
            token_id = str(claims["jti"])
            await revoked.revoke(self._engine, token_id, client.client_id, claims["exp"])
            log.info("token.revoked", client=client.client_id, jti=token_id)
        return JSONResponse({}, headers=NO_STORE)
