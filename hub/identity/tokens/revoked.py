"""Access tokens that were revoked one by one, until they would have ended anyway (RFC 7009).

A trigger tells every worker of the token's id, as one does of a client that changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.kit.db import translated
from hub.model.entity import metadata

revoked_token = Table(
    "revoked_token",
    metadata,
    Column("token_id", Text(), primary_key=True, comment="The jti of the token."),
    Column("client_id", Text(), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    schema="identity",
    comment="Access tokens that were revoked and have not yet expired.",
)

_REVOKE = text("""
    WITH expired AS (
        DELETE FROM identity.revoked_token
        WHERE token_id IN (
            SELECT token_id FROM identity.revoked_token
            WHERE expires_at < now() - interval '1 minute'
            ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO identity.revoked_token (token_id, client_id, expires_at)
    VALUES (:token_id, :client_id, :expires_at)
    ON CONFLICT DO NOTHING
""")


async def revoke(engine: AsyncEngine, token_id: str, client_id: str, expires: float) -> None:
    """From the commit on the token holds nowhere; done twice it is done once."""
    with translated():
        async with engine.begin() as connection:
            await connection.execute(
                _REVOKE,
                {
                    "token_id": token_id,
                    "client_id": client_id,
                    "expires_at": datetime.fromtimestamp(expires, UTC),
                },
            )
