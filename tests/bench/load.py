"""The client: a few sockets that ask, wait for the whole answer, and ask again.

It does as little as HTTP/1.1 allows, because it shares a core with PostgreSQL: requests are bytes
made beforehand, and of an answer only the status and the length are read. Its own CPU is not
counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import cast

from hub.kit.errors import HubError

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
MOST_REQUESTS = 1_000_000
PATIENCE_SECONDS = 30


class RefusedError(HubError):
    """A contender did not answer 200."""

    code = "REFUSED"


@dataclass
class Tally:
    """What one stretch of load came to."""

    seconds: float = 0.0
    bytes: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.waits)

    def wait(self, share: float) -> float:
        """The time within which this share of the answers came, in seconds."""
        ordered = sorted(self.waits)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Asker(asyncio.Protocol):
    """One connection. It stops by itself once the time or the number of requests is used up."""

    def __init__(self, requests: Sequence[bytes], first: int, tally: Tally) -> None:
        self.requests = cycle([*requests[first:], *requests[:first]])
        self.tally = tally
        self.until = 0.0
        self.left = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.body = b""
        self._missing = -1
        self._received: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def begin(self, until: float, most: int) -> None:
        self.until, self.left = until, most
        self._ask()

    def _ask(self) -> None:
        self.asked = perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            if self._received:
                data = b"".join((*self._received, data))
                self._received = []
            end = data.find(HEAD_END)
            if end < 0:
                self._received.append(data)
                return
            head = data[:end].lower()
            length = head.index(LENGTH) + len(LENGTH)
            self._missing = int(head[length:].split(b"\r\n", 1)[0])
            self._ok = head.startswith(b"http/1.1 200")
            data = data[end + len(HEAD_END) :]
        self._received.append(data)
        self._missing -= len(data)
        if self._missing == 0:
            self._answered(perf_counter())

    def _answered(self, now: float) -> None:
        self.tally.waits.append(now - self.asked)
        self.tally.bytes += sum(map(len, self._received))
        self.left -= 1
        finished = now >= self.until or self.left <= 0
        if finished or not self._ok:
            self.body = b"".join(self._received)
        self._received, self._missing = [], -1
        if not self._ok:
            self._fail(RefusedError(f"An answer was refused: {self.body[:500].decode()}"))
        elif not finished:
            self._ask()
        elif not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        self._fail(RefusedError("A contender closed the connection."))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


async def load(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    most: int = MOST_REQUESTS,
) -> Tally:
    """Ask for so long, or so often, over so many connections; each begins elsewhere in the list."""
    tally = Tally()
    loop = asyncio.get_running_loop()
    askers: list[Asker] = []
    with ExitStack() as stack:
        for number in range(connections):
            first = number * len(requests) // connections
            _, asker = await loop.create_connection(
                lambda first=first: Asker(requests, first, tally),  # type: ignore[misc]  # an untyped default
                "127.0.0.1",
                port,
            )
            stack.callback(asker.transport.close)
            askers.append(asker)
        begun = perf_counter()
        for asker in askers:
            asker.begin(begun + seconds, -(-most // connections))
        async with asyncio.timeout(seconds + PATIENCE_SECONDS):
            await asyncio.gather(*(asker.done for asker in askers))
        tally.seconds = perf_counter() - begun
    return tally


async def answer(port: int, request: bytes) -> tuple[bytes, float]:
    """One answer's body, and how long it took over a connection that was open."""
    tally = Tally()
    loop = asyncio.get_running_loop()
    _, asker = await loop.create_connection(lambda: Asker([request], 0, tally), "127.0.0.1", port)
    try:
        asker.begin(0.0, 1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asker.done
    finally:
        asker.transport.close()
    return asker.body, tally.waits[0]
