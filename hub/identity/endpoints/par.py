"""`POST /oauth/par`: a client pushes what it will ask of a person (RFC 9126)."""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.authorization import pushed
from hub.identity.authorization.asked import Reader, redirect_of
from hub.identity.endpoints.form import NO_STORE, answered, credentials, read_form
from hub.identity.endpoints.proof import proved_key
from hub.identity.errors import InvalidRequest, about
from hub.identity.tokens.binding import Proofs
from hub.identity.trail import Trail

log = structlog.get_logger(__name__)


class PushedRequestEndpoint:
    """Keeps requests and hands out their names."""

    def __init__(
        self,
        engine: AsyncEngine,
        authenticator: Authenticator,
        reader: Reader,
        proofs: Proofs,
        trail: Trail,
    ) -> None:
        self._engine, self._authenticator = engine, authenticator
        self._reader, self._proofs, self._trail = reader, proofs, trail

    async def answer(self, request: Request) -> JSONResponse:
        return await answered("par", self._pushed(request), self._trail)

    async def _pushed(self, request: Request) -> JSONResponse:
        form = await read_form(request)
        if "request_uri" in form:
            raise InvalidRequest("A pushed request cannot refer to another one.")
        client = await self._authenticator.client(*credentials(request, form))
        with about(client.client_id):
            thumbprint = await proved_key(request, self._proofs)
            redirect_of(client, form)
            asked = self._reader.read(client, form, thumbprint)
        uri = await pushed.push(self._engine, asked)
        log.info("par.pushed", client=client.client_id)
        bound = {} if thumbprint is None else {"DPoP-Nonce": self._proofs.nonce}
        return JSONResponse(
            {"request_uri": uri, "expires_in": pushed.SECONDS},
            status_code=201,
            headers={**NO_STORE, **bound},
        )
