"""Public keys of others as a JWK Set has them (RFC 7517, 5), and which of them fit a token."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from hub.identity.tokens import jose

MOST = 16
"""Keys of one set: each that fits is tried on a token that names none."""

LONGEST_RSA = 8192
"""Bits: a signature must not take longer to check than an answer may."""

ALGORITHMS = ("ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256")
"""Every algorithm that is known here; clients and issuers may use some of them."""

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""Members that only a private or symmetric JWK has (RFC 7518, 6)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, the id that its owner gave it, and what it may be used with."""

    kid: str | None
    key: Key
    algorithms: tuple[str, ...]


def read(jwks: Any) -> tuple[PublicKey, ...]:
    """The keys of a JWK Set that serve here; those for other uses are passed over.

    Raises ValueError for what is no set of keys, or shows a private one.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(jwk, dict) for jwk in keys):
        raise ValueError("it is no JWK Set")
    if len(keys) > MOST:
        raise ValueError(f"it has more than {MOST} keys")
    if any(PRIVATE & jwk.keys() for jwk in keys):
        raise ValueError("it shows a private key")
    return tuple(found for jwk in keys if (found := _serving(jwk)))


def fitting(
    token: jose.Unverified, keys: Sequence[PublicKey], algorithms: Collection[str]
) -> Iterator[Key]:
    """The keys that may have signed it: the one that its `kid` names, else any that fits."""
    for known in keys:
        named = token.kid is None or known.kid in (None, token.kid)
        if named and token.algorithm in known.algorithms and token.algorithm in algorithms:
            yield known.key


def imported(jwk: dict[str, Any]) -> Key:
    """The key of a JWK; raises ValueError."""
    try:
        with warnings.catch_warnings():
            # A short RSA key serves no algorithm of ours; that is refusal enough.
            warnings.simplefilter("ignore", SecurityWarning)
            return JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"The key {jwk.get('kid', '')!r} cannot be read: {error}") from None


def algorithms_of(key: Key) -> tuple[str, ...]:
    """The algorithms that a key may be used with: its kind decides, then its own `use` and `alg`.

    A key never serves two kinds, so that the token cannot choose how it is checked (RFC 8725).
    """
    match key:
        case ECKey(curve_name="P-256"):
            fits: tuple[str, ...] = ("ES256",)
        case ECKey(curve_name="P-384"):
            fits = ("ES384",)
        case OKPKey(curve_name="Ed25519"):
            fits = ("EdDSA", "Ed25519")
        case RSAKey() if 2048 <= key.public_key.key_size <= LONGEST_RSA:
            fits = ("PS256", "RS256")
        case _:
            return ()
    if key.get("use", "sig") != "sig" or key.alg not in (None, *fits):
        return ()
    return fits if key.alg is None or fits == ("EdDSA", "Ed25519") else (key.alg,)


def _serving(jwk: dict[str, Any]) -> PublicKey | None:
    kid = jwk.get("kid")
    if kid is not None and not isinstance(kid, str):
        return None
    try:
        key = imported(jwk)
    except ValueError:
        return None
    algorithms = algorithms_of(key)
    return PublicKey(kid, key, algorithms) if algorithms else None
