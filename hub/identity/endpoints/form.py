"""How every endpoint of the authorization server reads a request and answers it (RFC 6749, 3.2).

A form is read strictly; every answer is JSON and may not be stored; a refusal is in OAuth's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from urllib.parse import parse_qsl

import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.clients.client import Client
from hub.identity.errors import Busy, InvalidRequest, OAuthError, UseDpopNonce
from hub.identity.trail import Trail
from hub.kit.errors import HubError

BODY_LIMIT = 16 * 1024
"""Bytes: an assertion of the largest size, a long list of scopes, and room to spare."""

BODY_SECONDS = 10
MOST_PARAMETERS = 32
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

log = structlog.get_logger(__name__)


async def answered(endpoint: str, work: Awaitable[JSONResponse], trail: Trail) -> JSONResponse:
    """What the work answers, or its refusal, which is in the audit when it names a client."""
    try:
        try:
            return await work
        except HubError as error:
            log.warning(f"{endpoint}.unavailable", error=error.message)
            raise Busy("Try again later.", status=503, retry_after=1) from error
    except OAuthError as error:
        log.info(f"{endpoint}.refused", error=error.error, description=error.description)
        # After the answer: whether there is an entry must not be seen in how long it takes.
        noted = BackgroundTask(trail.refused, f"oauth/{endpoint}", error)
        return JSONResponse(
            error.body(),
            status_code=error.status,
            headers={**NO_STORE, **error.headers()},
            background=None if isinstance(error, UseDpopNonce) else noted,
        )


async def asked_about(request: Request, authenticator: Authenticator) -> tuple[Client, str]:
    """The client that proved itself, and the token that it names (RFC 7009, 2.1; RFC 7662, 2.1)."""
    form = await read_form(request)
    client = await authenticator.client(*credentials(request, form))
    if "token" not in form:
        raise InvalidRequest("token is missing.")
    return client, form["token"]


def credentials(
    request: Request, form: Mapping[str, str]
) -> tuple[str | None, Mapping[str, str], str]:
    """What the client is known by: Authorization header, form, address."""
    address = request.client.host if request.client else ""
    return sole_header(request, "authorization"), form, address


async def read_form(request: Request, *, query: bool = False) -> dict[str, str]:
    """The parameters of the body; each at most once, an empty one counts as left out (3.2).

    The address may have a `query` where that says which page it is, as those for people do.
    """
    if request.url.query and not query:
        raise InvalidRequest("Send parameters in the body, not in the URL.")
    media_type = (sole_header(request, "content-type") or "").partition(";")[0].strip().lower()
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


def sole_header(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise InvalidRequest(f"The header {name} is given more than once.")
    return values[0] if values else None
