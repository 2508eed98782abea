"""Each assertion and each proof is good for one use, at whichever worker it arrives.

(RFC 7523, 3, item 7; RFC 9449, 11.1.) The id is written by one statement that either inserts or
finds it taken; there is no moment between looking and writing in which a second worker could pass.
It is on the disk before anything is answered, so that a killed database forgets none. The same
statement removes a few ids that have expired, so that the table stays as small as what is still in
force, without a job of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
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
        WHERE expires_at < now() ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED
    ), removed AS (
        DELETE FROM identity.used_jti AS old USING expired
        WHERE (old.client_id, old.jti_hash) = (expired.client_id, expired.jti_hash)
    )
    INSERT INTO identity.used_jti (client_id, jti_hash, expires_at)
    VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
    RETURNING true
"""


class UsedIds:
    """The ids that were used, with connections of their own while `open`."""

    def __init__(self, url: str, *, size: int = 2) -> None:
        self._url, self._size = url, size
        self._pool: asyncpg.Pool | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._pool = await connect_pool(
            self._url, size=self._size, statement_timeout_ms=5_000, application_name="hub-identity"
        )
        try:
            yield
        finally:
            await self._pool.close()
            self._pool = None

    async def consume(self, owner: str, jti: str, expires: float) -> bool:
        """Use up an id of an owner; False when it was used before."""
        assert self._pool is not None, "ids are used while the process serves"
        ends = datetime.fromtimestamp(expires + MARGIN, UTC)
        digest = hashlib.sha256(jti.encode()).digest()
        with translated():
            return await self._pool.fetchval(_CONSUME, owner, digest, ends) is True
