"""One-time links: by one a person chooses her first password, or a new one when it is forgotten.

The command line prints the link, or an administrator's mutation answers with it, and whoever
administers hands it over; the hub sends no mail. A new
link ends the ones before it. What is kept is its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, Table, Uuid, func, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.identity.desk import Work
from hub.kit.db import translated
from hub.model.entity import metadata

LIFE = "72 hours"
PATH = "/account/invitation/"

invitation = Table(
    "invitation",
    metadata,
    Column("person_id", Uuid(), ForeignKey("identity.person.id"), primary_key=True),
    Column("link_hash", LargeBinary(), nullable=False, unique=True, comment="SHA-256 of the link."),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    schema="identity",
    comment="Links by which a person chooses a password, each for one use.",
)

_MAKE = text(f"""
    INSERT INTO identity.invitation (person_id, link_hash, expires_at)
    VALUES (:given_person_id, :given_link_hash, now() + interval '{LIFE}')
    ON CONFLICT (person_id) DO UPDATE
        SET link_hash = excluded.link_hash, expires_at = excluded.expires_at, created_at = now()
    RETURNING person_id
""")

_LOOK = text("""
    SELECT person_id FROM identity.invitation WHERE link_hash = :link_hash AND expires_at > now()
""")

_USE = text("""
    DELETE FROM identity.invitation
    WHERE link_hash = :given_link_hash AND expires_at > now()
    RETURNING person_id
""")


async def make(work: Work, person_id: UUID) -> str:
    """A new link for a person, the secret part of it; earlier ones end."""
    secret = secrets.token_urlsafe(32)
    await work.rows(_MAKE, person_id=person_id, link_hash=_hash(secret))
    return secret


async def person_of(engine: AsyncEngine, secret: str) -> UUID | None:
    """For whom a link is; None when it is over, used, or none of ours. It stays good."""
    with translated():
        async with engine.connect() as connection:
            return _key(await connection.scalar(_LOOK, {"link_hash": _hash(secret)}))


async def use(work: Work, secret: str) -> UUID | None:
    """Use a link up, in the transaction that does what it is for; of two at once one gets None."""
    used = await work.rows(_USE, link_hash=_hash(secret))
    return _key(used[0]["person_id"]) if used else None


def _key(found: object) -> UUID | None:
    return UUID(str(found)) if found is not None else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
