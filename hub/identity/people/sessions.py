"""Who is signed in, in which browser: a random cookie, and a row that knows its hash.

A session ends after half an hour of silence, after twelve hours in any case, at sign-out, and with
the person's generation. Until the second factor is given it is *half open*: it serves the page that
asks for the code, for five minutes and five wrong codes, and nothing else.

Every sign-in makes a new cookie, so that one that was planted before is worth nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Executable,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.kit.db import translated
from hub.model.entity import metadata

IDLE, LONGEST, HALF_OPEN = "30 minutes", "12 hours", "5 minutes"
MOST_WRONG_CODES = 5

session = Table(
    "session",
    metadata,
    Column("cookie_hash", LargeBinary(), primary_key=True, comment="SHA-256 of the cookie."),
    Column("person_id", Uuid(), ForeignKey("identity.person.id"), nullable=False, index=True),
    Column("generation", Integer(), nullable=False, comment="The person's, at sign-in."),
    Column("half_open", Boolean(), nullable=False, comment="Waits for the second factor."),
    Column("wrong_codes", Integer(), nullable=False, server_default=text("0")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column(
        "seen_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True
    ),
    schema="identity",
    comment="Browsers in which a person is signed in.",
)

_OPEN = text(f"""
    WITH ended AS (
        DELETE FROM identity.session WHERE cookie_hash IN (
            SELECT cookie_hash FROM identity.session
            WHERE seen_at < now() - interval '{LONGEST}' LIMIT 4 FOR UPDATE SKIP LOCKED
        )
    ), signed_in AS (
        UPDATE identity.person SET signed_in_at = now() WHERE id = :person_id AND NOT :half_open
    )
    INSERT INTO identity.session (cookie_hash, person_id, generation, half_open)
    VALUES (:cookie_hash, :person_id, :generation, :half_open)
""")

_SEEN = text(f"""
    UPDATE identity.session AS session SET seen_at = now()
    FROM identity.person AS person
    WHERE session.cookie_hash = :cookie_hash
        AND person.id = session.person_id
        AND person.state = 'ACTIVE'
        AND person.generation = session.generation
        AND session.half_open = :half_open
        AND session.wrong_codes < {MOST_WRONG_CODES}
        AND session.created_at > now()
            - CASE WHEN :half_open THEN interval '{HALF_OPEN}' ELSE interval '{LONGEST}' END
        AND session.seen_at > now() - interval '{IDLE}'
    RETURNING session.person_id
""")

_WRONG = text("""
    UPDATE identity.session SET wrong_codes = wrong_codes + 1 WHERE cookie_hash = :cookie_hash
""")

_END = text("DELETE FROM identity.session WHERE cookie_hash = :cookie_hash")


def new_cookie() -> str:
    """256 random bits: for a browser before it is signed in, and for each sign-in anew."""
    return secrets.token_urlsafe(32)


async def begin(
    engine: AsyncEngine, person_id: UUID, generation: int, *, half_open: bool = False
) -> str:
    """Sign a person in; returns the cookie, which is kept nowhere."""
    cookie = new_cookie()
    await _do(
        engine,
        _OPEN,
        cookie_hash=_hash(cookie),
        person_id=person_id,
        generation=generation,
        half_open=half_open,
    )
    return cookie


async def person_of(
    engine: AsyncEngine, cookie: str | None, *, half_open: bool = False
) -> UUID | None:
    """Who is signed in with this cookie; None when nobody is, or no longer."""
    if not cookie:
        return None
    with translated():
        async with engine.begin() as connection:
            found = await connection.scalar(
                _SEEN, {"cookie_hash": _hash(cookie), "half_open": half_open}
            )
    return UUID(str(found)) if found is not None else None


async def wrong_code(engine: AsyncEngine, cookie: str) -> None:
    """Count a wrong code; after five the password is asked for again."""
    await _do(engine, _WRONG, cookie_hash=_hash(cookie))


async def end(engine: AsyncEngine, cookie: str) -> None:
    """Sign out of this browser."""
    await _do(engine, _END, cookie_hash=_hash(cookie))


async def _do(engine: AsyncEngine, statement: Executable, **values: object) -> None:
    with translated():
        async with engine.begin() as connection:
            await connection.execute(statement, values)


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()
