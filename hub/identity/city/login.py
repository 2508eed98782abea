"""The hub as a client of the city's provider (OpenID Connect Core 1.0, 3.1; RFC 9700, 2.1).

Authlib writes the request and fetches the tokens; the ID token is read by our own strict reader,
with pinned algorithms, and its claims are checked by Authlib's `CodeIDToken`. What must come back
unchanged (state, nonce, the PKCE verifier, where to go on) is sealed into a cookie of the very
browser, so that nothing is stored of sign-ins that nobody finishes.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from hub.identity.city.provider import CityProvider
from hub.identity.people.new_person import LONGEST
from hub.identity.tokens import jose, key_set
from hub.identity.tokens.claims import LEEWAY
from hub.identity.tokens.fetch import Unfetched, fetch, is_fetchable
from hub.identity.tokens.remote_keys import RemoteKeys
from hub.kit.crypto import Sealer, SealError

PATH = "/account/city"
BACK = PATH + "/back"
SECONDS = 600
"""For which a person may be away at the provider."""

KEPT_SECONDS = 60

CONTEXT = "identity.city"
_TIMEOUT = 5.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Failed(Exception):
    """The sign-in did not succeed: a fault of the answer. The message is for the log."""


class Away(Exception):
    """The provider cannot be reached, or does not answer as one. The message is for the log."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun in a browser; `to` is the page that asked for it."""

    state: str
    nonce: str
    verifier: str
    to: str
    until: float


class CityLogin:
    """Sends people to the provider, and reads whom it says they are."""

    def __init__(
        self, provider: CityProvider, issuer: str, sealer: Sealer, remote: RemoteKeys
    ) -> None:
        self.provider = provider
        self._back, self._sealer, self._remote = issuer + BACK, sealer, remote
        self._known: tuple[float, dict[str, Any]] = (0.0, {})

    async def begin(self, to: str, language: str) -> tuple[str, str]:
        """Where the browser is to go, and what its cookie is to keep meanwhile."""
        about = await self._about()
        begun = Begun(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(48),
            to,
            time.time() + SECONDS,
        )
        more = {"acr_values": " ".join(self.provider.acr)} if self.provider.acr else {}
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"],
                state=begun.state,
                code_verifier=begun.verifier,
                nonce=begun.nonce,
                ui_locales={"zh": "zh-CN zh", "en": "en"}[language],
                **more,
            )
        return str(address), self._sealer.seal(json.dumps(asdict(begun)), CONTEXT)

    def begun(self, cookie: str | None) -> Begun:
        """What the browser's cookie kept; Failed when it did not begin here, or too long ago."""
        try:
            begun = Begun(**json.loads(self._sealer.open(cookie or "", CONTEXT)))
        except SealError:
            raise Failed("this browser began no sign-in") from None
        if begun.until < time.time():
            raise Failed("the sign-in took too long")
        return begun

    async def finish(self, begun: Begun, answer: Mapping[str, str]) -> str:
        """What the provider calls the person; Failed, or Away."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise Failed("state is another one")
        about = await self._about()
        told = answer.get("iss")
        if told is None and about.get("authorization_response_iss_parameter_supported") is True:
            raise Failed("iss is missing in the answer")
        if told is not None and told != self.provider.issuer:
            raise Failed("the answer is of another issuer")
        if "error" in answer or "code" not in answer:
            raise Failed("the provider did not sign the person in")
        tokens = await self._tokens(about, begun, answer["code"])
        claims = await self._claims(about, begun, tokens)
        return self._named(claims)

    async def _about(self) -> dict[str, Any]:
        """The provider's metadata, which must be its own (OpenID Connect Discovery 1.0, 4.3).

        Kept for a minute: strangers who begin sign-ins must not have the provider asked each time.
        """
        until, about = self._known
        if time.monotonic() < until:
            return about
        try:
            found = await fetch(f"{self.provider.issuer}/.well-known/openid-configuration")
        except Unfetched as error:
            raise Away(str(error)) from None
        about = found.content
        if not isinstance(about, dict) or about.get("issuer") != self.provider.issuer:
            raise Away("its metadata name another issuer")
        for name in _ENDPOINTS:
            if not isinstance(about.get(name), str) or not is_fetchable(about[name]):
                raise Away(f"its metadata have no {name} that serves")
        self._known = time.monotonic() + KEPT_SECONDS, about
        return about

    async def _tokens(self, about: dict[str, Any], begun: Begun, code: str) -> dict[str, Any]:
        try:
            async with self._client() as client:
                tokens: dict[str, Any] = await client.fetch_token(
                    about["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                )
                return tokens
        except AuthlibBaseError as error:
            raise Failed(f"no tokens for the code: {error.error}") from None
        except (httpx2.HTTPError, ValueError) as error:
            raise Away(f"its token endpoint: {type(error).__name__}") from None

    async def _claims(
        self, about: dict[str, Any], begun: Begun, tokens: dict[str, Any]
    ) -> dict[str, Any]:
        """The claims of the ID token, checked (OpenID Connect Core 1.0, 3.1.3.7)."""
        try:
            token = jose.read(str(tokens.get("id_token", "")))
        except jose.Malformed as error:
            raise Failed(f"the ID token cannot be read: {error}") from None
        if token.algorithm not in self.provider.algorithms:
            raise Failed("the ID token is signed with another algorithm")
        if not await self._signed(token, about["jwks_uri"]):
            raise Failed("no key of the provider's made the ID token's signature")
        checked = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
            },
            {
                "nonce": begun.nonce,
                "client_id": self.provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        try:
            checked.validate(leeway=LEEWAY)
        except JoseError as error:
            raise Failed(f"the ID token does not hold: {error}") from None
        if self.provider.acr and token.claims.get("acr") not in self.provider.acr:
            raise Failed("the person was not signed in as firmly as is asked for")
        return token.claims

    async def _signed(self, token: jose.Unverified, url: str) -> bool:
        def by(keys: tuple[key_set.PublicKey, ...]) -> bool:
            fitting = key_set.fitting(token, keys, self.provider.algorithms)
            return any(jose.holds(token, key, (token.algorithm,)) for key in fitting)

        try:
            keys = await self._remote.keys(url)
        except Unfetched as error:
            raise Away(f"its keys: {error}") from None
        if by(keys):
            return True
        newer = await self._remote.newer(url, keys)
        return newer is not None and by(newer)

    def _named(self, claims: dict[str, Any]) -> str:
        value = claims.get(self.provider.claim)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
            raise Failed(f"the ID token has no claim {self.provider.claim} that names a person")
        return value

    def _client(self) -> AsyncOAuth2Client:
        given = self.provider
        return AsyncOAuth2Client(
            given.client_id,
            given.client_secret,
            token_endpoint_auth_method="client_secret_basic" if given.client_secret else "none",
            scope=" ".join(given.scopes),
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
            trust_env=False,
        )
