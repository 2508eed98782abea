"""`client_secret_basic`: secrets that the hub makes, kept as argon2id hashes (RFC 9106).

A secret has 256 random bits, so nobody guesses it; argon2id is for the copy of the database that
gets lost. Checking costs some 25 ms of CPU and 19 MiB, therefore

- it runs in a thread, two at a time, and a queue that grows is refused (503);
- a secret that held is remembered for as long as its hash stands, as an HMAC under a key that this
  process alone knows;
- an unknown client costs the same: the secret is checked against a hash that nothing fits.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.identity.errors import Busy

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_urlsafe(32))


def new_secret() -> str:
    """A fresh secret of 43 characters that need no escaping anywhere."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return _HASHER.hash(secret)


class SecretCheck:
    """Checks secrets against hashes, a few at a time, and remembers which held."""

    def __init__(self, *, at_once: int = 2, queue: int = 64, size: int = 1024) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._waiting, self._queue = 0, queue
        self._held: OrderedDict[bytes, str] = OrderedDict()
        self._size = size
        self._key = secrets.token_bytes(32)

    async def holds(self, secret: str, secret_hash: str | None) -> bool:
        """Whether the secret is the one that was hashed; never for a client that has none."""
        mark = hmac.digest(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)
        if secret_hash is not None and self._held.get(mark) == secret_hash:
            self._held.move_to_end(mark)
            return True
        if self._waiting >= self._queue:
            raise Busy("Too many clients are authenticating.", status=503, retry_after=1)
        self._waiting += 1
        try:
            async with self._room:
                good = await asyncio.to_thread(verified, secret_hash or _NOBODY, secret)
        finally:
            self._waiting -= 1
        if good and secret_hash is not None:
            self._held[mark] = secret_hash
            if len(self._held) > self._size:
                self._held.popitem(last=False)
            return True
        return False


def verified(secret_hash: str, secret: str) -> bool:
    """Whether a secret is the one that was hashed; takes as long as hashing it."""
    try:
        return _HASHER.verify(secret_hash, secret)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
