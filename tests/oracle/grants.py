"""Grants of many shapes: every audience, with and without its bounds, purposes and scopes."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

from hub.model.access import Audience, Grant
from tests.oracle.memory import Memory
from tests.oracle.shapes import GROUP_SCOPES, NOUNS, SCOPES

ALL_SCOPES = frozenset(
    (*(noun.scope for noun in NOUNS.values()), *SCOPES.values(), *GROUP_SCOPES.values())
)
PURPOSES = ("JOB_MATCHING", "PROJECT_MATCHING", "PARK_SETTLEMENT", "STATISTICS")


def some_grant(dice: Random, memory: Memory) -> Grant | None:
    """What one caller may do; None, rarely, for who sends no token."""
    if dice.random() < 0.02:
        return None
    audience = dice.choice((*Audience, Audience.PARTNER, Audience.PARTNER, Audience.DEPARTMENT))
    purpose = dice.choice((*PURPOSES, PURPOSES[0], PURPOSES[0], None))
    partners = [row["code"] for row in memory.rows["Partner"]]
    bound = dice.random() < 0.85
    return Grant(
        client=dice.choice(("client-0", "client-1", 'a "client"')),
        audience=audience,
        scopes=_scopes(dice),
        sub=dice.choice(("", "somebody")),
        talent=_talent(dice, memory) if audience is Audience.TALENT and bound else None,
        partner=dice.choice((*partners, partners[0], partners[1], "999999"))
        if audience is Audience.PARTNER and bound
        else None,
        parks=_parks(dice, memory) if audience is Audience.OPERATOR and bound else (),
        purposes=() if purpose is None else (purpose,),
        purpose=purpose,
        token_id=dice.choice(("", "token-1")),
    )


def partners(memory: Memory) -> list[Grant]:
    """Partner cities with every scope and a purpose that their agreements name."""
    return [
        Grant(
            client="client-0",
            audience=Audience.PARTNER,
            scopes=ALL_SCOPES,
            partner=row["code"],
            purposes=PURPOSES[:1],
            purpose=PURPOSES[0],
        )
        for row in memory.rows["Partner"][:2]
    ]


def without_some_scope(dice: Random, grant: Grant | None) -> Grant | None:
    """The same caller with a little less: what was planned for the one must not serve the other."""
    if grant is None or not grant.scopes:
        return grant
    lost = dice.sample(sorted(grant.scopes), dice.randint(1, min(4, len(grant.scopes))))
    return replace(grant, scopes=grant.scopes - frozenset(lost))


def _scopes(dice: Random) -> frozenset[str]:
    ordered = sorted(ALL_SCOPES)
    match dice.randrange(6):
        case 0:
            return frozenset(dice.sample(ordered, dice.randint(0, len(ordered))))
        case 1 | 2:
            return ALL_SCOPES - {dice.choice(ordered)}
    return ALL_SCOPES


def _talent(dice: Random, memory: Memory) -> UUID:
    """Someone who holds a reservation, or anyone."""
    holders = [row["holder_talent_id"] for row in memory.rows["Reservation"]]
    everyone = [row["id"] for row in memory.rows["Talent"]]
    chosen: UUID = dice.choice([holder for holder in holders if holder] + everyone)
    return chosen


def _parks(dice: Random, memory: Memory) -> tuple[UUID, ...]:
    return tuple(row["id"] for row in dice.sample(memory.rows["Park"], dice.randint(1, 4)))
