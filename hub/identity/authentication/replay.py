"""Each assertion is good for one use, at whichever worker it arrives (RFC 7523, 3, item 7).

The id is written by one statement that either inserts or finds it taken; there is no moment between
looking and writing in which a second worker could pass. The same statement removes a few ids that
have expired, so that the table stays as small as what is still in force, without a job of its own.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, LargeBinary, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.kit.db import translated
from hub.model.entity import metadata

used_jti = Table(
    "used_jti",
    metadata,
    Column("client_id", Text(), primary_key=True),
    Column("jti_hash", LargeBinary(), primary_key=True, comment="SHA-256 of the jti."),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    schema="identity",
    comment="Assertion ids that were used and have not yet expired.",
)

MARGIN = 60
"""Seconds that an id is kept beyond its assertion: the database's clock may run ahead of ours."""

_CONSUME = text("""
    WITH expired AS (
        SELECT client_id, jti_hash FROM identity.used_jti
        WHERE expires_at < now() ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED
    ), removed AS (
        DELETE FROM identity.used_jti AS old USING expired
        WHERE (old.client_id, old.jti_hash) = (expired.client_id, expired.jti_hash)
    )
    INSERT INTO identity.used_jti (client_id, jti_hash, expires_at)
    VALUES (:client_id, :jti_hash, :expires_at)
    ON CONFLICT DO NOTHING
    RETURNING true
""")


async def consume(engine: AsyncEngine, client_id: str, jti: str, expires: float) -> bool:
    """Use up an id; False when it was used before. Committed before anything is answered."""
    with translated():
        async with engine.begin() as connection:
            used = await connection.execute(
                _CONSUME,
                {
                    "client_id": client_id,
                    "jti_hash": hashlib.sha256(jti.encode()).digest(),
                    "expires_at": datetime.fromtimestamp(expires + MARGIN, UTC),
                },
            )
            return used.scalar_one_or_none() is True
