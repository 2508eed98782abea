"""The hub's signing keys: several ES256 keys, one of which signs while all of them verify.

Each key has a moment from which it signs (`signs_from`). It is published before that moment, so
that every worker and every other verifier knows it when the first token comes; superseded, it stays
published until the tokens that it signed have ended. Where keys are kept is told in `key_files`,
when they come and go in `rotation`.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hub.identity.tokens import jose
from hub.kit.errors import SetupError, Unavailable

ALGORITHM = "ES256"

CACHED = 300
"""Seconds for which others may keep the published keys: the `max-age` of `/oauth/jwks`."""

SIGNS_FROM = "signs_from"
"""Member of a private JWK beside those of RFC 7517: seconds since 1970, 0 where it is missing."""

_MEMBERS = ("kty", "crv", "x", "y", "d")

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, JoseError)


@dataclass(frozen=True)
class SigningKey:
    """A private key on P-256 and the moment from which it signs."""

    private: ECKey
    signs_from: float = 0

    @classmethod
    def made(cls, signs_from: float) -> SigningKey:
        return cls(ECKey.generate_key("P-256"), signs_from)

    @classmethod
    def read(cls, jwk: Any) -> SigningKey:
        """The key of a private JWK; raises one of UNREADABLE."""
        if not isinstance(jwk, dict) or jwk.get("crv") != "P-256" or "d" not in jwk:
            raise ValueError("not a private key on P-256")
        signs_from = jwk.get(SIGNS_FROM, 0)
        if not jose.is_time(signs_from) or not 0 <= signs_from < 2**53:
            raise ValueError(f"{SIGNS_FROM} is no time")
        return cls(ECKey.import_key({name: jwk[name] for name in _MEMBERS}), signs_from)

    def jwk(self) -> dict[str, Any]:
        """As `read` takes it: private, to be kept secret."""
        return {**self.private.as_dict(private=True), SIGNS_FROM: self.signs_from}

    @cached_property
    def kid(self) -> str:
        """The RFC 7638 thumbprint: the same key has the same id for ever, another key never."""
        return self.private.thumbprint()

    @cached_property
    def public(self) -> ECKey:
        return ECKey.import_key(self.private.as_dict(private=False))

    @cached_property
    def published(self) -> dict[str, Any]:
        """The public JWK, as the JWK Set has it."""
        members = self.private.as_dict(private=False)
        point = {name: members[name] for name in ("kty", "crv", "x", "y")}
        return {**point, "kid": self.kid, "use": "sig", "alg": ALGORITHM}

    @cached_property
    def secret(self) -> bytes:
        """Derived from the private key, and telling nothing of it (RFC 5869)."""
        private = urlsafe_b64decode(str(self.private.as_dict(private=True)["d"]) + "==")
        return HKDFExpand(SHA256(), 32, b"hub identity v1").derive(private)


class SigningKeys:
    """The private keys of a process, newest first; those that were revoked left out."""

    def __init__(
        self, keys: Iterable[ECKey | SigningKey], clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._revoked: frozenset[str] = frozenset()
        self._known: dict[str, SigningKey] = {}
        self._take(keys)

    def known(self) -> dict[str, SigningKey]:
        """The keys by their ids, newest first."""
        return self._known

    def current(self) -> SigningKey:
        """The key that signs now: the newest whose moment has come.

        A clock that was set back may leave none: then the one whose moment comes first, since it
        has been published longest.
        """
        keys = self.known().values()
        now = self._clock()
        for key in keys:
            if key.signs_from <= now:
                return key
        if not keys:
            raise Unavailable(
                "Every signing key of the hub was revoked.", next_step="Ask its operators."
            )
        return min(keys, key=lambda key: key.signs_from)

    @property
    def kid(self) -> str:
        return self.current().kid

    @property
    def signing(self) -> ECKey:
        return self.current().private

    def secrets(self) -> list[bytes]:
        """For what all workers must know and nobody else, such as nonces; the current one first."""
        current = self.current()
        others = (key for key in self.known().values() if key is not current)
        return [current.secret, *(key.secret for key in others)]

    def public(self, kid: object) -> ECKey | None:
        """The public key with this id, or None."""
        key = self.known().get(kid) if isinstance(kid, str) else None
        return key.public if key else None

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK Set (RFC 7517, 5)."""
        return {"keys": [key.published for key in self.known().values()]}

    def revoke(self, kids: Iterable[str]) -> None:
        """Never sign with these keys again, nor take what they signed."""
        self._revoked |= frozenset(kids)
        self._known = {kid: key for kid, key in self._known.items() if kid not in self._revoked}

    def _take(self, keys: Iterable[ECKey | SigningKey]) -> None:
        given = [key if isinstance(key, SigningKey) else SigningKey(key) for key in keys]
        if not given:
            raise SetupError("There is no signing key.")
        self._known = {key.kid: key for key in given if key.kid not in self._revoked}


def from_setting(text: str, clock: Callable[[], float] = time.time) -> SigningKeys:
    """The keys of HUB_SIGNING_KEY: a JWK, or a JWK Set with the newest first."""
    try:
        value = json.loads(text)
        return SigningKeys([SigningKey.read(jwk) for jwk in value.get("keys", [value])], clock)
    except UNREADABLE:
        raise SetupError(
            "HUB_SIGNING_KEY does not hold a private ES256 key.",
            next_step="Give a JWK with kty EC, crv P-256, x, y and d, or a JWK Set of such keys.",
        ) from None
