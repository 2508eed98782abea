"""Tells whoever follows the feed that there is something new: `NOTIFY hub_changes` after commits.

Within a transaction, NOTIFY would make all commits of the database wait for one another. So it is
sent after the commit: at once when it was quiet before, and from then on once for all changes of a
tenth of a second, since each costs as much as a small statement. It carries nothing and promises
nothing: the feed is the truth, and a follower looks there from time to time by itself, since a
process may be killed between commit and bell.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Protocol

CHANNEL = "hub_changes"
AT_ONCE_SECONDS = 0.01
"""Changes of the same moment share the first stroke."""

PAUSE_SECONDS = 0.1
"""The least between two strokes."""

RING = f"SELECT set_config('synchronous_commit', 'off', true), pg_notify('{CHANNEL}', '')"
"""A notification commits like a write, but what it tells of is on the disk already."""


class Fetches(Protocol):
    """What runs statements."""

    async def fetch(self, statement: str, /) -> Any:
        """The rows of one statement."""


class Bell:
    """Rings for the changes of one process."""

    def __init__(self, database: Fetches) -> None:
        self._database = database
        self._ringing: asyncio.Task[None] | None = None
        self._again = False
        self._closing = asyncio.Event()

    def ring(self) -> None:
        """A change was committed; costs nothing when the bell is about to ring anyway."""
        if self._ringing is None:
            self._ringing = asyncio.get_running_loop().create_task(self._ring())
        else:
            self._again = True

    async def _ring(self) -> None:
        try:
            await asyncio.sleep(AT_ONCE_SECONDS)
            while True:
                self._again = False
                # Who listens looks at the feed anyway; a database that is away has no listeners.
                with contextlib.suppress(Exception):
                    await self._database.fetch(RING)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), PAUSE_SECONDS)
                if not self._again:
                    break
        finally:
            self._ringing = None

    async def close(self) -> None:
        """Ring for the last time."""
        self._closing.set()
        if self._ringing is not None:
            await self._ringing
