"""`POST /oauth/introspect`: a resource server asks whether a token holds (RFC 7662).

Only clients that are registered as resource servers are told; to every other a token is not active,
whatever it is, so that nobody can try out tokens here (2.2, 4).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.endpoints.form import NO_STORE, answered, asked_about
from hub.identity.tokens.verify import Verifier
from hub.identity.trail import Trail

TOLD = (
    *("iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope", "cnf"),
    *("hub_audience", "hub_bounds"),
)


class IntrospectionEndpoint:
    """Answers whether tokens hold."""

    def __init__(self, authenticator: Authenticator, verifier: Verifier, trail: Trail) -> None:
        self._authenticator, self._verifier, self._trail = authenticator, verifier, trail

    async def answer(self, request: Request) -> JSONResponse:
        return await answered("introspection", self._told(request), self._trail)

    async def _told(self, request: Request) -> JSONResponse:
        client, token = await asked_about(request, self._authenticator)
        told: dict[str, Any] = {"active": False}
        if client.resource_server and not client.halted:
            claims = await self._verifier.in_force(token)
            if claims is not None:
                kind = "DPoP" if "cnf" in claims else "Bearer"
                said = {name: claims[name] for name in TOLD if name in claims}
                told = {"active": True, "token_type": kind, **said}
        return JSONResponse(told, headers=NO_STORE)
