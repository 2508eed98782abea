"""Requests that a client pushed ahead, and by which name a browser brings them (RFC 9126).

What is asked does not travel through the browser, where it could be read and changed. A name is
good for one answer, of the client that pushed it, for nine minutes.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Column, DateTime, LargeBinary, Table, Text, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.identity.authorization.asked import AuthorizationRequest
from hub.kit.db import translated
from hub.model.entity import metadata

PREFIX = "urn:ietf:params:oauth:request_uri:"
SECONDS = 540
"""FAPI 2.0, 5.3.2.2 wants less than 600; a person needs some to sign in."""

pushed_request = Table(
    "pushed_request",
    metadata,
    Column("uri_hash", LargeBinary(), primary_key=True, comment="SHA-256 of the request_uri."),
    Column("client_id", Text(), nullable=False),
    Column("request", JSONB(), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    schema="identity",
    comment="Authorization requests that were pushed and not yet answered.",
)

_PUSH = text(f"""
    WITH expired AS (
        DELETE FROM identity.pushed_request WHERE uri_hash IN (
            SELECT uri_hash FROM identity.pushed_request WHERE expires_at < now()
            ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO identity.pushed_request (uri_hash, client_id, request, expires_at)
    VALUES (:uri_hash, :client_id, :request, now() + interval '{SECONDS} seconds')
""").bindparams(bindparam("request", type_=JSONB()))

_LOOK = text("""
    SELECT request FROM identity.pushed_request
    WHERE uri_hash = :uri_hash AND client_id = :client_id AND expires_at > now()
""").columns(request=JSONB())

_USE = text("""
    DELETE FROM identity.pushed_request WHERE uri_hash = :uri_hash AND expires_at > now()
    RETURNING true
""")


async def push(engine: AsyncEngine, request: AuthorizationRequest) -> str:
    """Keep a request; returns its `request_uri`."""
    uri = PREFIX + secrets.token_urlsafe(32)
    values = {
        "uri_hash": _hash(uri),
        "client_id": request.client_id,
        "request": request.stored(),
    }
    with translated():
        async with engine.begin() as connection:
            await connection.execute(_PUSH, values)
    return uri


async def look(engine: AsyncEngine, uri: str, client_id: str) -> AuthorizationRequest | None:
    """The request of this name; None when it is over, answered, or another client's."""
    with translated():
        async with engine.connect() as connection:
            values = {"uri_hash": _hash(uri), "client_id": client_id}
            found = await connection.scalar(_LOOK, values)
    return AuthorizationRequest.restored(found) if found is not None else None


async def use(connection: AsyncConnection, uri: str) -> bool:
    """Use a name up, in the transaction that answers; of two at once one gets False."""
    return bool(await connection.scalar(_USE, {"uri_hash": _hash(uri)}))


def _hash(uri: str) -> bytes:
    return hashlib.sha256(uri.encode("utf-8", "surrogatepass")).digest()
