"""Access tokens that were revoked one by one, until they would have ended anyway (RFC 7009).

And signing keys that were revoked, for ever, and with each all the tokens that it signed. Triggers
tell every worker of the token or the key, as one does of a client that changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import insert
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

revoked_key = Table(
    "revoked_key",
    metadata,
    Column("kid", Text(), primary_key=True, comment="Thumbprint of the key (RFC 7638)."),
    Column("revoked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    schema="identity",
    comment="Signing keys of which no token holds.",
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


async def revoke_key(engine: AsyncEngine, kid: str) -> None:
    """From the commit on no token holds that this key signed; for the owner of the tables."""
    with translated():
        async with engine.begin() as connection:
            await connection.execute(insert(revoked_key).values(kid=kid).on_conflict_do_nothing())
