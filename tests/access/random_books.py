"""Random books of agreements and consents, and who might ask; stored for the hub as they stand."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.access.decision import GROUPS, ON_NOBODY, SCOPES, Agreement, Book, Client, Consent
from tests.make import Make, Row

CITIES = ("320500", "310000", "320200")
PURPOSES = ("JOB_MATCHING", "PROJECT_MATCHING", "PARK_SETTLEMENT", ON_NOBODY)
SHARED = GROUPS[:3]
PERSONS = 12
FIRST = date(2026, 1, 1)
DAYS = 300


class Dice(Random):
    """Draws what books are made of."""

    def some(self, choices: tuple[str, ...], least: int = 0) -> frozenset[str]:
        return frozenset(self.sample(choices, self.randint(least, len(choices))))

    def day(self) -> date:
        return FIRST + timedelta(days=self.randint(0, DAYS))

    def period(self, about: date) -> tuple[date, date]:
        """Mostly around a day, at times just before, just behind it or right at its edges."""
        since = about + timedelta(days=self.choice((-30, -1, 0, 0, -9, 1)))
        until = about + timedelta(days=self.choice((60, 30, 1, 1, 0)))
        return since, max(until, since + timedelta(days=1))


def book(dice: Dice) -> Book:
    """Of each city at most one agreement is in force, of each kind of consent one is granted."""
    made = Book(dice.day())
    for city in CITIES:
        made.partners[city] = dice.some(PURPOSES, 2)
        in_force = False
        for _ in range(dice.randint(0, 3)):
            states = ("SIGNED", "SUSPENDED", "EXPIRED", "TERMINATED")
            state = "IN_FORCE" if not in_force and dice.random() < 0.8 else dice.choice(states)
            in_force |= state == "IN_FORCE"
            since, until = dice.period(made.day)
            made.agreements.append(
                Agreement(
                    city,
                    "DATA_SHARING",
                    state,
                    dice.some(PURPOSES, 2),
                    dice.some(SHARED, 1),
                    dice.choice(("CONSENT", "CONSENT", "CONSENT", "STATUTORY_DUTY", "CONTRACT")),
                    since,
                    until if dice.random() < 0.7 else None,
                )
            )
    for person in range(PERSONS):
        if dice.random() < 0.15:
            made.closed.add(person)
        granted = set()
        for _ in range(dice.randint(0, 6)):
            city, purpose = dice.choice((*CITIES, "320400")), dice.choice(PURPOSES[:3])
            states = ("REQUESTED", "DECLINED", "WITHDRAWN", "EXPIRED")
            free = (city, purpose) not in granted
            state = "GRANTED" if free and dice.random() < 0.75 else dice.choice(states)
            if state == "GRANTED":
                granted.add((city, purpose))
            since, until = dice.period(made.day)
            groups = dice.some(SHARED, 1)
            made.consents.append(Consent(person, city, purpose, groups, state, since, until))
    return made


def client(dice: Dice) -> Client:
    """Mostly partners, with most of the scopes."""
    audience = dice.choice(("PARTNER",) * 6 + ("DEPARTMENT", "INTERNAL", "TALENT", "OPERATOR"))
    scopes = frozenset(scope for scope in SCOPES.values() if dice.random() < 0.85)
    partner = audience == "PARTNER" and dice.random() < 0.97
    return Client(
        audience,
        scopes | {"reference:read"},
        dice.choice((*PURPOSES, PURPOSES[0], PURPOSES[1], None)),
        dice.choice((*CITIES, "320400")) if partner else None,
        dice.randrange(PERSONS) if audience == "TALENT" else None,
    )


async def store(make: Make, kept: Book) -> list[Row]:
    """The book's rows; the persons in their order, who live in one division and hold a degree."""
    division = await make.some_division("320600")
    partners = {
        code: await make.partner(code, purposes=sorted(purposes))
        for code, purposes in kept.partners.items()
    }
    for agreement in kept.agreements:
        await make.sharing(
            partner=partners[agreement.partner],
            state=agreement.state,
            purposes=sorted(agreement.purposes),
            field_groups=sorted(agreement.groups),
            lawful_basis=agreement.basis,
            valid_from=agreement.since,
            valid_until=agreement.until,
        )
    persons = []
    for number in range(PERSONS):
        closed: dict[str, Any] = {"visibility": "P4"} if number in kept.closed else {}
        person = await make.known_talent(residence=division, **closed)
        await make.degree(talent=person)
        persons.append(person)
    for consent in kept.consents:
        await make.consent(
            talent=persons[consent.talent],
            recipient=consent.recipient,
            purpose=consent.purpose,
            field_groups=sorted(consent.groups),
            state=consent.state,
            valid_from=consent.since,
            valid_until=consent.until,
        )
    return persons
