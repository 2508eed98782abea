"""The people: found, added, moved through their life cycle, given a new password.

Each change is one statement. A trigger of the table tells every worker whose standing changed (see
`hub.identity.tokens.revocation`); what ends tokens and sessions raises the generation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from hub.identity.clients.enrol import Bounds
from hub.identity.people import password as passwords
from hub.identity.people.person import PERSON_LIFE, Person, PersonState
from hub.identity.people.roles import Role
from hub.kit.db import translated
from hub.kit.errors import BadUserInput

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")


@dataclass(frozen=True)
class NewPerson:
    """What an administrator says about somebody who shall be able to sign in."""

    username: str
    role: Role
    bounds: Bounds = field(default_factory=Bounds)
    synthetic: bool = False

    def checked(self) -> NewPerson:
        """Itself, or a refusal that says what is wrong."""
        if not USERNAME.fullmatch(self.username):
            raise BadUserInput(
                f"{self.username!r} cannot be a user name.",
                next_step="Use 2 to 63 lower-case letters, digits, dots and hyphens, a letter "
                "first.",
            )
        needs = self.role.rights.needs
        if needs is not None and not getattr(self.bounds, needs):
            raise BadUserInput(
                f"A person of the role {self.role} needs the bound {needs}.",
                next_step=f"Give --{needs.removesuffix('s')}.",
            )
        return self


async def find(engine: AsyncEngine, username: str) -> Person | None:
    """One person by the name that she signs in with, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.scalar(select(Person).where(Person.username == username))


async def by_id(engine: AsyncEngine, person_id: UUID) -> Person | None:
    """One person, or None."""
    with translated():
        async with AsyncSession(engine) as session:
            return await session.get(Person, person_id)


async def existing(engine: AsyncEngine, username: str) -> Person:
    """One person who must be there."""
    person = await find(engine, username)
    if person is None:
        raise BadUserInput(
            f"There is nobody called {username}.",
            next_step="`hub users list` shows who there is.",
        )
    return person


async def everyone(engine: AsyncEngine) -> Sequence[Person]:
    """All people by name."""
    async with AsyncSession(engine) as session:
        return (await session.scalars(select(Person).order_by(Person.username))).all()


async def add(engine: AsyncEngine, wanted: NewPerson, plain: str | None = None) -> Person:
    """File a person: active with a password, otherwise invited."""
    wanted.checked()
    person = Person(
        username=wanted.username,
        role=wanted.role,
        state=PersonState.INVITED if plain is None else PersonState.ACTIVE,
        password_hash=None if plain is None else passwords.hashed(plain, wanted.username),
        parks=list(wanted.bounds.parks),
        departments=list(wanted.bounds.departments),
        purposes=list(wanted.bounds.purposes),
        talent=wanted.bounds.talent,
        synthetic=wanted.synthetic,
    )
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(person)
        try:
            await session.commit()
        except IntegrityError as error:
            if "uq_person_username" not in str(error.orig):
                raise
            raise BadUserInput(
                f"There is somebody called {wanted.username} already.",
                next_step=f"Choose another name, or look: `hub users show {wanted.username}`.",
            ) from None
    return person


async def change(
    connection: AsyncConnection,
    person_id: UUID,
    *,
    only_in: Sequence[PersonState] = tuple(PersonState),
    **values: Any,
) -> bool:
    """Write values to a person who is in one of the states; whether there was one."""
    statement = (
        update(Person)
        .where(Person.id == person_id, Person.state.in_(only_in))
        .values(
            **values,
            version=Person.version + 1,
            updated_at=func.now(),
            change_xid=func.pg_current_xact_id(),
        )
        .returning(Person.id)
    )
    return (await connection.execute(statement)).first() is not None


async def move(engine: AsyncEngine, username: str, to: PersonState) -> None:
    """Move a person to another state; what she had open does not come back with her."""
    person = await existing(engine, username)
    values: dict[str, Any] = {"state": to}
    if to in (PersonState.SUSPENDED, PersonState.CLOSED):
        values["generation"] = Person.generation + 1
    async with engine.begin() as connection:
        if await change(connection, person.id, only_in=PERSON_LIFE.before(to), **values):
            return
    current = await existing(engine, username)
    legal = ", ".join(PERSON_LIFE.after(current.state)) or "none"
    raise BadUserInput(
        f"{username} is {current.state} and cannot become {to}; from there: {legal}.",
        next_step=f"`hub users show {username}` shows where she stands.",
    )


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


async def set_password(
    connection: AsyncConnection, person: Person, plain: str, **values: Any
) -> bool:
    """Give a person a new password; what she had open before ends. False: she may not have one."""
    return await change(
        connection,
        person.id,
        only_in=(PersonState.INVITED, PersonState.ACTIVE),
        password_hash=passwords.hashed(plain, person.username),
        state=PersonState.ACTIVE,
        generation=Person.generation + 1,
        **values,
    )
