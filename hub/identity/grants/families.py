"""What a person allowed a client, once: a family, from which one code and then tokens come.

    approve ── code, 60 seconds, one use ──> tokens ── refresh token ──> further tokens ...

The family is a row, and all that descends from it holds for as long as the row does: when a code or
a refresh token comes a second time somebody has a copy, nobody can say who, and the whole family
ends (RFC 6749, 4.1.2; RFC 9700, 4.14.2). It also ends with the person's and with the client's
generation.

Codes and refresh tokens are random, kept as hashes, and used up by one statement that either finds
them fresh or does not: there is no moment between looking and writing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.kit.ids import uuid7
from hub.model.entity import metadata

CODE_SECONDS = 60
IDLE_DAYS = 14
"""A refresh token that is not used for so long ends."""

LONGEST_DAYS = 90
"""Then the person signs in again, however often her app refreshed."""

token_family = Table(
    "token_family",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("client_id", Text(), nullable=False),
    Column("client_generation", Integer(), nullable=False),
    Column("person_id", Uuid(), ForeignKey("identity.person.id"), nullable=False, index=True),
    Column("person_generation", Integer(), nullable=False),
    Column("scopes", ARRAY(Text()), nullable=False),
    Column("purposes", ARRAY(Text()), nullable=False),
    Column("resource", Text(), nullable=False, comment="For which API (RFC 8707)."),
    Column("redirect_uri", Text(), nullable=False),
    Column("challenge", Text(), nullable=False, comment="PKCE, S256 (RFC 7636)."),
    Column("thumbprint", Text(), comment="The key to which all of it is bound (RFC 9449, 10)."),
    Column("code_hash", LargeBinary(), nullable=False, unique=True),
    Column("code_used_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("revoked_at", DateTime(timezone=True)),
    schema="identity",
    comment="What a person allowed a client: the code, and the tokens that came of it.",
)

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("token_hash", LargeBinary(), primary_key=True, comment="SHA-256 of the token."),
    Column(
        "family_id",
        Uuid(),
        ForeignKey("identity.token_family.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("issued_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), comment="When it was exchanged for the next one."),
    schema="identity",
    comment="Refresh tokens; those that are used up stay, so that a second use is noticed.",
)


@dataclass(frozen=True, slots=True)
class Family:
    """A family as it stands, and whether what was presented of it is still fresh."""

    id: UUID
    client_id: str
    client_generation: int
    person_id: UUID
    person_generation: int
    scopes: Sequence[str]
    purposes: Sequence[str]
    resource: str
    redirect_uri: str
    challenge: str
    thumbprint: str | None
    expires_at: datetime
    fresh: bool
    used: bool


_OF = """
    SELECT family.id, family.client_id, family.client_generation, family.person_id,
        family.person_generation, family.scopes, family.purposes, family.resource,
        family.redirect_uri, family.challenge, family.thumbprint, family.expires_at,
"""

_BEGIN = text(f"""
    WITH ended AS (
        DELETE FROM identity.token_family WHERE id IN (
            SELECT id FROM identity.token_family WHERE expires_at < now() - interval '1 hour'
            ORDER BY expires_at LIMIT 4 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO identity.token_family (id, client_id, client_generation, person_id,
        person_generation, scopes, purposes, resource, redirect_uri, challenge, thumbprint,
        code_hash, expires_at)
    VALUES (:id, :client_id, :client_generation, :person_id,
        :person_generation, :scopes, :purposes, :resource, :redirect_uri, :challenge, :thumbprint,
        :hash, now() + interval '{CODE_SECONDS} seconds')
""")

_BY_CODE = text(f"""
    {_OF}
        family.code_used_at IS NULL AND family.revoked_at IS NULL AND family.expires_at > now()
            AS fresh,
        family.code_used_at IS NOT NULL AS used
    FROM identity.token_family AS family WHERE family.code_hash = :hash
""")

_USE_CODE = text("""
    UPDATE identity.token_family
    SET code_used_at = now(), thumbprint = :thumbprint,
        expires_at = now() + make_interval(secs => :seconds)
    WHERE code_hash = :hash AND code_used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
    RETURNING true
""")

_BY_REFRESH = text(f"""
    {_OF}
        token.used_at IS NULL AND token.expires_at > now()
            AND family.revoked_at IS NULL AND family.expires_at > now() AS fresh,
        token.used_at IS NOT NULL AS used
    FROM identity.refresh_token AS token
    JOIN identity.token_family AS family ON family.id = token.family_id
    WHERE token.token_hash = :hash
""")

_ADD_REFRESH = text(f"""
    INSERT INTO identity.refresh_token (token_hash, family_id, expires_at)
    SELECT :hash, id, least(expires_at, now() + interval '{IDLE_DAYS} days')
    FROM identity.token_family WHERE id = :family_id
""")

_ROTATE = text(f"""
    WITH used AS (
        UPDATE identity.refresh_token SET used_at = now()
        WHERE token_hash = :hash AND used_at IS NULL AND expires_at > now()
        RETURNING family_id
    )
    INSERT INTO identity.refresh_token (token_hash, family_id, expires_at)
    SELECT :next_hash, family.id, least(family.expires_at, now() + interval '{IDLE_DAYS} days')
    FROM used JOIN identity.token_family AS family ON family.id = used.family_id
    WHERE family.revoked_at IS NULL AND family.expires_at > now()
    RETURNING true
""")

_PROLONG = text(f"""
    UPDATE identity.refresh_token AS token
    SET expires_at = least(family.expires_at, now() + interval '{IDLE_DAYS} days')
    FROM identity.token_family AS family
    WHERE token.token_hash = :hash AND token.used_at IS NULL AND token.expires_at > now()
        AND family.id = token.family_id
        AND family.revoked_at IS NULL AND family.expires_at > now()
    RETURNING true
""")

_REVOKE = text("""
    UPDATE identity.token_family SET revoked_at = now()
    WHERE id = :id AND revoked_at IS NULL
        AND (CAST(:person_id AS uuid) IS NULL OR person_id = :person_id)
""")

_IN_FORCE = text("""
    SELECT family.id, family.created_at, family.scopes, client.name_en, client.name_zh
    FROM identity.token_family AS family
    JOIN identity.client AS client ON client.client_id = family.client_id
    JOIN identity.person AS person ON person.id = family.person_id
    WHERE family.person_id = :person_id AND family.code_used_at IS NOT NULL
        AND family.revoked_at IS NULL AND family.expires_at > now()
        AND family.client_generation = client.generation
        AND family.person_generation = person.generation
    ORDER BY family.created_at DESC LIMIT 50
""")


async def begin(connection: AsyncConnection, **allowed: Any) -> str:
    """Begin a family with what was allowed; returns its code."""
    code = secrets.token_urlsafe(32)
    await connection.execute(_BEGIN, {"id": uuid7(), "hash": _hash(code), **allowed})
    return code


async def by_code(connection: AsyncConnection, code: str) -> Family | None:
    """The family of a code, whether or not the code still serves."""
    return await _found(connection, _BY_CODE, code)


async def use_code(
    connection: AsyncConnection, code: str, *, seconds: int, thumbprint: str | None
) -> bool:
    """Use a code up; the family then holds for so many seconds, bound to this key.

    False: somebody was first.
    """
    values = {"hash": _hash(code), "seconds": seconds, "thumbprint": thumbprint}
    return bool(await connection.scalar(_USE_CODE, values))


async def by_refresh_token(connection: AsyncConnection, token: str) -> Family | None:
    """The family of a refresh token, whether or not the token still serves."""
    return await _found(connection, _BY_REFRESH, token)


async def add_refresh_token(connection: AsyncConnection, family_id: UUID) -> str:
    """The first refresh token of a family."""
    token = secrets.token_urlsafe(32)
    await connection.execute(_ADD_REFRESH, {"hash": _hash(token), "family_id": family_id})
    return token


async def rotate(connection: AsyncConnection, token: str) -> str | None:
    """Use a refresh token up and make the next one, in one statement. None: it was used."""
    following = secrets.token_urlsafe(32)
    values = {"hash": _hash(token), "next_hash": _hash(following)}
    return following if await connection.scalar(_ROTATE, values) else None


async def prolong(connection: AsyncConnection, token: str) -> bool:
    """A refresh token that is not rotated was used, and may rest again."""
    return bool(await connection.scalar(_PROLONG, {"hash": _hash(token)}))


async def revoke(
    connection: AsyncConnection, family_id: UUID, *, of_person: UUID | None = None
) -> None:
    """End a family, where a person is named only her own; a trigger tells every worker."""
    await connection.execute(_REVOKE, {"id": family_id, "person_id": of_person})


async def in_force(connection: AsyncConnection, person_id: UUID) -> Sequence[Any]:
    """The families by which apps act for a person: id, created_at, scopes, name_en, name_zh."""
    return (await connection.execute(_IN_FORCE, {"person_id": person_id})).all()


async def _found(connection: AsyncConnection, statement: Any, secret: str) -> Family | None:
    row = (await connection.execute(statement, {"hash": _hash(secret)})).first()
    return Family(**row._mapping) if row is not None else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
