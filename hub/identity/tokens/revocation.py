"""Hears of changed clients, revoked tokens and keys, and has the verifier forget, within a moment.

Triggers send `NOTIFY identity, '<client_id>'`, `'token:<jti>'`, `'key:<kid>'`, `'family:<id>'`,
`'Person:<id>'` and `'partner:<code>'` with the commit.
Each worker holds one connection that listens. A connection that is cut is noticed at once; one that
died silently within two seconds, since the server is asked once a second whether it is still there.
Until another one stands nothing is remembered, so that each request asks the database itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import structlog

from hub.identity.tokens.keys import SigningKeys
from hub.identity.tokens.verify import Verifier
from hub.kit.db import plain_url

CHANNEL = "identity"
HEARTBEAT = 1.0
"""Seconds between two questions, and for which an answer is awaited."""

RETRY = 0.5
"""Seconds between two attempts to connect."""

log = structlog.get_logger(__name__)


class Listener:
    """One connection that listens for a verifier, made anew whenever it breaks.

    `keys` are told which of them were revoked: a key's file may be on several machines.
    """

    def __init__(self, url: str, verifier: Verifier, keys: SigningKeys) -> None:
        self._url, self._verifier, self._keys = plain_url(url), verifier, keys
        self._listening = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the context lasts; entered when it first listens."""
        task = asyncio.create_task(self._forever(), name="identity listener")
        try:
            await self._listening.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("identity.listener.lost", error=type(error).__name__)
            finally:
                self._verifier.remembering = False
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._url, timeout=5, server_settings={"application_name": "hub-identity"}
        )
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        try:
            await connection.add_listener(CHANNEL, self._heard)
            with suppress(asyncpg.UndefinedTableError):  # the database is not yet migrated
                rows = await connection.fetch("SELECT kid FROM identity.revoked_key")
                self._keys.revoke(row["kid"] for row in rows)
            self._verifier.remembering = True
            self._listening.set()
            while not closed.is_set():
                await connection.execute("SELECT", timeout=HEARTBEAT)
                with suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), HEARTBEAT)
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, what: object) -> None:
        name = str(what)
        if name.startswith("key:"):
            self._keys.revoke([name.removeprefix("key:")])
        self._verifier.forget(name or None)
