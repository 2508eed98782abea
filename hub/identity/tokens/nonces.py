"""Nonces that a DPoP proof must carry, so that nobody can make proofs in advance (RFC 9449, 8).

A nonce says in which minute it was made, and an HMAC says that a worker of this hub made it:
nothing is stored, and each worker knows those of the others, because the secret is derived from the
signing key that they share.
"""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence

SLOT = 60
"""Seconds for which the same nonce is given out."""

SLOTS = 5
"""How many of them are good at a time."""

TAG = 16


class Nonces:
    """Makes nonces with the first secret, and knows those of all.

    The secrets are asked for each time: when the hub signs with another key, the first is another
    one, and what was made with the one before is good for as long as that key verifies.
    """

    def __init__(
        self, secrets: Callable[[], Sequence[bytes]], clock: Callable[[], float] = time.time
    ) -> None:
        self._secrets, self._clock = secrets, clock
        self._now: tuple[tuple[bytes, int] | None, str] = (None, "")

    def current(self) -> str:
        """The nonce to be used next."""
        made_of = (self._secrets()[0], int(self._clock()) // SLOT)
        if self._now[0] != made_of:
            self._now = made_of, _made(*made_of)
        return self._now[1]

    def good(self, nonce: str) -> bool:
        """Whether this hub gave it out in the last minutes."""
        try:
            slot = int.from_bytes(urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))[:8])
        except ValueError:
            return False
        age = int(self._clock()) // SLOT - slot
        return 0 <= age < SLOTS and any(
            hmac.compare_digest(_made(secret, slot).encode(), nonce.encode())
            for secret in self._secrets()
        )


def _made(secret: bytes, slot: int) -> str:
    when = slot.to_bytes(8)
    tag = hmac.digest(secret, b"dpop nonce" + when, "sha256")[:TAG]
    return urlsafe_b64encode(when + tag).rstrip(b"=").decode()
