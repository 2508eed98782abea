"""Reading compact JWTs without trusting them, and checking their signatures with pinned algorithms.

joserfc does the cryptography. What stands here is what a strict reader adds (RFC 8725): a limit on
size, no duplicate members, no number that is none, no critical header, and an algorithm that the
hub chose and never the token.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

SIZE_LIMIT = 8 * 1024
"""A longer token is refused unread: a header of a request has no room for more."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class Malformed(Exception):
    """Not a compact JWT that a strict reader accepts; the message says why."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token as it was sent: nothing in it is true until the signature is checked."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def algorithm(self) -> Any:
        return self.header.get("alg")

    @property
    def kid(self) -> Any:
        return self.header.get("kid")


def read(text: str) -> Unverified:
    """Take a compact JWS apart (RFC 7515, 3.1)."""
    if len(text) > SIZE_LIMIT:
        raise Malformed(f"it is longer than {SIZE_LIMIT} bytes")
    parts = text.split(".")
    if len(parts) != 3:
        raise Malformed("it does not have three parts")
    header = _json_object(parts[0], "header")
    if "crit" in header or "b64" in header:
        raise Malformed("it has a critical header, and none is understood here")
    return Unverified(text, header, _json_object(parts[1], "payload"))


def _json_object(part: str, what: str) -> dict[str, Any]:
    if not _BASE64URL.fullmatch(part):
        raise Malformed(f"its {what} is not base64url")
    try:
        value = json.loads(
            urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        raise Malformed(f"its {what} is not a JSON object with unique members") from None
    if not isinstance(value, dict):
        raise Malformed(f"its {what} is not a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_number(constant: str) -> NoReturn:
    """NaN compares false with every time, so that an `exp` of NaN would never pass."""
    raise ValueError(constant)


class _Pinned(JWSRegistry):
    """Allows exactly the algorithms listed, whatever joserfc recommends or warns of.

    joserfc warns of the name EdDSA since RFC 9864 prefers Ed25519; FAPI 2.0 still names it. Its
    limit of a header, 512 bytes, is too short for the RSA key in that of a DPoP proof.
    """

    max_header_length = SIZE_LIMIT

    def get_alg(self, name: str) -> Any:
        if self.allowed is None or name not in self.allowed:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


def holds(token: Unverified, key: Key, algorithms: Collection[str]) -> bool:
    """Whether the signature was made with this key and one of these algorithms."""
    try:
        jws.deserialize_compact(token.text, key, registry=_Pinned(algorithms=algorithms))
    except (JoseError, ValueError):
        return False
    return True


def is_time(value: Any) -> TypeGuard[int | float]:
    """Whether a claim is a NumericDate (RFC 7519, 2) that can be compared with the clock."""
    return isinstance(value, int | float) and not isinstance(value, bool)
