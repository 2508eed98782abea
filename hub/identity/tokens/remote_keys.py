"""Key sets that others publish: fetched when needed, kept for a while, never waited for twice.

    fresh    as long as the server says, 30 s to 1 h, 5 min where it says nothing
    again    a set is fetched at most every 30 s, however many ask and whatever they send
    stale    where it cannot be fetched anew, the last one serves for an hour more

Whoever asks while a set is being fetched waits for that one fetch, five seconds at most. Each set
has a fetch of its own, so that a server that does not answer holds up nobody but its own clients.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import Document, Unfetched, fetch
from hub.identity.tokens.key_set import PublicKey

SHORTEST, USUAL, LONGEST = 30, 300, 3600
STALE = 3600
PAUSE = 30
"""Seconds between the ends of two fetches of one set."""

Keys = tuple[PublicKey, ...]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Kept:
    """What is known of one URL; moments by the monotonic clock."""

    keys: Keys | None = None
    fresh_until: float = 0
    again_from: float = 0
    failure: str = ""
    flight: asyncio.Task[None] | None = None


class RemoteKeys:
    """The key sets of a process by their URLs."""

    def __init__(
        self,
        fetched: Callable[[str], Awaitable[Document]] = fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetched, self._clock = fetched, clock
        self._kept: dict[str, _Kept] = {}

    async def keys(self, url: str) -> Keys:
        """The set as it is known; fetched where that is too old. Raises Unfetched."""
        kept = self._kept.setdefault(url, _Kept())
        if self._clock() >= kept.fresh_until:
            await self._refreshed(url, kept)
        if kept.keys is None or self._clock() >= kept.fresh_until + STALE:
            raise Unfetched(kept.failure)
        return kept.keys

    async def newer(self, url: str, used: Keys) -> Keys | None:
        """Another set than the one that was `used` and did not serve, if there is one."""
        kept = self._kept.setdefault(url, _Kept())
        if kept.keys is used:
            await self._refreshed(url, kept)
        return kept.keys if kept.keys is not used else None

    def fresh_for(self, url: str) -> float:
        """Seconds for which the set that is kept need not be fetched again."""
        kept = self._kept.get(url)
        return max(0.0, kept.fresh_until - self._clock()) if kept else 0.0

    async def close(self) -> None:
        """End what is being fetched."""
        flights = [kept.flight for kept in self._kept.values() if kept.flight]
        for flight in flights:
            flight.cancel()
            with suppress(asyncio.CancelledError):
                await flight

    async def _refreshed(self, url: str, kept: _Kept) -> None:
        """Wait for the one fetch of this set, unless it is too early for another."""
        if kept.flight is None:
            if self._clock() < kept.again_from:
                return
            kept.flight = asyncio.create_task(self._fetch(url, kept), name="key set")
        # Whoever goes away while waiting does not take the others' fetch along.
        await asyncio.shield(kept.flight)

    async def _fetch(self, url: str, kept: _Kept) -> None:
        logged = url.partition("?")[0]
        try:
            document = await self._fetched(url)
            kept.keys = key_set.read(document.content)
            age = USUAL if document.max_age is None else document.max_age
            kept.fresh_until = self._clock() + min(max(age, SHORTEST), LONGEST)
            log.info("key_set.fetched", url=logged, keys=len(kept.keys))
        except (Unfetched, ValueError) as error:
            kept.failure = str(error)
            log.warning("key_set.unfetched", url=logged, error=kept.failure)
        finally:
            kept.again_from = self._clock() + PAUSE
            kept.flight = None
