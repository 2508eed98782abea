"""Whether a request proves that it holds the key of its token: proof, nonce, once (RFC 9449)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from hub.identity.tokens import dpop
from hub.identity.tokens.nonces import Nonces

Consume = Callable[[str, str, float], Awaitable[bool]]
"""(owner, id, when it ends) -> whether the id was not used before, at any worker."""


class NonceNeeded(Exception):
    """The proof lacks a nonce of ours, or an old one: it is to be made again with this one."""

    def __init__(self, nonce: str) -> None:
        super().__init__("the proof needs the nonce in the DPoP-Nonce header")
        self.nonce = nonce


class Proofs:
    """Checks proofs for one address of the hub."""

    def __init__(
        self,
        url: str,
        nonces: Nonces,
        consume: Consume,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._nonces, self._consume, self._clock = url, nonces, consume, clock

    @property
    def nonce(self) -> str:
        """What the next proof should carry."""
        return self._nonces.current()

    async def thumbprint(
        self,
        headers: Sequence[str],
        method: str,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> str:
        """The thumbprint of the key that a request proves to hold; `key`, where one is given.

        Raises InvalidProof and NonceNeeded.
        """
        proof = dpop.read(headers, method, self._url, token=token, clock=self._clock)
        if key is not None and proof.thumbprint != key:
            raise dpop.InvalidProof("it was made with another key than the token's")
        if proof.nonce is None or not self._nonces.good(proof.nonce):
            raise NonceNeeded(self.nonce)
        if not await self._consume(f"dpop {proof.thumbprint}", proof.jti, proof.expires):
            raise dpop.InvalidProof("its jti was used before")
        return proof.thumbprint
