"""Each assertion and each proof is good for one use, at whichever worker it arrives.

(RFC 7523, 3, item 7; RFC 9449, 11.1.) The id is written by one statement that either inserts or
finds it taken; there is no moment between looking and writing in which a second worker could pass.
It is on the disk before anything is answered, so that a killed database forgets none. The same
statement removes ids that have expired, so that the table stays as small as what is still in force,
without a job of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from sqlalchemy import Column, DateTime, LargeBinary, Table, Text

from hub.kit.db import connect_pool, translated
from hub.model.entity import metadata

used_jti = Table(
    "used_jti",
    metadata,
    Column("client_id", Text(), primary_key=True),
    Column("jti_hash", LargeBinary(), primary_key=True, comment="SHA-256 of the jti."),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    schema="identity",
    comment="Ids of assertions and proofs that were used and have not yet expired.",
)

MARGIN = 60
"""Seconds that an id is kept beyond its end: the database's clock may run ahead of ours."""

_CONSUME = """
    WITH expired AS (
        SELECT client_id, jti_hash FROM identity.used_jti
        WHERE expires_at < now() ORDER BY expires_at LIMIT $4 FOR UPDATE SKIP LOCKED
    ), removed AS (
        DELETE FROM identity.used_jti AS old USING expired
        WHERE (old.client_id, old.jti_hash) = (expired.client_id, expired.jti_hash)
    )
    INSERT INTO identity.used_jti (client_id, jti_hash, expires_at)
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[])
    ON CONFLICT DO NOTHING
    RETURNING client_id, jti_hash
"""

_AT_ONCE = 200
"""Ids in one statement."""

_REMOVED = 4
"""Expired ids that are removed for each new one, so that the table gets smaller again."""

Key = tuple[str, bytes]


class UsedIds:
    """The ids that were used, with a connection of its own while `open`.

    Those that arrive while a statement runs go with the next one, all together: a commit costs more
    than all the rest, and one does for many.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._waiting: list[tuple[Key, datetime, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._pool = await connect_pool(
            self._url, size=1, statement_timeout_ms=5_000, application_name="hub-identity"
        )
        try:
            yield
        finally:
            if self._writer is not None:
                await self._writer
            await self._pool.close()
            self._pool = None

    async def consume(self, owner: str, jti: str, expires: float) -> bool:
        """Use up an id of an owner; False when it was used before."""
        ends = datetime.fromtimestamp(expires + MARGIN, UTC)
        digest = hashlib.sha256(jti.encode()).digest()
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(((owner, digest), ends, answer))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="used ids")
        return await answer

    async def _write(self) -> None:
        """Write whatever waits, until nothing does."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                first: dict[Key, tuple[datetime, asyncio.Future[bool]]] = {}
                for key, ends, answer in batch:
                    if key in first:  # twice in this very moment: the other was first
                        _settle(answer, False)
                    else:
                        first[key] = (ends, answer)
                try:
                    fresh = await self._fresh({key: ends for key, (ends, _) in first.items()})
                except Exception as error:  # noqa: BLE001  # whoever waits is told
                    for _, answer in first.values():
                        if not answer.done():
                            answer.set_exception(error)
                else:
                    for key, (_, answer) in first.items():
                        _settle(answer, key in fresh)
        finally:
            self._writer = None

    async def _fresh(self, batch: Mapping[Key, datetime]) -> set[Key]:
        """Write the ids; those among them that were not there."""
        assert self._pool is not None, "ids are used while the process serves"
        keys = sorted(batch)  # in one order at all workers, so that none waits for another's
        owners, digests = [owner for owner, _ in keys], [digest for _, digest in keys]
        ends = [batch[key] for key in keys]
        with translated():
            rows = await self._pool.fetch(_CONSUME, owners, digests, ends, _REMOVED * len(keys))
        return {(row["client_id"], row["jti_hash"]) for row in rows}


def _settle(answer: asyncio.Future[bool], good: bool) -> None:
    if not answer.done():  # who asked may be gone
        answer.set_result(good)
