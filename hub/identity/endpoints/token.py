"""`POST /oauth/token`: prove the client, grant, answer (RFC 6749, 3.2).

What a request says about itself goes to the log by name only: never a secret, an assertion or a
token.
"""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.clients.client import Client
from hub.identity.endpoints.form import NO_STORE, answered, credentials, read_form
from hub.identity.errors import (
    InvalidDpopProof,
    InvalidRequest,
    UnsupportedGrantType,
    UseDpopNonce,
)
from hub.identity.grants import GRANTS
from hub.identity.tokens import dpop
from hub.identity.tokens.binding import NonceNeeded, Proofs
from hub.identity.tokens.mint import Mint

log = structlog.get_logger(__name__)


class TokenEndpoint:
    """Answers token requests."""

    def __init__(self, authenticator: Authenticator, mint: Mint, proofs: Proofs) -> None:
        self._authenticator, self._mint, self._proofs = authenticator, mint, proofs

    async def answer(self, request: Request) -> JSONResponse:
        """A token, or the refusal in RFC 6749's words."""
        return await answered("token", self._granted(request))

    async def _thumbprint(self, request: Request, client: Client) -> str | None:
        """The key to which the token is to be bound, which some clients' tokens must be."""
        headers = request.headers.getlist("dpop")
        if not headers and not client.dpop_bound:
            return None
        try:
            return await self._proofs.thumbprint(headers, "POST")
        except NonceNeeded as error:
            raise UseDpopNonce(error.nonce) from None
        except dpop.InvalidProof as error:
            raise InvalidDpopProof(f"The DPoP proof does not hold: {error}.") from None

    async def _granted(self, request: Request) -> JSONResponse:
        form = await read_form(request)
        if "grant_type" not in form:
            raise InvalidRequest("grant_type is missing.")
        grant = GRANTS.get(form["grant_type"])
        if grant is None:
            raise UnsupportedGrantType(f"grant_type must be one of {', '.join(GRANTS)}.")
        client = await self._authenticator.client(*credentials(request, form))
        thumbprint = await self._thumbprint(request, client)
        granted = grant(client, form)
        token = self._mint.access_token(
            client, granted.scopes, granted.purposes, thumbprint=thumbprint
        )
        log.info("token.issued", client=client.client_id, scope=token.scope, jti=token.token_id)
        bound = {} if thumbprint is None else {"DPoP-Nonce": self._proofs.nonce}
        return JSONResponse(token.body(), headers={**NO_STORE, **bound})
