"""The decision who receives what of a person, written once more, slowly and plainly.

From the handbook alone (2.5, and 2.7 rule 10): release of a field to a partner is scope and bound
and agreement in force and purpose and live consent, or another lawful basis of the agreement, and
visibility; departments and internal apps need scope and purpose; the person has her own. It imports
nothing of what it judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

SCOPES = {
    "BASIC": "talent:read.basic",
    "DEGREE": "talent:read.degree",
    "CONTACT": "talent:read.contact",
    "IDENTITY": "talent:read.identity",
}
GROUPS = tuple(SCOPES)
ON_NOBODY = "STATISTICS"
"""The purpose that releases no person."""


@dataclass(frozen=True)
class Agreement:
    partner: str
    kind: str
    state: str
    purposes: frozenset[str]
    groups: frozenset[str]
    basis: str
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        begun = self.since <= day
        return self.state == "IN_FORCE" and begun and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Consent:
    talent: int
    recipient: str
    purpose: str
    groups: frozenset[str]
    state: str
    since: date
    until: date

    def lives(self, day: date) -> bool:
        return self.state == "GRANTED" and self.since <= day < self.until


@dataclass
class Book:
    """All that is on record: partners with the purposes registered for them, and the rest."""

    day: date
    partners: dict[str, frozenset[str]] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    """Persons whose record never leaves to a partner (P4)."""


@dataclass(frozen=True)
class Client:
    """Who asks, as its token says."""

    audience: str
    scopes: frozenset[str]
    purpose: str | None = None
    partner: str | None = None
    talent: int | None = None


def sees(book: Book, client: Client, talent: int) -> bool:
    """Whether a person is there at all for a client."""
    return receives(book, client, talent, "BASIC")


def receives(book: Book, client: Client, talent: int, group: str) -> bool:
    """Whether a client may have a field group of a person."""
    return SCOPES[group] in client.scopes and released(book, client, talent, group)


def released(book: Book, client: Client, talent: int, group: str) -> bool:
    """Whether the rules let a group of a person leave to a client, its scopes apart."""
    if client.audience == "TALENT":
        return client.talent == talent
    if client.audience not in ("PARTNER", "DEPARTMENT", "INTERNAL"):
        return False
    if client.purpose is None or client.purpose == ON_NOBODY:
        return False
    if client.audience == "DEPARTMENT":
        return True
    if client.audience == "INTERNAL":
        return group != "IDENTITY"
    return to_partner(book, client, talent, group)


def to_partner(book: Book, client: Client, talent: int, group: str) -> bool:
    """The release to a partner city."""
    if client.partner is None or client.purpose is None or group == "IDENTITY":
        return False
    if talent in book.closed or client.purpose not in book.partners.get(client.partner, ()):
        return False
    for agreement in book.agreements:
        if (
            agreement.partner == client.partner
            and agreement.kind == "DATA_SHARING"
            and agreement.holds(book.day)
            and client.purpose in agreement.purposes
        ):
            return group in agreement.groups and (
                agreement.basis != "CONSENT" or consented(book, client, talent, group)
            )
    return False


def consented(book: Book, client: Client, talent: int, group: str) -> bool:
    return any(
        consent.talent == talent
        and consent.recipient == client.partner
        and consent.purpose == client.purpose
        and group in consent.groups
        and consent.lives(book.day)
        for consent in book.consents
    )
