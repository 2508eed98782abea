"""Who receives which field group of a person: the decision of the handbook, 2.5.

A partner city: a purpose, an agreement in force that names purpose and group, and the person's live
consent for this city, purpose and group, unless the agreement rests on another lawful basis.
Departments and internal apps: a purpose; the statutory duty is recorded as the basis. The person:
her own rows. Everybody else: nothing. Identity documents leave to departments and the person only,
their full number to departments only.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, any_, literal_column, or_

from hub.model.access import (
    Audience,
    Caller,
    Check,
    Evidence,
    Group,
    Reason,
    Row,
    Rule,
    constant,
    rule,
)
from hub.model.codes import FieldGroup, LawfulBasis
from hub.model.types import Visibility
from hub.subgraphs.talent.consent import Consent
from hub.subgraphs.talent.rules import NEEDS_PURPOSE, ConsentState, Scope, duty

NEEDS_CITY = "a token bound to a partner city"
NEEDS_SELF = "a token of the person herself"

Checks = tuple[Check, ...]


def only(group: FieldGroup) -> ColumnElement[list[str]]:
    """The group as an array; `= ANY (SELECT ...)` would compare it with rows, not with members."""
    return literal_column(f"ARRAY['{group.value}']")


@rule(Reason.VISIBILITY, "nothing: the record is closed to partner cities")
def not_closed(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What is marked P4 never leaves to a partner city, whatever was consented to."""
    if caller.audience is not Audience.PARTNER:
        return True
    return row.visibility != constant(Visibility.P4)


def _never(reason: Reason, needs: str) -> Checks:
    return (Check(reason, False, needs, per_row=False),)


def _to_partner(group: FieldGroup, row: Row, caller: Caller) -> Checks:
    if group is FieldGroup.IDENTITY:
        return _never(
            Reason.VISIBILITY, "nothing: identity documents never leave to a partner city"
        )
    if not caller.has("partner"):
        return _never(Reason.BOUND, NEEDS_CITY)
    if not caller.has("purpose"):
        return _never(Reason.PURPOSE, NEEDS_PURPOSE)
    agreement = caller.fact("cooperation.agreement")
    closed: Checks = ()
    if not row.is_subject:  # her own record says so in the rule of its rows
        talents = caller.registry.nouns["Talent"].table
        person = caller.look_up("person", talents, lambda person: person.id == row.subject)
        closed = not_closed(person, caller)
    consent = caller.look_up(
        "consent",
        Consent.__table__,
        lambda consent: and_(
            consent.talent_id == row.subject,
            consent.recipient == caller.partner,
            consent.purpose == caller.purpose,
            consent.state == constant(ConsentState.GRANTED),
            consent.from_ <= caller.today,
            caller.today < consent.until,
        ),
    )
    return (
        Check(
            Reason.AGREEMENT,
            agreement.field_groups.op("@>", is_comparison=True)(only(group)).is_(True),
            f"a data-sharing agreement in force that names the purpose and {group}",
            per_row=False,
        ),
        Check(
            Reason.CONSENT,
            or_(
                agreement.lawful_basis != constant(LawfulBasis.CONSENT),
                constant(group) == any_(consent.field_groups),
            ).is_(True),
            f"the person's live consent for this city, purpose and {group}",
        ),
        *closed,
    )


def _checks(group: FieldGroup, row: Row, caller: Caller) -> Checks:
    match caller.audience:
        case Audience.PARTNER:
            return _to_partner(group, row, caller)
        case Audience.TALENT if caller.has("talent"):
            return (Check(Reason.BOUND, row.subject == caller.talent, NEEDS_SELF),)
        case Audience.TALENT:
            return _never(Reason.BOUND, NEEDS_SELF)
        case Audience.INTERNAL if group is FieldGroup.IDENTITY:
            return _never(Reason.VISIBILITY, "a token of a department or of the person herself")
        case Audience.DEPARTMENT | Audience.INTERNAL if not caller.has("purpose"):
            return _never(Reason.PURPOSE, NEEDS_PURPOSE)
        case Audience.DEPARTMENT | Audience.INTERNAL:
            return ()
        case _:
            return _never(Reason.VISIBILITY, "a token for whom personal data is meant")


def _group(group: FieldGroup, scope: Scope) -> Group:
    release = Rule(lambda row, caller: _checks(group, row, caller))
    return Group(group.value, scope, release, _evidence)


def _evidence(caller: Caller) -> Evidence:
    """A partner's release rests on its agreement's basis, a department's on its statutory duty."""
    match caller.audience:
        case Audience.PARTNER if caller.has("partner") and caller.has("purpose"):
            agreement = caller.fact("cooperation.agreement")
            return Evidence(agreement.lawful_basis, agreement.id)
        case _:
            return duty(caller)


BASIC = _group(FieldGroup.BASIC, Scope.talent_read_basic)
DEGREE = _group(FieldGroup.DEGREE, Scope.talent_read_degree)
CONTACT = _group(FieldGroup.CONTACT, Scope.talent_read_contact)
IDENTITY = _group(FieldGroup.IDENTITY, Scope.talent_read_identity)


@rule(Reason.VISIBILITY, "a token of a department", per_row=False)
def departments_only(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """The full number of an identity document goes to departments only."""
    return caller.audience is Audience.DEPARTMENT
