"""`private_key_jwt`: a client proves itself by a JWT that it signs (RFC 7523; OIDC Core, 9).

As FAPI 2.0, 5.3.2.1 wants it: `iss` and `sub` are the client, `aud` is exactly the issuer as one
string (a list, or the token endpoint's URL, could serve against another server), it lives five
minutes at most, and its `jti` is good once.

What the JWT says is told in full when it is wrong. Whether the client exists and whose key signed
it is answered by one sentence, the same for both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from hub.identity.clients import client_keys
from hub.identity.errors import InvalidClient
from hub.identity.tokens import jose
from hub.identity.tokens.key_set import PublicKey

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = 300
LEEWAY = 10
"""Seconds that a client's clock may differ from ours, either way."""

_ALGORITHMS = ", ".join(client_keys.ALGORITHMS)
_VSCHAR = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion whose claims are in order; its signature is not yet checked."""

    token: jose.Unverified
    client_id: str
    jti: str
    expires: float

    def signed_by(self, keys: Sequence[PublicKey]) -> bool:
        """Whether one of these keys of the client signed it."""
        return client_keys.signed_by_one_of(self.token, keys)


def read(text: str, issuer: str, clock: Callable[[], float] = time.time) -> Assertion:
    """Read an assertion and check all that does not need to know the client."""
    try:
        token = jose.read(text)
    except jose.Malformed as error:
        raise InvalidClient(f"The client assertion cannot be read: {error}.") from None
    if token.algorithm not in client_keys.ALGORITHMS:
        raise InvalidClient(f"The client assertion must be signed with one of {_ALGORITHMS}.")
    claims = token.claims
    client_id, jti = claims.get("iss"), claims.get("jti")
    if not _is_name(client_id) or claims.get("sub") != client_id:
        raise InvalidClient("iss and sub of the client assertion must both be the client_id.")
    if claims.get("aud") != issuer:
        raise InvalidClient(
            f"aud of the client assertion must be exactly {issuer}, as one string and not a list."
        )
    if not _is_name(jti):
        raise InvalidClient("The client assertion needs a jti of at most 255 characters.")
    return Assertion(token, client_id, jti, _checked_expiry(claims, clock()))


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and _VSCHAR.fullmatch(value) is not None


def _checked_expiry(claims: dict[str, Any], now: float) -> float:
    """`exp` of an assertion in force: not over, not too far, not made in the future."""
    expires = claims.get("exp")
    if not jose.is_time(expires):
        raise InvalidClient("The client assertion needs an exp.")
    if expires <= now - LEEWAY:
        raise InvalidClient("The client assertion has expired.")
    if expires > now + LONGEST_LIFE + LEEWAY:
        raise InvalidClient(
            f"exp of the client assertion must be at most {LONGEST_LIFE} seconds ahead."
        )
    for name in ("iat", "nbf"):
        moment = claims.get(name, now)
        if not jose.is_time(moment) or moment > now + LEEWAY:
            raise InvalidClient(f"{name} of the client assertion lies in the future or is no time.")
    return float(expires)
