"""What of a family is still allowed: rights may have shrunk since the person approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from hub.identity.clients.client import Client
from hub.identity.grants.families import Family
from hub.identity.grants.reach import reach
from hub.identity.people.person import Person, PersonState


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a token of the family may carry today; `bounds` has the purposes in it."""

    subject: str
    scopes: tuple[str, ...]
    bounds: dict[str, Any]


async def still_allowed(
    connection: AsyncConnection, family: Family, client: Client
) -> Allowed | None:
    """What was approved, as far as person and client still hold it; None when one has ended."""
    async with AsyncSession(connection) as session:
        person = await session.scalar(
            select(Person).where(
                Person.id == family.person_id,
                Person.generation == family.person_generation,
                Person.state == PersonState.ACTIVE,
            )
        )
        if person is None or client.generation != family.client_generation:
            return None
        reached = reach(client, person)
    if reached is None:
        return None
    scopes = tuple(scope for scope in family.scopes if scope in reached.scopes)
    purposes = [purpose for purpose in family.purposes if purpose in reached.purposes]
    if not scopes:
        return None
    return Allowed(person.sub, scopes, reached.bounds | {"purposes": purposes})
