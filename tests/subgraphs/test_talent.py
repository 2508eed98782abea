"""Talents, degrees and consents: what may be stored, and to whom it is released."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.model.access import Audience
from tests.make import Make, Row
from tests.subgraphs.conftest import (
    SHANGHAI,
    SUZHOU,
    Ask,
    as_,
    department,
    internal,
    nodes,
    operator,
    partner,
    talent,
)

IDENTITY = "identityType identityTerritory identityLast4 identityNumber"


@pytest.fixture
async def suzhou(connection: asyncpg.Connection, make: Make) -> Row:
    """Suzhou with an agreement in force for every group that may be shared."""
    city: Row = await connection.fetchrow(
        "SELECT * FROM cooperation.partner WHERE code = $1", SUZHOU
    )
    await make.sharing(partner=city)
    return city


def one(person: Row, fields: str) -> str:
    return f'{{talent(id: "Talent:{person["id"]}"){{{fields}}}}}'


# What cannot be stored


async def test_second_live_consent_for_the_same_is_refused(make: Make) -> None:
    person = await make.talent()
    await make.consent(talent=person, recipient=SUZHOU)
    await make.consent(talent=person, recipient=SHANGHAI)
    await make.consent(talent=person, recipient=SUZHOU, purpose="PROJECT_MATCHING")
    await make.consent(talent=person, recipient=SUZHOU, state="WITHDRAWN")
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_consent_granted"):
        await make.consent(talent=person, recipient=SUZHOU)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"field_groups": ["BASIC", "IDENTITY"]}, "identity_never_shared"),
        ({"field_groups": []}, "field_groups_some"),
        ({"purpose": "MARKETING"}, "purpose_known"),
        ({"state": "WITHDRAWN", "withdrawn_at": None}, "withdrawn_when"),
    ],
)
async def test_wrong_consent_is_refused(make: Make, wrong: dict[str, Any], rule: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await make.consent(talent=await make.talent(), recipient=SUZHOU, **wrong)
    assert raised.value.constraint_name == f"ck_consent_{rule}"


async def test_identity_document_belongs_to_one_person(make: Make) -> None:
    await make.known_talent(identity_hash="h")
    await make.known_talent(identity_hash="h", identity_type="FOREIGN_PR")
    with pytest.raises(asyncpg.UniqueViolationError):
        await make.known_talent(identity_hash="h")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"phone_blind": None}, "phone_blind_beside"),
        ({"email": None}, "email_blind_beside"),
        ({"identity_hash": None}, "identity_whole"),
        ({"identity_last4": None}, "identity_whole"),
        ({"identity_territory": "Singapore"}, "identity_territory_form"),
    ],
)
async def test_half_of_a_sealed_value_is_refused(
    make: Make, wrong: dict[str, Any], rule: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await make.known_talent(**wrong)
    assert raised.value.constraint_name == f"ck_talent_{rule}"


async def test_certified_degree_says_when(make: Make) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="certified_when"):
        await make.degree(talent=await make.talent(), certification_state="CERTIFIED")


# To whom it is released; the whole table stands in tests/access


async def test_partner_reads_degrees_of_the_person_looked_up_only(
    make: Make, ask: Ask, suzhou: Row
) -> None:
    """Other persons with consents and degrees are there to be mixed up with."""
    people = [await make.talent(display_name=name) for name in ("甲", "乙", "丙")]
    for person in people:
        await make.consent(talent=person, recipient=suzhou["code"])
        await make.degree(talent=person, institution_name=person["display_name"])
    document = one(
        people[1],
        "displayName degrees(first: 9){totalCount pageInfo{hasNextPage}"
        " edges{node{institutionName talent{displayName}}}}",
    )
    assert (await ask(partner(SUZHOU), document))["talent"] == {
        "displayName": "乙",
        "degrees": {
            "totalCount": 1,
            "pageInfo": {"hasNextPage": False},
            "edges": [{"node": {"institutionName": "乙", "talent": {"displayName": "乙"}}}],
        },
    }


async def test_record_closed_to_partners_stays_closed_with_consent(
    make: Make, ask: Ask, suzhou: Row
) -> None:
    person = await make.talent(visibility="P4")
    await make.consent(talent=person, recipient=suzhou["code"])
    document = one(person, "displayName")
    assert (await ask(partner(SUZHOU), document))["talent"] is None
    assert (await ask(department(), document))["talent"] is not None
    assert (await ask(partner(SUZHOU), "{talents(first: 9){totalCount}}"))["talents"] == {
        "totalCount": 0
    }


async def test_identity_goes_to_departments_and_the_person_and_its_number_to_departments(
    make: Make, ask: Ask, suzhou: Row
) -> None:
    person = await make.known_talent()
    await make.consent(talent=person, recipient=suzhou["code"])
    document = one(person, IDENTITY)
    shown = {"identityType": "PASSPORT", "identityTerritory": "SG", "identityLast4": "7654"}
    nothing = dict.fromkeys((*shown, "identityNumber"))
    number = "<talent.identity_number>"
    assert (await ask(department(), document))["talent"] == {**shown, "identityNumber": number}
    assert (await ask(talent(person["id"]), document))["talent"] == {
        **shown,
        "identityNumber": None,
    }
    assert (await ask(partner(SUZHOU), document))["talent"] == nothing
    assert (await ask(internal(), document))["talent"] == nothing


async def test_without_a_purpose_nobody_but_the_person_reads(
    make: Make, ask: Ask, suzhou: Row
) -> None:
    person = await make.talent()
    await make.consent(talent=person, recipient=suzhou["code"])
    document = one(person, "displayName")
    for audience in (Audience.DEPARTMENT, Audience.INTERNAL):
        assert (await ask(as_(audience, purpose=None), document))["talent"] is None
    city = as_(Audience.PARTNER, partner=SUZHOU, purpose=None)
    assert (await ask(city, document))["talent"] is None
    assert (await ask(operator(), document))["talent"] is None
    assert (await ask(talent(person["id"]), document))["talent"] is not None


async def test_talent_sees_herself_and_her_consents_only(make: Make, ask: Ask, suzhou: Row) -> None:
    person, other = await make.talent(), await make.talent()
    for who, evidence in ((person, "mine"), (other, "another's")):
        await make.consent(talent=who, recipient=suzhou["code"], evidence=evidence)
    document = "{talents(first: 9){totalCount} consents(first: 9){edges{node{evidence}}}}"
    data = await ask(talent(person["id"]), document)
    assert data["talents"]["totalCount"] == 1
    assert nodes(data["consents"], "evidence") == ["mine"]
    assert (await ask(partner(SUZHOU), document))["consents"] is None
    everyone = await ask(department(), document)
    assert nodes(everyone["consents"], "evidence") == ["mine", "another's"]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("欧", ["欧阳𬭊"]),
        ("阳", ["欧阳𬭊"]),
        ("𬭊", ["欧阳𬭊"]),
        ("欧𬭊", []),
        ("o'b", ["Siobhán O'Brien"]),
        ("BHÁN", ["Siobhán O'Brien"]),
        ("%", []),
        ("_", []),
        ("n", ["Siobhán O'Brien"]),
    ],
)
async def test_name_is_found_by_any_part(make: Make, ask: Ask, part: str, found: list[str]) -> None:
    for name in ("欧阳𬭊", "Siobhán O'Brien", "王小明"):
        await make.talent(display_name=name)
    document = (
        "query($p: String!){talents(first: 9, filter: {displayNameContains: $p})"
        "{edges{node{displayName}}}}"
    )
    assert nodes((await ask(department(), document, p=part))["talents"], "displayName") == found


async def test_talents_are_found_by_division_and_what_lies_below(make: Make, ask: Ask) -> None:
    await make.talent(display_name="苏", residence=await make.some_division("320508"))
    await make.talent(display_name="沪", residence=await make.some_division("310115"))
    document = (
        '{talents(first: 9, filter: {residenceDivision: "320500"}){edges{node{displayName}}}}'
    )
    assert nodes((await ask(department(), document))["talents"], "displayName") == ["苏"]
