"""The people, for who has no request to the API: found, added, moved, given a new password.

It is what the command line, the demo and the hub's own pages use; an administrator's mutations do
the same by `hub.identity.people.changes` in a transaction of their own. A trigger of the table
tells every worker whose standing changed (see `hub.identity.tokens.revocation`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from hub.identity.desk import Desk, desk
from hub.identity.people import changes, invitations
from hub.identity.people import password as passwords
from hub.identity.people.new_person import NewPerson, linked_already, taken
from hub.identity.people.person import Person, PersonState
from hub.identity.people.roles import Role
from hub.kit.db import translated
from hub.kit.errors import BadUserInput
from hub.model.action import Record

COMMAND = "hub users"
PAGES = "hub pages"
"""The client in the ledger of what happens on the hub's own pages; none can be called so."""


async def find(engine: AsyncEngine, username: str) -> Person | None:
    """One person by the name that she signs in with, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.scalar(select(Person).where(Person.username == username))


async def by_city_subject(engine: AsyncEngine, subject: str) -> Person | None:
    """The person who is linked to what the city's provider says, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.scalar(select(Person).where(Person.city_subject == subject))


async def by_id(engine: AsyncEngine, person_id: UUID) -> Person | None:
    """One person, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.get(Person, person_id)


async def existing(engine: AsyncEngine, username: str) -> Person:
    """One person who must be there."""
    return await find(engine, username) or _missing(username)


async def everyone(engine: AsyncEngine) -> Sequence[Person]:
    """All people by name."""
    async with AsyncSession(engine) as session:
        return (await session.scalars(select(Person).order_by(Person.username))).all()


async def add(engine: AsyncEngine, wanted: NewPerson, plain: str | None = None) -> Person:
    """File a person: active with a password, otherwise invited."""
    kept = None if plain is None else await _hashed(plain, wanted.username)
    try:
        async with desk(engine, "addPerson", COMMAND) as work:
            await changes.file(work, wanted, kept)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "uq_person_city_subject":
            raise linked_already() from None
        raise taken(wanted.username) from None
    return await existing(engine, wanted.username)


async def invite(engine: AsyncEngine, username: str) -> str:
    """A new one-time link for a person; those before it end. Returns the secret part."""
    async with of(engine, username, "invitePerson") as (work, row):
        changes.require_signing_in(row)
        return await invitations.make(work, row["id"])


async def reset(engine: AsyncEngine, username: str) -> str:
    """Take password and second factor away, and return the secret part of a link for new ones."""
    async with of(engine, username, "resetPerson") as (work, row):
        await changes.reset(work, row)
        return await invitations.make(work, row["id"])


async def move(engine: AsyncEngine, username: str, to: PersonState) -> None:
    """Move a person to another state; what she had open does not come back with her."""
    async with of(engine, username, "movePerson") as (work, row):
        work.mutation = changes.MOVES.get((row["state"], to), work.mutation)
        await changes.move(work, row, to)


async def set_password(engine: AsyncEngine, username: str, plain: str) -> None:
    """Give a person a new password; what she had open before ends."""
    kept = await _hashed(plain, username)
    async with of(engine, username, "setPassword") as (work, row):
        await changes.choose_password(work, row, kept)


@asynccontextmanager
async def of(
    engine: AsyncEngine, username: str, mutation: str
) -> AsyncIterator[tuple[Desk, Record]]:
    """A transaction of the command line's with one person who must be there, locked."""
    async with desk(engine, mutation, COMMAND) as work:
        row = (await work.locked(Person, username)).get(username)
        yield work, row or _missing(username)


@asynccontextmanager
async def herself(
    engine: AsyncEngine, person: Person, mutation: str
) -> AsyncIterator[tuple[Desk, Record]]:
    """A transaction in which a person changes herself on the hub's own pages, locked."""
    audience = str(Role(person.role).rights.audience)
    async with desk(engine, mutation, PAGES, audience=audience, sub=person.sub) as work:
        row = (await work.locked(Person, person.username)).get(person.username)
        yield work, row or _missing(person.username)


async def use_step(engine: AsyncEngine, person_id: UUID, step: int) -> bool:
    """Use up a time step of the second factor: of two with one code, one gets False."""
    statement = (
        update(Person)
        .where(Person.id == person_id, func.coalesce(Person.totp_step, -1) < step)
        .values(totp_step=step)
        .returning(Person.id)
    )
    with translated():
        async with engine.begin() as connection:
            return (await connection.execute(statement)).first() is not None


async def _hashed(plain: str, username: str) -> str:
    """Off the event loop, and before any row is locked: argon2id takes some 25 ms."""
    return await asyncio.to_thread(passwords.hashed, plain, username)


def _missing(username: str) -> NoReturn:
    raise BadUserInput(
        f"There is nobody called {username}.", next_step="`hub users list` shows who there is."
    )
