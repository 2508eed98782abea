"""`Identity`: the rooms of this floor put together once for a process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.authentication.authenticate import Authenticator
from hub.identity.authentication.replay import UsedIds
from hub.identity.authorization.asked import Reader
from hub.identity.browser.account import AccountPage
from hub.identity.browser.authorize import AuthorizationEndpoint, Words
from hub.identity.browser.city_sign_in import CitySignIn
from hub.identity.browser.cookies import Cookies
from hub.identity.browser.enrolment import Enrolment
from hub.identity.browser.invitation import InvitationPage
from hub.identity.browser.sign_in import SignIn
from hub.identity.city.login import CityLogin
from hub.identity.city.provider import CityProvider
from hub.identity.clients import partners
from hub.identity.clients.client import GrantType
from hub.identity.endpoints import metadata
from hub.identity.endpoints.introspect import IntrospectionEndpoint
from hub.identity.endpoints.par import PushedRequestEndpoint
from hub.identity.endpoints.revoke import RevocationEndpoint
from hub.identity.endpoints.token import TokenEndpoint
from hub.identity.grants.authorization_code import AuthorizationCode
from hub.identity.grants.client_credentials import ClientCredentials
from hub.identity.grants.granted import Grant
from hub.identity.grants.refresh_token import RefreshToken
from hub.identity.tokens.binding import Proofs
from hub.identity.tokens.external import External
from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.mint import LONGEST_LIFE, Mint, resource
from hub.identity.tokens.nonces import Nonces
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.identity.tokens.revocation import Listener
from hub.identity.tokens.standing import holds
from hub.identity.tokens.trusted import TrustedIssuer
from hub.identity.tokens.verify import Verifier
from hub.identity.trail import Trail
from hub.kit import db
from hub.kit.crypto import Sealer


class Identity:
    """The authorization server and the verifier of its tokens.

    `url` is the database as the role that serves requests; `scopes` is what the metadata lists and
    `words` what people are told of them; `resources` are APIs beside the hub's own, `trusted` the
    issuers elsewhere whose tokens are taken too, `city` the provider by which people may sign in.
    """

    def __init__(
        self,
        *,
        url: str,
        issuer: str,
        keys: SigningKeys,
        scopes: Sequence[str],
        sealer: Sealer,
        lifetime: int = LONGEST_LIFE,
        resources: Sequence[str] = (),
        words: Words | None = None,
        trusted: Sequence[TrustedIssuer] = (),
        city: CityProvider | None = None,
    ) -> None:
        self.issuer = metadata.checked_issuer(issuer)
        self.keys = keys
        self.scopes = tuple(scopes)
        self._engine: AsyncEngine = db.engine(url, size=2, statement_timeout_ms=5_000)
        self.resources = (resource(self.issuer), *resources)
        self._used = UsedIds(url)
        self._remote = RemoteKeys()
        nonces = Nonces(keys.secrets)
        at_api, at_token, at_par = (
            Proofs(address, nonces, self._used.consume)
            for address in (
                resource(self.issuer),
                self.issuer + metadata.TOKEN_PATH,
                self.issuer + metadata.PAR_PATH,
            )
        )
        trail = Trail(self._engine)
        mint = Mint(keys, self.issuer, lifetime)
        self.trusted = tuple(issuer.issuer for issuer in trusted)
        self.verifier = Verifier(
            keys,
            self.issuer,
            partial(holds, self._engine),
            at_api,
            trusted={
                issuer.issuer: External(
                    issuer, self._remote, partial(partners.admitted, self._engine)
                )
                for issuer in trusted
            },
        )
        authenticator = Authenticator(self._engine, self.issuer, self._used, self._remote)
        grants = self._grants(mint.lifetime)
        self.token = TokenEndpoint(authenticator, grants, mint, at_token, trail)
        self.revocation = RevocationEndpoint(self._engine, authenticator, self.verifier, trail)
        self.introspection = IntrospectionEndpoint(authenticator, self.verifier, trail)
        reader = Reader(self.resources)
        self.par = PushedRequestEndpoint(self._engine, authenticator, reader, at_par, trail)
        sign_in = SignIn(self._engine, Cookies(self.issuer, keys.secrets), sealer, trail, city)
        self.city = CitySignIn(
            self._engine,
            sign_in,
            None if city is None else CityLogin(city, self.issuer, sealer, self._remote),
        )
        enrolment = Enrolment(sealer, self.issuer)
        self.authorization = AuthorizationEndpoint(
            self._engine, self.issuer, reader, sign_in, words or {}, trail
        )
        self.account = AccountPage(self._engine, sign_in, enrolment)
        self.invitation = InvitationPage(self._engine, sign_in, enrolment)
        self._listener = Listener(url, self.verifier, keys)

    def _grants(self, lifetime: int) -> dict[str, Grant]:
        """The grant types that the token endpoint serves, and no others."""
        return {
            GrantType.CLIENT_CREDENTIALS.registered: ClientCredentials(self.resources),
            GrantType.AUTHORIZATION_CODE.registered: AuthorizationCode(
                self._engine, self.resources, lifetime
            ),
            GrantType.REFRESH_TOKEN.registered: RefreshToken(self._engine, self.resources),
        }

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
        return metadata.authorization_server(self.issuer, self.scopes, self.resources)

    def protected_resource(self) -> dict[str, Any]:
        """RFC 9728."""
        return metadata.protected_resource(self.issuer, self.scopes, self.trusted)
