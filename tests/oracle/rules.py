"""Who may see what (handbook, 2.5), written a second time in plain Python.

A `Rule` answers for one row; `row` is None where the answer does not depend on it. What the first
failing rule of a row says is the reason that is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from hub.model.access import Audience, Grant
from tests.oracle.memory import Memory, Row
from tests.oracle.shapes import GROUPS, NOUNS, scope_of

Test = Callable[[Row], bool]


@dataclass(frozen=True)
class Rule:
    """A reason to withhold, and the test that must hold; `never` says that no row can pass."""

    reason: str
    holds: Test = lambda _: False
    never: bool = False
    per_row: bool = True
    scope: str | None = None


@dataclass(frozen=True)
class Rules:
    """The rules for one caller on one day."""

    grant: Grant
    memory: Memory
    today: date

    # Rows

    def of_rows(self, noun: str) -> list[Rule]:
        """The rules that a row must pass to exist for the caller."""
        group = NOUNS[noun].group
        release = self.release(group, noun) if group else []
        return _in_order([*release, *self.own(noun)])

    def own(self, noun: str) -> list[Rule]:
        """The rules beside the release of the noun's group."""
        match noun:
            case "Talent" | "Degree" if self.grant.audience is Audience.PARTNER:
                return [Rule("VISIBILITY", lambda row: row["visibility"] != "P4")]
            case "Agreement" | "Enclave" | "EnclaveResult" | "EnclaveShare":
                return self._agreements()
            case "AgreementPlacement":
                return self._placements()
            case "Matter" | "WorkingGroup" | "WorkingGroupMember":
                inside = self.grant.audience in (Audience.DEPARTMENT, Audience.ADMIN)
                return [] if inside else [Rule("BOUND", never=True)]
            case "Consent":
                return self._consents()
            case "MyDisclosure":
                if self.grant.audience is not Audience.TALENT or not self.grant.talent:
                    return [Rule("BOUND", never=True)]
                return [Rule("BOUND", lambda row: self.grant.talent in row["subjects"])]
            case "Contact" | "FollowUp":
                return self._contacts()
            case "Event":
                return self._events()
            case "Park":
                unpublished = ("PROPOSED", "REJECTED")
                return self._places("id", lambda park: park["state"] not in unpublished)
            case "Workspace":
                return self._places("park_id", lambda space: space["state"] != "DRAFT")
            case "AvailabilityRule" | "Block":
                return self._behind("Workspace", "workspace_id")
            case "Utilisation" | "ReturneeHome":
                return self._behind("Park", "park_id")
            case "Reservation" | "ReservationSeries":
                return self._reservations()
            case "Observation" | "FeeRelief":
                return self._observations()
            case "PolicyVersion":
                return self._unless_draft(lambda version: version)
            case "Clause":
                return self._unless_draft(
                    lambda clause: self.memory.one("PolicyVersion", "key", clause["version_key"])
                )
            case "Project":
                if self.grant.audience in (Audience.DEPARTMENT, Audience.ADMIN):
                    return []
                shown = ("PUBLISHED", "CLOSED")
                return [Rule("VISIBILITY", lambda project: project["state"] in shown)]
        return []

    def _unless_draft(self, version_of: Callable[[Row], Row | None]) -> list[Rule]:
        """A version in draft, and what belongs to it, is for departments."""
        if self.grant.audience in (Audience.DEPARTMENT, Audience.ADMIN):
            return []

        def published(row: Row) -> bool:
            version = version_of(row)
            return version is not None and version["state"] != "DRAFT"

        return [Rule("VISIBILITY", published)]

    def _agreements(self) -> list[Rule]:
        match self.grant.audience:
            case Audience.DEPARTMENT | Audience.INTERNAL | Audience.ADMIN:
                return []
            case Audience.PARTNER if self.grant.partner:
                return [Rule("BOUND", lambda row: row["partner_code"] == self.grant.partner)]
        return [Rule("BOUND", never=True)]

    def _placements(self) -> list[Rule]:
        """What was placed under an agreement is seen as the agreement is."""
        seen = self._agreements()
        if not seen or seen[0].never:
            return seen

        def of_own_agreement(row: Row) -> bool:
            agreement = self.memory.one("Agreement", "id", row["agreement_id"])
            return agreement is not None and seen[0].holds(agreement)

        return [Rule("BOUND", of_own_agreement)]

    def _consents(self) -> list[Rule]:
        match self.grant.audience:
            case Audience.DEPARTMENT:
                return [] if self._for_persons() else [Rule("PURPOSE", never=True)]
            case Audience.TALENT if self.grant.talent:
                return [Rule("BOUND", lambda row: row["talent_id"] == self.grant.talent)]
        return [Rule("BOUND", never=True)]

    def _contacts(self) -> list[Rule]:
        if self.grant.audience not in (Audience.DEPARTMENT, Audience.INTERNAL):
            return [Rule("BOUND", never=True)]
        return [] if self._for_persons() else [Rule("PURPOSE", never=True)]

    def _events(self) -> list[Rule]:
        """Those that are not public or not announced are for the city's own with a scope more."""
        inside = self.grant.audience in (Audience.DEPARTMENT, Audience.INTERNAL)
        if inside and "event:read.internal" in self.grant.scopes:
            return []
        return [Rule("VISIBILITY", lambda row: row["public"] and row["state"] != "PLANNED")]

    def _places(self, park: str, public: Test) -> list[Rule]:
        match self.grant.audience:
            case Audience.DEPARTMENT | Audience.ADMIN:
                return []
            case Audience.OPERATOR:
                own = self.grant.parks
                return [Rule("VISIBILITY", lambda row: public(row) or row[park] in own)]
        return [Rule("VISIBILITY", public)]

    def _behind(self, noun: str, key: str) -> list[Rule]:
        """What belongs to a row of a noun exists for whom that row does."""

        def owner(row: Row) -> Row:
            found = self.memory.one(noun, "id", row[key])
            assert found is not None
            return found

        def as_its_owner(rule: Rule) -> Rule:
            return Rule(rule.reason, lambda row: rule.holds(owner(row)))

        return [*map(as_its_owner, self.own(noun))]

    def _reservations(self) -> list[Rule]:
        grant = self.grant
        match grant.audience:
            case Audience.OPERATOR if grant.parks:
                return [Rule("BOUND", lambda row: row["park_id"] in grant.parks)]
            case Audience.PARTNER if grant.partner:
                return [Rule("BOUND", lambda row: row["partner_code"] == grant.partner)]
            case Audience.INTERNAL:
                return [Rule("BOUND", lambda row: row["requested_by"] == grant.client)]
            case Audience.TALENT if grant.talent:
                return [Rule("BOUND", lambda row: row["holder_talent_id"] == grant.talent)]
        return [Rule("BOUND", never=True)]

    def _observations(self) -> list[Rule]:
        grant = self.grant
        match grant.audience:
            case Audience.DEPARTMENT | Audience.ADMIN:
                return []
            case Audience.OPERATOR if grant.parks:
                return [Rule("BOUND", lambda row: row["park_id"] in grant.parks)]
        return [Rule("BOUND", never=True)]

    def whose(self, noun: str, key: UUID) -> UUID:
        """The person whom a row is about; of a row that does not exist its id as it was sent."""
        row, subject = self.memory.one(noun, "id", key), NOUNS[noun].subject
        found: UUID = row[subject] if row is not None and subject else key
        return found

    # Fields

    def of_field(self, noun: str, field: str) -> list[Rule]:
        """The rules of a field beyond those of its row, its scope first."""
        scope = scope_of(noun, field)
        if scope not in self.grant.scopes:
            return [Rule("SCOPE", never=True, scope=scope)]
        group = GROUPS.get((noun, field))
        rules = self.release(group, noun) if group else []
        if field == "identityNumber" and self.grant.audience is not Audience.DEPARTMENT:
            rules = [*rules, Rule("VISIBILITY", never=True)]
        if (noun, field) == ("Event", "contactCount"):
            inside = self.grant.audience is Audience.DEPARTMENT
            rules = [] if inside else [Rule("VISIBILITY", never=True)]
        return _in_order(rules)

    def release(self, group: str, noun: str) -> list[Rule]:
        """Scope apart, what it takes to receive a field group of a person."""
        subject = NOUNS[noun].subject
        assert subject is not None
        match self.grant.audience:
            case Audience.PARTNER:
                return self._to_partner(group, subject)
            case Audience.TALENT if self.grant.talent:
                return [Rule("BOUND", lambda row: row[subject] == self.grant.talent)]
            case Audience.TALENT:
                return [Rule("BOUND", never=True)]
            case Audience.INTERNAL if group == "IDENTITY":
                return [Rule("VISIBILITY", never=True)]
            case Audience.DEPARTMENT | Audience.INTERNAL:
                return [] if self._for_persons() else [Rule("PURPOSE", never=True)]
        return [Rule("VISIBILITY", never=True)]

    def _for_persons(self) -> bool:
        """Whether there is a purpose, and one for which a person may be read."""
        return self.grant.purpose not in (None, "STATISTICS")

    def _to_partner(self, group: str, subject: str) -> list[Rule]:
        if group == "IDENTITY":
            return [Rule("VISIBILITY", never=True)]
        if not self.grant.partner:
            return [Rule("BOUND", never=True)]
        if not self._for_persons():
            return [Rule("PURPOSE", never=True)]
        agreement = self.agreement()
        named = agreement is not None and group in agreement["field_groups"]
        free = agreement is not None and agreement["lawful_basis"] != "CONSENT"
        return [
            Rule("AGREEMENT", lambda _: named, per_row=False),
            Rule("CONSENT", lambda row: free or self._consented(row[subject], group)),
            *(
                []
                if subject == "id"
                else [Rule("VISIBILITY", lambda row: self._open(row[subject]))]
            ),
        ]

    def _open(self, talent: Any) -> bool:
        """Whether the person's own record may leave at all."""
        person = self.memory.one("Talent", "id", talent)
        return person is not None and person["visibility"] != "P4"

    def agreement(self) -> Row | None:
        """The data-sharing agreement in force with the caller's city that names its purpose."""
        found = [
            row
            for row in self.memory.where("Agreement", "partner_code", self.grant.partner)
            if row["kind"] == "DATA_SHARING"
            and row["state"] == "IN_FORCE"
            and row["valid_from"] is not None
            and row["valid_from"] <= self.today
            and (row["valid_until"] is None or self.today < row["valid_until"])
            and self.grant.purpose in row["purposes"]
            and self._shared_at_all()
        ]
        return found[0] if found else None

    def _shared_at_all(self) -> bool:
        found = self.memory.where("Partner", "code", self.grant.partner)
        return any(self.grant.purpose in row["purposes"] for row in found)

    def _consented(self, talent: Any, group: str) -> bool:
        return any(
            consent["recipient"] == self.grant.partner
            and consent["purpose"] == self.grant.purpose
            and consent["state"] == "GRANTED"
            and consent["valid_from"] <= self.today < consent["valid_until"]
            and group in consent["field_groups"]
            for consent in self.memory.where("Consent", "talent_id", talent)
        )

    # Decisions

    def absent(self, noun: str) -> Rule | None:
        """What is said of a person who is not shown, whether or not she exists."""
        rules = self.of_rows(noun) if NOUNS[noun].subject else []
        alike = (rule for rule in rules if not rule.per_row and not rule.holds({}))
        return next(alike, None) or next((rule for rule in rules if rule.per_row), None)

    def failing(self, rules: list[Rule], row: Row) -> Rule | None:
        """The first rule that the row does not pass."""
        return next((rule for rule in rules if rule.never or not rule.holds(row)), None)

    def sees(self, noun: str, row: Row) -> bool:
        return self.failing(self.of_rows(noun), row) is None

    def never(self, rules: list[Rule]) -> Rule | None:
        """The rule that no row can pass, if there is one: the answer is then known beforehand."""
        return next((rule for rule in rules if rule.never), None)


def _in_order(rules: list[Rule]) -> list[Rule]:
    """What is the same for all rows is told before what differs from row to row."""
    return sorted(rules, key=lambda rule: rule.per_row)
