"""`POST /oauth/token`: read a form strictly, prove the client, grant, answer (RFC 6749, 3.2).

Every answer is JSON and may not be stored. What a request says about itself goes to the log by
name only: never a secret, an assertion or a token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.clients.client import Client
from hub.identity.errors import (
    Busy,
    InvalidDpopProof,
    InvalidRequest,
    OAuthError,
    UnsupportedGrantType,
    UseDpopNonce,
)
from hub.identity.grants import GRANTS
from hub.identity.tokens import dpop
from hub.identity.tokens.binding import NonceNeeded, Proofs
from hub.identity.tokens.mint import Mint
from hub.kit.errors import HubError

BODY_LIMIT = 16 * 1024
"""Bytes: an assertion of the largest size, a long list of scopes, and room to spare."""

BODY_SECONDS = 10
MOST_PARAMETERS = 32
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

log = structlog.get_logger(__name__)


class TokenEndpoint:
    """Answers token requests."""

    def __init__(self, authenticator: Authenticator, mint: Mint, proofs: Proofs) -> None:
        self._authenticator, self._mint, self._proofs = authenticator, mint, proofs

    async def answer(self, request: Request) -> JSONResponse:
        """A token, or the refusal in RFC 6749's words."""
        try:
            try:
                body = await self._granted(request)
            except HubError as error:
                log.warning("token.unavailable", error=error.message)
                raise Busy("Try again later.", status=503, retry_after=1) from error
        except OAuthError as error:
            log.info("token.refused", error=error.error, description=error.description)
            return JSONResponse(
                error.body(), status_code=error.status, headers={**NO_STORE, **error.headers()}
            )
        bound = {"DPoP-Nonce": self._proofs.nonce} if body["token_type"] == "DPoP" else {}
        return JSONResponse(body, headers={**NO_STORE, **bound})

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

    async def _granted(self, request: Request) -> Mapping[str, object]:
        form = await _form(request)
        if "grant_type" not in form:
            raise InvalidRequest("grant_type is missing.")
        grant = GRANTS.get(form["grant_type"])
        if grant is None:
            raise UnsupportedGrantType(f"grant_type must be one of {', '.join(GRANTS)}.")
        address = request.client.host if request.client else ""
        authorization = _sole_header(request, "authorization")
        client = await self._authenticator.client(authorization, form, address)
        thumbprint = await self._thumbprint(request, client)
        granted = grant(client, form)
        token = self._mint.access_token(
            client, granted.scopes, granted.purposes, thumbprint=thumbprint
        )
        log.info("token.issued", client=client.client_id, scope=token.scope, jti=token.token_id)
        return token.body()


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body; each at most once, an empty one counts as left out (3.2)."""
    if request.url.query:
        raise InvalidRequest("Send parameters in the body, not in the URL.")
    media_type = (_sole_header(request, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise InvalidRequest("Content-Type must be application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(
            (await _body(request)).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise InvalidRequest("The body is not a form in UTF-8.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequest("A parameter is given more than once.")
    return {name: value for name, value in form.items() if value}


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit and waited for no longer than is fair."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > BODY_LIMIT:
                    raise InvalidRequest(f"The body is longer than {BODY_LIMIT} bytes.")
    except (TimeoutError, ClientDisconnect):
        raise InvalidRequest("The body did not arrive.") from None
    return bytes(body)


def _sole_header(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise InvalidRequest(f"The header {name} is given more than once.")
    return values[0] if values else None
