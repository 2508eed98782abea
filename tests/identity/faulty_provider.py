"""An OpenID Connect provider over real HTTP, for everybody; it can be told to misbehave."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc.jwk import ECKey, Key, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.identity.conftest import sign
from tests.serving import free_port, serving

CLIENT, SECRET = "talent-hub", "a secret that only these two know"


@dataclass
class FaultyProvider:
    """What is changed of what it says; None leaves a member out.

    `metadata`, `answer` (in the redirect), `tokens` and `claims` (of the ID token) are changes of
    what a good provider says there.
    """

    url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    forged_with: Key | None = None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    nonces: dict[str, str] = field(default_factory=dict)

    async def about(self, _: Request) -> Response:
        return JSONResponse(
            _without_none(
                {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/jwks",
                    "authorization_response_iss_parameter_supported": True,
                    **self.metadata,
                }
            )
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        code = secrets.token_urlsafe(8)
        self.nonces[code] = asked["nonce"]
        told = {"code": code, "state": asked["state"], "iss": self.url, **self.answer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(_without_none(told))}", 303)

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        nonce = self.nonces.pop(form["code"], None)
        if nonce is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "a-person",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "acr": "mfa",
            **self.claims,
        }
        key = self.forged_with or self.key
        id_token = sign(key, self.algorithm, _without_none(claims), kid="one")
        told = {"access_token": "anything", "token_type": "Bearer", "id_token": id_token}
        return JSONResponse(_without_none(told | self.tokens))


FORGED: dict[str, dict[str, Any]] = {
    "alg none": {
        "algorithm": "none",
        "forged_with": OctKey.import_key("of some length, and used for nothing at all"),
    },
    "alg HS256 with the shared secret": {
        "algorithm": "HS256",
        "forged_with": OctKey.import_key(SECRET),
    },
    "another key": {"forged_with": ECKey.generate_key("P-256")},
}


@contextmanager
def faulty_provider() -> Iterator[FaultyProvider]:
    """A provider that is good until it is told otherwise."""
    provider = FaultyProvider()
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.about),
            Route("/jwks", provider.keys),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
        ]
    )
    with free_port() as bound, serving(app, bound) as url:
        provider.url = url
        yield provider


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
