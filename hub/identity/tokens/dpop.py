"""DPoP proofs: a token that is bound to a key is good only from who holds the key (RFC 9449).

Each request carries a small JWT, signed with the client's key, about that very request: method,
address, moment, the token's hash, and a nonce that the hub gave out. What `read` accepts is in
order by itself (RFC 9449, 4.3); that its id is used once, and whether the key is the token's, is
for the caller to see to.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from joserfc.jwk import Key

from hub.identity.clients import client_keys
from hub.identity.tokens import jose
from hub.kit.errors import BadUserInput

TYPE = "dpop+jwt"
ALGORITHMS = client_keys.ALGORITHMS
LIFE = 30
"""Seconds from `iat` for which a proof is good."""

LEEWAY = 10
"""Seconds that a client's clock may differ from ours, either way."""

_JTI = re.compile(r"[\x20-\x7e]{1,255}")
_PORTS = {"http": 80, "https": 443}


class InvalidProof(Exception):
    """The proof is missing, or not in order; the message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that is in order: whose key signed it, and what makes it good once."""

    thumbprint: str
    jti: str
    nonce: str | None
    expires: float


def read(
    headers: Sequence[str],
    method: str,
    url: str,
    *,
    token: str | None = None,
    clock: Callable[[], float] = time.time,
) -> Proof:
    """The one proof of a request to this address; of a request with an access token, for it.

    `url` is made of the configured issuer, never of the request's Host. Raises InvalidProof.
    """
    if len(headers) != 1:
        raise InvalidProof("send exactly one DPoP header")
    try:
        proof = jose.read(headers[0])
    except jose.Malformed as error:
        raise InvalidProof(f"it cannot be read: {error}") from None
    if proof.header.get("typ") != TYPE:
        raise InvalidProof(f"its typ is not {TYPE}")
    key, thumbprint, algorithms = _key(proof.header.get("jwk"))
    if proof.algorithm not in algorithms or not jose.holds(proof, key, (proof.algorithm,)):
        raise InvalidProof("its signature was not made with its jwk and a fitting algorithm")
    claims = proof.claims
    if claims.get("htm") != method:
        raise InvalidProof(f"htm is not {method}")
    if not same_address(claims.get("htu"), url):
        raise InvalidProof(f"htu is not {url}")
    if token is not None and claims.get("ath") != hash_of(token):
        raise InvalidProof("ath is not the hash of the access token")
    jti, nonce = claims.get("jti"), claims.get("nonce")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise InvalidProof("it needs a jti of at most 255 characters")
    if nonce is not None and not isinstance(nonce, str):
        raise InvalidProof("nonce is no string")
    return Proof(thumbprint, jti, nonce, _expiry(claims.get("iat"), clock()))


def hash_of(token: str) -> str:
    """`ath` of an access token (RFC 9449, 4.2)."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def same_address(htu: Any, url: str) -> bool:
    """Whether `htu` is the address, query and fragment aside (RFC 9449, 4.3, item 9)."""
    try:
        return isinstance(htu, str) and _address(htu) == _address(url)
    except ValueError:
        return False


@lru_cache(maxsize=1024)
def _address(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or _PORTS.get(scheme), parts.path or "/"


def _expiry(issued: Any, now: float) -> float:
    if not jose.is_time(issued):
        raise InvalidProof("it needs an iat")
    if not now - LIFE - LEEWAY < issued <= now + LEEWAY:
        raise InvalidProof(f"iat is more than {LIFE} seconds ago, or in the future")
    return float(issued) + LIFE + LEEWAY


def _key(jwk: Any) -> tuple[Key, str, tuple[str, ...]]:
    """The public key in a proof's header, its RFC 7638 thumbprint, and what it may sign with."""
    if not isinstance(jwk, dict):
        raise InvalidProof("its header has no jwk")
    return _imported(json.dumps(jwk, sort_keys=True))


@lru_cache(maxsize=1024)
def _imported(jwk: str) -> tuple[Key, str, tuple[str, ...]]:
    """Kept, since a client sends the same key with each request."""
    try:
        key, algorithms = client_keys.public_key(json.loads(jwk))
    except BadUserInput as error:
        raise InvalidProof(f"its jwk does not serve: {error.message}") from None
    return key, key.thumbprint(), algorithms
