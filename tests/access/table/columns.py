"""Who asks, a column of the table each: what the token says, and about which person she asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from hub.model.access import Audience, Grant
from hub.model.registry import Registry
from tests.access.table.rows import (
    AGREED,
    APP,
    BASIC_ONLY,
    LAPSED,
    NONE,
    STATUTORY,
    SUSPENDED,
    World,
)
from tests.make import Row


@dataclass(frozen=True)
class Column:
    """One caller, who looks at what is about this city and person."""

    words: str
    grant: Grant
    city: str = AGREED
    person: str = "agreed"

    def main(self, world: World, noun: str) -> list[Row]:
        """The rows that she is entitled to if she is entitled to any."""
        match noun:
            case "Talent" | "Degree" | "Consent":
                return world.persons[self.person][noun]
            case "Reservation":
                return [world.reservations[self.city, self.person]]
            case "ReservationSeries":
                return [world.series[self.city, self.person]]
            case "Agreement":
                return [world.agreements[self.city]]
            case "CountedObject":
                own = (None, world.together[self.city]["EnclaveResult"]["id"])
                return [row for row in world.main[noun] if row["enclave_result_id"] in own]
            case _ if noun in world.together[self.city]:
                return [world.together[self.city][noun]]
            case _:
                assert noun in world.main, f"make a {noun} with every field filled: places.py"
                return world.main[noun]

    def beside(self, world: World, noun: str) -> list[Row]:
        """Rows as close to her, which have a value where the main ones have none."""
        match noun:
            case "Reservation":
                return [world.held[self.city]]
            case "ReservationSeries":
                return [world.held_series[self.city]]
            case "FeeRelief":
                return [world.kept["relief of a person"]]
            case "Consent" if self.person in world.over:
                return [world.over[self.person]]
            case _:
                return []


@dataclass
class _Columns:
    """Grants with every scope, so that nothing but bounds, purpose and person differ."""

    world: World
    scopes: frozenset[str]
    parks: tuple[UUID, ...] = field(init=False)

    def __post_init__(self) -> None:
        [park] = self.world.main["Park"]
        [proposed] = self.world.others["Park"]["proposed, in the operator's bounds"]
        self.parks = (park["id"], proposed["id"])

    def all(self) -> Iterator[Column]:
        yield from self._partners()
        yield from self._operators()
        yield from self._inner_city()
        yield from self._talents()
        yield Column("ADMIN", self._grant(Audience.ADMIN))

    def _partners(self) -> Iterator[Column]:
        def city(code: str, **said: object) -> Grant:
            return self._grant(Audience.PARTNER, partner=code, **said)

        by_agreement = {
            AGREED: "agreement, purpose and consent",
            NONE: "no agreement",
            LAPSED: "agreement that lapsed",
            SUSPENDED: "agreement suspended",
            BASIC_ONLY: "agreement about BASIC alone",
        }
        for code, words in by_agreement.items():
            yield Column(f"PARTNER  {words}", city(code), city=code)
        duty = "agreement under a statutory duty, no consent"
        yield Column(f"PARTNER  {duty}", city(STATUTORY), STATUTORY, "asked nobody")
        purposes = {
            "no purpose": None,
            "purpose STATISTICS": "STATISTICS",
            "purpose that the agreement does not name": "PROJECT_MATCHING",
        }
        for words, purpose in purposes.items():
            yield Column(f"PARTNER  {words}", city(AGREED, purpose=purpose))
        by_consent = {
            "no consent": "asked nobody",
            "consent withdrawn": "withdrew",
            "consent that lapsed": "lapsed",
            "consent for another purpose": "other purpose",
            "consent to BASIC alone": "basic",
            "consent to DEGREE alone": "degree",
            "agreement, purpose and consent, record closed (P4)": "closed",
        }
        for words, person in by_consent.items():
            yield Column(f"PARTNER  {words}", city(AGREED), person=person)
        yield Column("PARTNER  bound to no city", self._grant(Audience.PARTNER))

    def _operators(self) -> Iterator[Column]:
        bound = self._grant(Audience.OPERATOR, parks=self.parks)
        yield Column("OPERATOR  bound to parks", bound)
        yield Column("OPERATOR  bound to none", self._grant(Audience.OPERATOR))

    def _inner_city(self) -> Iterator[Column]:
        """The city's own apps and departments, who need no agreement and no consent."""
        more = {
            Audience.INTERNAL: Column(
                "INTERNAL  for a purpose, another app than asked",
                self._grant(Audience.INTERNAL, client="another-app"),
            ),
            Audience.DEPARTMENT: Column(
                "DEPARTMENT  for a purpose, bound to departments",
                self._grant(Audience.DEPARTMENT, departments=("hr",)),
            ),
        }
        for audience, last in more.items():
            grant = self._grant(audience, client=APP)
            yield Column(f"{audience}  for a purpose", grant, person="asked nobody")
            for words, purpose in {"no purpose": None, "purpose STATISTICS": "STATISTICS"}.items():
                yield Column(f"{audience}  {words}", replace(grant, purpose=purpose))
            yield last

    def _talents(self) -> Iterator[Column]:
        persons = self.world.persons
        [herself], [stranger] = persons["agreed"]["Talent"], persons["stranger"]["Talent"]
        yield Column("TALENT  herself", self._grant(Audience.TALENT, talent=herself["id"]))
        yield Column("TALENT  somebody else", self._grant(Audience.TALENT, talent=stranger["id"]))
        yield Column("TALENT  bound to no person", self._grant(Audience.TALENT))

    def _grant(self, audience: Audience, **said: object) -> Grant:
        given = {"client": "a-client", "purpose": "JOB_MATCHING", **said}
        return Grant(audience=audience, scopes=self.scopes, **given)  # type: ignore[arg-type]  # values of many types


def columns(world: World, registry: Registry) -> list[Column]:
    """All callers whose tokens have every scope."""
    return list(_Columns(world, registry.scopes).all())
