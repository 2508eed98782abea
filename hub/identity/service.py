"""`Identity`: the rooms of this floor put together once for a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.authentication.replay import UsedIds
from hub.identity.clients import registrations
from hub.identity.endpoints import metadata
from hub.identity.endpoints.introspect import IntrospectionEndpoint
from hub.identity.endpoints.revoke import RevocationEndpoint
from hub.identity.endpoints.token import TokenEndpoint
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.external import External
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.mint import LONGEST_LIFE, Mint, resource
from hub.identity.tokens.nonces import Nonces
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.identity.tokens.revocation import Listener
from hub.identity.tokens.trusted import TrustedIssuer
from hub.identity.tokens.verify import Verifier
from hub.kit import db


class Identity:
    """The authorization server and the verifier of its tokens.

    `url` is the database as the role that serves requests; `scopes` is what the metadata lists;
    `trusted` are the issuers elsewhere whose tokens are taken too.
    """

    def __init__(
        self,
        *,
        url: str,
        issuer: str,
        keys: SigningKeys,
        scopes: Sequence[str],
        lifetime: int = LONGEST_LIFE,
        trusted: Sequence[TrustedIssuer] = (),
    ) -> None:
        self.issuer = metadata.checked_issuer(issuer)
        self.keys = keys
        self.scopes = tuple(scopes)
        self._engine: AsyncEngine = db.engine(url, size=2, statement_timeout_ms=5_000)
        standing = partial(registrations.in_good_standing, self._engine)
        self._used = UsedIds(url)
        self._remote = RemoteKeys()
        nonces = Nonces(keys.secrets)
        at_api = Proofs(resource(self.issuer), nonces, self._used.consume)
        at_token = Proofs(self.issuer + metadata.TOKEN_PATH, nonces, self._used.consume)
        self.trusted = tuple(issuer.issuer for issuer in trusted)
        external = {issuer.issuer: External(issuer, self._remote) for issuer in trusted}
        self.verifier = Verifier(keys, self.issuer, standing, at_api, trusted=external)
        authenticator = Authenticator(self._engine, self.issuer, self._used, self._remote)
        self.token = TokenEndpoint(authenticator, Mint(keys, self.issuer, lifetime), at_token)
        self.revocation = RevocationEndpoint(self._engine, authenticator, self.verifier)
        self.introspection = IntrospectionEndpoint(authenticator, self.verifier)
        self._listener = Listener(url, self.verifier, keys)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for revocations, and close the connections at the end: the app's lifespan."""
        try:
            async with self._used.open(), self._listener.running():
                yield
        finally:
            await self._remote.close()
            await self._engine.dispose()

    def authorization_server(self) -> dict[str, Any]:
        """RFC 8414."""
        return metadata.authorization_server(self.issuer, self.scopes)

    def protected_resource(self) -> dict[str, Any]:
        """RFC 9728."""
        return metadata.protected_resource(self.issuer, self.scopes, self.trusted)
