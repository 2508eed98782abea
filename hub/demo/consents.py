"""Invented consents: some three in ten talents let Suzhou read them, two in ten Shanghai.

Some withdrew, some consents ran out, and Shanghai's cover fewer field groups, so that the same
query has different answers for the two cities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import new_ids
from hub.demo.people import Batch, Person
from hub.demo.well_known import (
    SHANGHAI,
    SUZHOU,
    TALENT_ID,
    TALENT_WITHDRAWN_ID,
    TALENT_WITHOUT_CONSENT_ID,
    WELL_KNOWN_TALENTS,
)

COLUMNS = (
    "id",
    "talent_id",
    "recipient",
    "purpose",
    "field_groups",
    "valid_from",
    "valid_until",
    "evidence",
    "withdrawn_at",
    "state",
    "synthetic",
)
EVIDENCE = "示例:本人在云平台在线签署单独同意书"
ALL = ("BASIC", "DEGREE", "CONTACT")


@dataclass(frozen=True)
class Habit:
    """How many talents consent for a city and purpose, and to what."""

    recipient: str
    purpose: str
    share: float
    groups: tuple[tuple[str, ...], ...]


HABITS = (
    Habit(SUZHOU, "JOB_MATCHING", 0.36, (ALL, ALL, ALL[:2], ALL[:1])),
    Habit(SUZHOU, "PROJECT_MATCHING", 0.10, (ALL[:2], ALL[:1])),
    Habit(SHANGHAI, "JOB_MATCHING", 0.25, (ALL[:2], ALL[:2], ALL[:1])),
)
# Of all consents that were ever given, so many stand as this.
_STATES = ("GRANTED", "WITHDRAWN", "EXPIRED", "DECLINED")
_WEIGHTS = (84, 8, 5, 3)


def consents(batch: Batch, people: list[Person], today: date) -> Iterator[tuple[Any, ...]]:
    """The consents of the batch's people."""
    random = batch.random("consents")
    new_id = new_ids(random)
    number = batch.first * len(HABITS)
    for person in people:
        if person.id in WELL_KNOWN_TALENTS:
            found = _well_known(person.id, today)
        else:
            found = _drawn(random, today)
        for consent in found:
            yield (new_id(number), person.id, *consent, True)
            number += 1


def _drawn(random: Random, today: date) -> Iterator[tuple[Any, ...]]:
    for habit in HABITS:
        if random.random() < habit.share:
            state = random.choices(_STATES, _WEIGHTS)[0]
            start = today - timedelta(days=random.randrange(1, 330))
            yield _consent(habit, random.choice(habit.groups), start, state)


def _well_known(talent: UUID, today: date) -> Iterator[tuple[Any, ...]]:
    """The consents that demo clients and documentation count on."""
    suzhou, _, shanghai = HABITS
    start = today - timedelta(days=30)
    if talent == TALENT_WITHOUT_CONSENT_ID:
        return
    yield _consent(suzhou, ALL, start, "GRANTED")
    if talent == TALENT_ID:
        yield _consent(shanghai, ALL[:2], start, "GRANTED")
    if talent == TALENT_WITHDRAWN_ID:
        yield _consent(shanghai, ALL[:2], start, "WITHDRAWN")


def _consent(habit: Habit, groups: tuple[str, ...], start: date, state: str) -> tuple[Any, ...]:
    if state == "EXPIRED":
        start -= timedelta(days=400)
    withdrawn = datetime(start.year, start.month, start.day, 4, tzinfo=UTC) + timedelta(days=1)
    return (
        habit.recipient,
        habit.purpose,
        list(groups),
        start,
        start + timedelta(days=365),
        EVIDENCE,
        withdrawn if state == "WITHDRAWN" else None,
        state,
    )
