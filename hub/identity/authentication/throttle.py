"""Failures by client and address: after ten in a minute the eleventh attempt waits.

It counts attempts with secrets only. A signature cannot be guessed, and a stranger who knows a
client's name must not be able to lock out the partner behind it. Kept in memory by each worker and
bounded: it slows guessing down, the strength of the secrets is what prevents it.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from hub.identity.errors import Busy

Key = tuple[str, str]


class Throttle:
    """Remembers the times of recent failures, oldest pairs dropped first."""

    def __init__(
        self,
        *,
        failures: int = 10,
        seconds: float = 60,
        size: int = 4096,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._seconds, self._size, self._clock = failures, seconds, size, clock
        self._seen: OrderedDict[Key, deque[float]] = OrderedDict()

    def admit(self, client: str, address: str) -> None:
        """Raise when there were too many failures; even the right secret waits then."""
        times = self._seen.get((client, address))
        if times is None or len(times) < self._failures:
            return
        wait = times[0] + self._seconds - self._clock()
        if wait > 0:
            raise Busy(
                "Too many failed attempts of this client from this address.",
                status=429,
                retry_after=int(wait) + 1,
            )

    def failed(self, client: str, address: str) -> None:
        """Note a failure."""
        times = self._seen.setdefault((client, address), deque(maxlen=self._failures))
        times.append(self._clock())
        self._seen.move_to_end((client, address))
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)

    def succeeded(self, client: str, address: str) -> None:
        """Forget the failures before a success."""
        self._seen.pop((client, address), None)
