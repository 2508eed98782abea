"""A client's public keys: what may be registered, and which of them an assertion was signed with.

A partner makes its key pair itself and hands over the public part. A key that cannot serve is
refused when it is registered, with a sentence, and not months later with a failed request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from hub.identity.tokens import jose, key_set
from hub.identity.tokens.fetch import is_fetchable
from hub.identity.tokens.key_set import PublicKey
from hub.kit.errors import BadUserInput

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256")
"""What FAPI 2.0, 5.4.1 allows; Ed25519 is the name of the same EdDSA in RFC 9864."""

MOST = 8
"""Keys of one client: two overlap in a rotation, the others are for several machines."""


def checked(jwks: Any) -> dict[str, Any]:
    """The JWK Set as it is to be kept, or a refusal that says what is wrong with it."""
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST:
        raise BadUserInput(
            f'A JWK Set is {{"keys": [...]}} with 1 to {MOST} keys (RFC 7517, 5).',
            zh=f'公钥集应为 {{"keys": [...]}},含 1 至 {MOST} 个公钥(RFC 7517, 5)',
        )
    for jwk in keys:
        if not isinstance(jwk, dict):
            raise BadUserInput(
                "A key of the JWK Set is not a JSON object.", zh="公钥集中有一项不是 JSON 对象"
            )
        public_key(jwk)
        if not _printable(list(jwk.items())):
            raise BadUserInput(
                "A key of the JWK Set holds a character that no key has.",
                zh="公钥集中有一项含有不可显示的字符",
            )
    return {"keys": keys}


def _printable(value: Any) -> bool:
    """Whether all text in it can be stored and shown; a key's own `kid` is anybody's text."""
    match value:
        case str():
            return value.isprintable()
        case list() | tuple():
            return all(map(_printable, value))
        case dict():
            return _printable(list(value.items()))
        case float():
            return isfinite(value)
        case _:
            return True


def public_key(jwk: dict[str, Any]) -> tuple[Key, tuple[str, ...]]:
    """The key and the algorithms that it may be used with, or a refusal that says why not."""
    if key_set.PRIVATE & jwk.keys():
        raise BadUserInput(
            "The JWK Set holds a private key.",
            zh="公钥集中含有私钥",
            next_step="Hand over the public part only, and make a new key pair: this one has "
            "been shown to somebody else.",
        )
    try:
        key = key_set.imported(jwk)
    except ValueError as error:
        raise BadUserInput(str(error), zh=f"无法读取公钥 {jwk.get('kid', '')!r}") from None
    algorithms = _algorithms_of(key)
    if not algorithms:
        raise BadUserInput(
            f"The key {jwk.get('kid', '')!r} serves none of {', '.join(ALGORITHMS)}.",
            zh=f"公钥 {jwk.get('kid', '')!r} 不适用于 {'、'.join(ALGORITHMS)} 中的任何算法",
            next_step="Use a key on P-256 or Ed25519, or an RSA key of 2048 to 8192 bits.",
        )
    return key, algorithms


def checked_url(url: str) -> str:
    """The address of a client's key set (RFC 7591, 2: `jwks_uri`), or a refusal."""
    if not is_fetchable(url):
        raise BadUserInput(
            f"Keys cannot be fetched from {url!r}.",
            zh=f"不能从 {url!r} 获取公钥",
            next_step="Give an https URL without user and fragment; http is for 127.0.0.1 and "
            "localhost only.",
        )
    return url


def signed_by_one_of(token: jose.Unverified, keys: Sequence[PublicKey]) -> bool:
    """Whether one of the keys made the signature: the one that `kid` names, else any that fits.

    Where no key is to be tried, one that nobody has is, so that the answer takes as long.
    """
    tried = list(key_set.fitting(token, keys, ALGORITHMS))
    nobody = [key for key in _nobody() if token.algorithm in _algorithms_of(key)]
    return any(jose.holds(token, key, (token.algorithm,)) for key in tried or nobody)


@cache
def _nobody() -> tuple[Key, ...]:
    """A key of each kind whose private half is thrown away."""
    return (
        ECKey.generate_key("P-256", private=False),
        OKPKey.generate_key("Ed25519", private=False),
        RSAKey.generate_key(2048, private=False),
    )


def _algorithms_of(key: Key) -> tuple[str, ...]:
    return tuple(name for name in key_set.algorithms_of(key) if name in ALGORITHMS)
