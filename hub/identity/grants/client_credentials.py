"""A system asks in its own name (RFC 6749, 4.4)."""

from __future__ import annotations

from collections.abc import Sequence

from hub.identity.clients.client import AuthMethod, GrantType
from hub.identity.errors import UnauthorizedClient
from hub.identity.grants.granted import (
    Granted,
    TokenRequest,
    may_use,
    purposes_asked,
    resource_asked,
    scopes_asked,
)


class ClientCredentials:
    """Grants a client what it asks for, of what it holds."""

    def __init__(self, resources: Sequence[str]) -> None:
        self._resources = resources

    async def __call__(self, asked: TokenRequest) -> Granted:
        client, form = asked.client, asked.form
        if client.token_endpoint_auth_method == AuthMethod.NONE:
            raise UnauthorizedClient("A client without credentials cannot use client_credentials.")
        may_use(client, GrantType.CLIENT_CREDENTIALS)
        scopes = scopes_asked(form, client.scopes)
        purposes = purposes_asked(form, client.purposes)
        return Granted(
            scopes,
            client.bounds() | {"purposes": list(purposes)},
            resource_asked(form, self._resources),
        )
