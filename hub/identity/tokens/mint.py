"""Access tokens: JWTs by RFC 9068, signed with ES256, for one audience, for ten minutes at most.

Beside the registered claims a token carries what the hub's guard needs:

    hub_audience     one of PARTNER, OPERATOR, INTERNAL, DEPARTMENT, TALENT, ADMIN
    hub_bounds       {purposes, partner?, parks?, departments?, talent?}
    hub_generation   which of the client's generations it belongs to (see `Client.generation`)
    hub_family       where a person approved: the family that it comes from (see `grants.families`)

and `cnf` with the thumbprint of the key to which it is bound (RFC 9449, 6.1), where it is.

A token is made in one place, so that no grant can forget a claim.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt

from hub.identity.clients.client import Client
from hub.identity.grants.granted import Granted
from hub.identity.tokens.keys import ALGORITHM, SigningKeys
from hub.kit.errors import SetupError

LONGEST_LIFE = 600
"""Seconds: a token that cannot be recalled elsewhere must end by itself soon."""

TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and what the answer of the token endpoint says about it (RFC 6749, 5.1)."""

    text: str
    expires_in: int
    scope: str
    token_id: str
    token_type: str = "Bearer"
    refresh_token: str | None = field(default=None, repr=False)

    def body(self) -> dict[str, Any]:
        refresh = {"refresh_token": self.refresh_token} if self.refresh_token else {}
        return {
            "access_token": self.text,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
            "scope": self.scope,
            **refresh,
        }


class Mint:
    """Makes access tokens in the name of one issuer."""

    def __init__(
        self,
        keys: SigningKeys,
        issuer: str,
        lifetime: int = LONGEST_LIFE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if lifetime > LONGEST_LIFE:
            raise SetupError(
                f"HUB_ACCESS_TOKEN_SECONDS is {lifetime}; the longest is {LONGEST_LIFE}.",
                next_step=f"Set it to {LONGEST_LIFE} or less.",
            )
        self._keys, self._issuer, self.lifetime, self._clock = keys, issuer, lifetime, clock

    def access_token(
        self,
        client: Client,
        granted: Granted,
        *,
        thumbprint: str | None = None,
    ) -> AccessToken:
        """A token for a client with what it was granted; the caller has checked.

        Without a person the subject is the client itself (RFC 9068, 2.2). With a `thumbprint` the
        token is good only from who proves to hold that key.
        """
        now = int(self._clock())
        token_id = secrets.token_urlsafe(16)
        scope = " ".join(granted.scopes)
        claims = {
            "iss": self._issuer,
            "aud": granted.resource,
            "sub": granted.subject or client.client_id,
            "client_id": client.client_id,
            "iat": now,
            "exp": now + self.lifetime,
            "jti": token_id,
            "scope": scope,
            "hub_audience": client.audience,
            "hub_bounds": granted.bounds,
            "hub_generation": client.generation,
        }
        if granted.family is not None:
            claims["hub_family"] = str(granted.family)
        if thumbprint is not None:
            claims["cnf"] = {"jkt": thumbprint}
        key = self._keys.current()
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        text = jwt.encode(header, claims, key.private, algorithms=[ALGORITHM])
        kind = "Bearer" if thumbprint is None else "DPoP"
        return AccessToken(text, self.lifetime, scope, token_id, kind, granted.refresh_token)


def resource(issuer: str) -> str:
    """The identifier of the hub's API: the one audience of its tokens (RFC 8707, RFC 9728)."""
    return f"{issuer}/graphql"
