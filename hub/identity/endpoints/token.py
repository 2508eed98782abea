"""`POST /oauth/token`: prove the client, grant, answer (RFC 6749, 3.2).

What a request says about itself goes to the log by name only: never a secret, an assertion or a
token.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.endpoints.form import NO_STORE, answered, credentials, read_form
from hub.identity.endpoints.proof import proved_key
from hub.identity.errors import InvalidRequest, UnsupportedGrantType, about
from hub.identity.grants.granted import Grant, TokenRequest
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.mint import Mint
from hub.identity.trail import Trail

log = structlog.get_logger(__name__)


class TokenEndpoint:
    """Answers token requests."""

    def __init__(
        self,
        authenticator: Authenticator,
        grants: Mapping[str, Grant],
        mint: Mint,
        proofs: Proofs,
        trail: Trail,
    ) -> None:
        self._authenticator, self._grants = authenticator, grants
        self._mint, self._proofs, self._trail = mint, proofs, trail

    async def answer(self, request: Request) -> JSONResponse:
        """A token, or the refusal in RFC 6749's words."""
        return await answered("token", self._granted(request), self._trail)

    async def _granted(self, request: Request) -> JSONResponse:
        form = await read_form(request)
        if "grant_type" not in form:
            raise InvalidRequest("grant_type is missing.")
        grant = self._grants.get(form["grant_type"])
        if grant is None:
            raise UnsupportedGrantType(f"grant_type must be one of {', '.join(self._grants)}.")
        client = await self._authenticator.client(*credentials(request, form))
        with about(client.client_id):
            thumbprint = await proved_key(request, self._proofs, required=client.dpop_bound)
            granted = await grant(TokenRequest(client, form, thumbprint))
        token = self._mint.access_token(client, granted, thumbprint=thumbprint)
        log.info(
            "token.issued",
            client=client.client_id,
            sub=granted.subject,
            scope=token.scope,
            jti=token.token_id,
        )
        bound = {} if thumbprint is None else {"DPoP-Nonce": self._proofs.nonce}
        return JSONResponse(token.body(), headers={**NO_STORE, **bound})
