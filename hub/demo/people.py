"""Invented people: talents, batch by batch, with what their degrees and consents go by.

Nobody can be reached or mistaken for somebody: phone numbers stand in a range that does not exist
(+86 120...), e-mail addresses at example.org (RFC 2606), identity numbers in a county that was
never assigned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hub.demo.ids import day_between, new_ids, random_for
from hub.demo.names import chinese, overseas
from hub.demo.organisations import UNASSIGNED
from hub.demo.well_known import WELL_KNOWN_TALENTS
from hub.kit.checks import resident_check
from hub.kit.crypto import Sealer

COLUMNS = (
    "id",
    "display_name",
    "family_name_zh",
    "given_name_zh",
    "family_name_latin",
    "given_name_latin",
    "returnee_status",
    "level",
    "returned_on",
    "graduated_on",
    "target_industries",
    "languages",
    "highest_degree",
    "title_level",
    "skill_level",
    "phone",
    "phone_blind",
    "email",
    "email_blind",
    "identity_type",
    "identity_territory",
    "identity_last4",
    "identity_number",
    "identity_hash",
    "residence_division_code",
    "synthetic",
)
RANKS = ("NONE", "BACHELOR", "MASTER", "DOCTOR")
FIRST_BIRTHDAY = date(1966, 1, 1)
BIRTHDAYS = 13_500
"""Days over which births are spread: with a thousand on each, 13 million people."""
GRADUATION = (timedelta(0), *(timedelta(days=365 * age) for age in (22, 25, 28)))
"""At which age somebody graduates at the earliest, by rank."""

# None = unknown; each list is drawn from as it stands, so that what is common stands more often.
_STATUSES = ["DECLARED", "DECLARED", "RECOGNISED", "RECOGNISED", "RECOGNISED", "LAPSED", None]
_LEVELS = ["GENERAL", "GENERAL", "GENERAL", "HIGH_LEVEL", None]
_TITLES = ["NONE", "JUNIOR", "INTERMEDIATE", "INTERMEDIATE", "ASSOCIATE_SENIOR", "FULL_SENIOR"]
_SKILLS = ["SENIOR_WORKER", "TECHNICIAN", "SENIOR_TECHNICIAN", "CHIEF_TECHNICIAN"]
_INDUSTRIES = list("CCCDEFGIIIJLMMMNOPQR")
_LANGUAGES = ["en", "en", "en", "en", "ja", "de", "fr", "ko", "es", "ru"]
_TERRITORIES = ["US", "GB", "DE", "FR", "SG", "JP", "KR", "AU", "CA", "IN"]


@dataclass(frozen=True)
class Person:
    """One talent: the row, and what the rows about her go by.

    `rank` is the degree of the last graduation, which may lie ahead.
    """

    id: UUID
    row: tuple[Any, ...]
    rank: int
    graduated_on: date


@dataclass(frozen=True)
class Batch:
    """The people from `first` up to, and not including, `last`."""

    seed: int
    first: int
    last: int

    def random(self, what: str) -> Random:
        return random_for(self.seed, f"{what}/{self.first}")


def people(batch: Batch, divisions: list[str], sealer: Sealer, today: date) -> Iterator[Person]:
    """The batch's people."""
    random = batch.random("people")
    new_id = new_ids(random)
    for number in range(batch.first, batch.last):
        known = number < len(WELL_KNOWN_TALENTS)
        id_ = WELL_KNOWN_TALENTS[number] if known else new_id(number)
        yield _person(id_, number, random, divisions, sealer, today)


def _person(
    id_: UUID, number: int, random: Random, divisions: list[str], sealer: Sealer, today: date
) -> Person:
    chance = random.random
    known = id_ in WELL_KNOWN_TALENTS
    from_abroad = chance() < 0.1
    name = overseas(random) if from_abroad else chinese(random)
    born = FIRST_BIRTHDAY + timedelta(days=(number * 7_919 + 8_900) % BIRTHDAYS)
    rank, graduated = _graduation(random, born, today)
    returned = graduated + timedelta(days=random.randrange(30, 1_500))
    phone = f"+86120{number:08d}"
    email = f"{name.given_latin}.{name.family_latin}.{number}".lower()
    email = "".join(c for c in email if c.isascii() and c not in " '") + "@example.org"
    kind, territory, document = _document(number, born, from_abroad, random)
    row = (
        id_,
        *name,
        random.choice(_STATUSES),
        random.choice(_LEVELS),
        returned if returned <= today and chance() < 0.9 else None,
        graduated,
        sorted({random.choice(_INDUSTRIES) for _ in range(random.randrange(1, 4))}),
        sorted({"zh", random.choice(_LANGUAGES)} if chance() < 0.9 else {"zh"}),
        RANKS[rank if graduated <= today else rank - 1],
        random.choice(_TITLES) if chance() < 0.7 else None,
        random.choice(_SKILLS) if chance() < 0.1 else None,
        *(_sealed(sealer, phone, "talent.phone") if known or chance() < 0.95 else (None, None)),
        *(_sealed(sealer, email, "talent.email") if known or chance() < 0.9 else (None, None)),
        kind,
        territory,
        document[-4:],
        *_sealed(sealer, document, "talent.identity_number"),
        random.choice(divisions) if chance() < 0.9 else None,
        True,
    )
    return Person(id_, row, rank, graduated)


def _graduation(random: Random, born: date, today: date) -> tuple[int, date]:
    """Rank and day of the last graduation, which lies at most some months ahead."""
    rank = random.choices((1, 2, 3), (35, 45, 20))[0]
    ahead = today + timedelta(days=270)
    while rank > 1 and born + GRADUATION[rank] > ahead:
        rank -= 1
    first = born + GRADUATION[rank]
    return rank, day_between(random, first, max(first, min(first + timedelta(days=1_800), ahead)))


def _sealed(sealer: Sealer, text: str, context: str) -> tuple[str, str]:
    return sealer.seal(text, context), sealer.blind(text, context)


def _document(number: int, born: date, from_abroad: bool, random: Random) -> tuple[str, str, str]:
    """Kind, issuing territory and number of an identity document, each number another."""
    if not from_abroad:
        series = (number // BIRTHDAYS + born.toordinal() * 7) % 1_000
        body = f"{UNASSIGNED}{born:%Y%m%d}{series:03d}"
        return "RIC", "CN", body + resident_check(body)
    kind = random.choice(("PASSPORT", "PASSPORT", "PASSPORT", "HK_MO_PERMIT", "FOREIGN_PR"))
    if kind == "HK_MO_PERMIT":
        return kind, random.choice(("HK", "MO")), f"H{number:08d}"
    return kind, random.choice(_TERRITORIES), f"ZZ{number:07d}"
