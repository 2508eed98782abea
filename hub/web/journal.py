"""What is told of each request: a line in the log and a count in the metrics.

Those of a tenth of a second are told together: one at a time they are a system call and cold
caches, a tenth of what a point read costs. A worker that is killed takes the lines of that tenth
with it; what must not be lost is in the ledger.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

import orjson
import structlog

from hub.web.metrics import observe_request

TOLD_AFTER_SECONDS = 0.1

PROBES = {"/healthz", "/metrics", "/readyz"}
"""Asked every few seconds by machines, and therefore logged at debug only."""

_AS_STRUCTLOG = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


class Entry(NamedTuple):
    """One request. The route is none of the client's words; `client` is a client id."""

    request_id: str
    method: str
    route: str
    status: int
    seconds: float
    client: str | None
    statements: int
    second_layer: int
    ended: float


class Journal:
    """Gathers requests and tells of them.

    On a terminal, or while nothing is configured, each is told at once and laid out like all other
    lines; as JSON they go past structlog's chain.
    """

    def __init__(self) -> None:
        self.stream: BinaryIO | None = None
        self.also: Callable[[], None] = _nothing
        """What else is to be told of at the same moments, such as who waits just now."""
        self._log = structlog.get_logger("hub.access")
        self._entries: list[Entry] = []
        self._timer: asyncio.TimerHandle | None = None

    def note(self, entry: Entry) -> None:
        """Tell of a request within a tenth of a second."""
        self._entries.append(entry)
        if self.stream is None:
            self.tell()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TOLD_AFTER_SECONDS, self.tell)

    def tell(self) -> None:
        """Tell of all that is gathered: now, before a scrape, at the end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        entries, self._entries = self._entries, []
        self.also()
        for entry in entries:
            observe_request(
                entry.route, entry.status, entry.seconds, entry.statements, entry.second_layer
            )
        if self.stream is None:
            for entry in entries:
                log = self._log.debug if entry.route in PROBES else self._log.info
                log("request", **_fields(entry))
        elif self._log.is_enabled_for(logging.INFO):
            self.stream.write(b"".join(_line(e) for e in entries if e.route not in PROBES))
            self.stream.flush()


def _nothing() -> None:
    """Nobody has anything to add."""


def _fields(entry: Entry) -> dict[str, object]:
    return {
        "method": entry.method,
        "route": entry.route,
        "status": entry.status,
        "milliseconds": round(entry.seconds * 1000, 2),
        "client": entry.client,
    }


def _line(entry: Entry) -> bytes:
    line = {
        **_fields(entry),
        "event": "request",
        "level": "info",
        "timestamp": datetime.fromtimestamp(entry.ended, UTC),
        "request_id": entry.request_id,
    }
    return orjson.dumps(line, option=_AS_STRUCTLOG)


journal = Journal()
