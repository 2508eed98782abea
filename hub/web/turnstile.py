"""Back-pressure: so many operations at work, so many waiting, and not one more.

A hub that takes in whatever comes answers everybody late; one that refuses at once stays quick for
those whom it lets in (RFC 9110, 15.6.4). The places at work are as many as database connections,
so nobody waits again further in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from types import TracebackType

from hub.kit.errors import Unavailable
from hub.web.metrics import REFUSED


class Turnstile:
    """`async with turnstile:` holds one place; raises `Unavailable` when too many wait already.

    First come, first served. Who has waited `patience` seconds is refused as well: by then most
    clients have given up, and an answer would be work for nobody.
    """

    def __init__(self, places: int, waiting: int, patience: float) -> None:
        self.places = places
        self.limit = waiting
        self.patience = patience
        self.at_work = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def refuse_if_full(self) -> None:
        """Refuse before any work is done; `async with` would refuse all the same."""
        if len(self._queue) >= self.limit:
            REFUSED.inc()
            raise Unavailable("The hub has as many requests waiting as it takes.")

    async def __aenter__(self) -> None:
        if self.at_work < self.places:
            self.at_work += 1
            return
        self.refuse_if_full()
        await self._wait()

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append(turn)
        patience = loop.call_later(self.patience, self._give_up, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                with contextlib.suppress(ValueError):  # passed over already
                    self._queue.remove(turn)
            elif turn.exception() is None:  # the place was handed over in the same moment
                self._pass_on()
            raise
        finally:
            patience.cancel()

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if not turn.done():
            REFUSED.inc()
            self._queue.remove(turn)
            turn.set_exception(Unavailable("The hub is busy; the request waited too long."))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        """Hand the place to the first who waits, or free it."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.at_work -= 1
