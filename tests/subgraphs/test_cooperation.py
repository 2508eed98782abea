"""Divisions, organisations, partner cities and the terms of agreements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from hub.kit.checks import uscc_check, uscc_valid
from hub.model.access import Audience
from tests.make import Make, Row
from tests.subgraphs.conftest import (
    SHANGHAI,
    SUZHOU,
    Ask,
    as_,
    department,
    nodes,
    operator,
    partner,
)


async def city(connection: asyncpg.Connection, code: str) -> Row:
    """A partner city of the reference data."""
    found: Row = await connection.fetchrow(
        "SELECT * FROM cooperation.partner WHERE code = $1", code
    )
    return found


async def test_division_lies_in_its_parent(ask: Ask) -> None:
    document = '{division(code: "320613"){nameZh level parent{code parent{code parent{code}}}}}'
    data = await ask(partner(SUZHOU), document)
    assert data["division"] == {
        "nameZh": "崇川区",
        "level": "COUNTY",
        "parent": {"code": "320600", "parent": {"code": "320000", "parent": None}},
    }


async def test_children_of_a_looked_up_division_are_its_own(ask: Ask) -> None:
    document = '{division(code: "310000"){children(first: 100){totalCount edges{node{code}}}}}'
    children = (await ask(partner(SUZHOU), document))["division"]["children"]
    assert children["totalCount"] == 16
    assert all(code.startswith("3101") for code in nodes(children, "code"))


async def test_filter_by_division_takes_what_lies_below(make: Make, ask: Ask) -> None:
    await make.organisation(
        name_zh="在崇川", division=await make.some_division("320613"), territory="CN"
    )
    await make.organisation(name_zh="在浦东", division=await make.some_division("310115"))
    document = (
        '{organisations(first: 9, filter: {division: "320600", kind: ENTERPRISE})'
        "{edges{node{nameZh}}}}"
    )
    assert nodes((await ask(partner(SUZHOU), document))["organisations"], "nameZh") == ["在崇川"]


@pytest.mark.parametrize("part", ["启", "启航", "海岸", "有限公司", "ABC", "b"])
async def test_organisation_is_found_by_any_part_of_its_name(
    make: Make, ask: Ask, part: str
) -> None:
    await make.organisation(name_zh="启航海岸abc有限公司")
    document = (
        "query($part: String!){organisations(first: 9, filter: {kind: ENTERPRISE, "
        "nameZhContains: $part}){edges{node{nameZh}}}}"
    )
    found = (await ask(partner(SUZHOU), document, part=part))["organisations"]
    assert nodes(found, "nameZh") == ["启航海岸abc有限公司"]


async def test_organisation_is_looked_up_by_each_key(make: Make, ask: Ask) -> None:
    code = make.uscc(7)
    await make.organisation(uscc=code, name_zh="示例")
    document = (
        "query($code: String!){a: organisation(uscc: $code){nameZh}"
        ' b: organisation(key: "seu"){nameZh}}'
    )
    data = await ask(operator(), document, code=code)
    assert data == {"a": {"nameZh": "示例"}, "b": {"nameZh": "东南大学"}}


@pytest.mark.parametrize("code", ["9132060000000001XR", "91110000600037342L", "abc", ""])
async def test_wrong_credit_code_is_refused(make: Make, code: str) -> None:
    assert not uscc_valid(code)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_organisation_uscc_valid"):
        await make.organisation(uscc=code)


async def test_credit_code_belongs_to_one_organisation(make: Make) -> None:
    await make.organisation(uscc=make.uscc(9))
    with pytest.raises(asyncpg.UniqueViolationError):
        await make.organisation(uscc=make.uscc(9))


async def test_partner_code_is_its_division(make: Make) -> None:
    await make.some_division("330100")
    with pytest.raises(asyncpg.CheckViolationError, match="code_is_division"):
        await make.noun(
            "cooperation.partner",
            code="330100",
            division_code="320600",
            name_zh="杭州市",
            name_en="Hangzhou",
        )


async def test_second_sharing_agreement_in_force_is_refused(
    connection: asyncpg.Connection, make: Make
) -> None:
    suzhou = await city(connection, SUZHOU)
    await make.sharing(partner=suzhou)
    await make.sharing(partner=suzhou, state="EXPIRED")
    await make.sharing(partner=await city(connection, SHANGHAI))
    with pytest.raises(asyncpg.UniqueViolationError, match="data_sharing_in_force"):
        await make.sharing(partner=suzhou)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"other_signed_on": None}, "signed_by_both"),
        ({"own_signed_on": None, "state": "SUSPENDED"}, "signed_by_both"),
        ({"purposes": []}, "data_terms"),
        ({"field_groups": []}, "data_terms"),
        ({"lawful_basis": None}, "data_terms"),
        ({"retention_days": None}, "data_terms"),
        ({"field_groups": ["BASIC", "IDENTITY"]}, "identity_never_shared"),
        ({"field_groups": ["HEALTH"]}, "field_groups_known"),
        ({"purposes": ["MARKETING"]}, "purposes_known"),
        ({"valid_from": None}, "in_force_since"),
        ({"valid_until": date(2025, 1, 1)}, "period_order"),
        ({"people_per_day": 0}, "limits_positive"),
        ({"partner_code": None}, "data_terms"),
    ],
)
async def test_sharing_agreement_with_wrong_terms_is_refused(
    connection: asyncpg.Connection, make: Make, wrong: dict[str, Any], rule: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await make.sharing(partner=await city(connection, SUZHOU), **wrong)
    assert raised.value.constraint_name == f"ck_agreement_{rule}"


async def test_draft_needs_no_signature(connection: asyncpg.Connection, make: Make) -> None:
    draft = await make.sharing(
        partner=await city(connection, SUZHOU),
        state="DRAFT",
        own_signed_on=None,
        other_signed_on=None,
        valid_from=None,
    )
    assert draft["state"] == "DRAFT"


async def test_agreements_are_seen_by_their_own_side(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    for code in (SUZHOU, SHANGHAI):
        await make.sharing(partner=await city(connection, code), title_zh=code)
    document = "{agreements(first: 9, filter: {kind: DATA_SHARING}){edges{node{titleZh}}}}"
    seen = {
        "suzhou": nodes((await ask(partner(SUZHOU), document))["agreements"], "titleZh"),
        "shanghai": nodes((await ask(partner(SHANGHAI), document))["agreements"], "titleZh"),
        "department": nodes((await ask(department(), document))["agreements"], "titleZh"),
    }
    assert seen == {
        "suzhou": [SUZHOU],
        "shanghai": [SHANGHAI],
        "department": [SUZHOU, SHANGHAI],
    }
    assert (await ask(operator(), document))["agreements"] is None
    assert (await ask(as_(Audience.PARTNER), document))["agreements"] is None


@pytest.mark.parametrize("registering", ["A1", "N2", "Y1", "51", "11", "91"])
async def test_codes_of_every_registering_department_are_taken(
    make: Make, registering: str
) -> None:
    """Also those whose first character is a letter, which a well-known library refuses."""
    organisation = make.uscc(41)[8:17]
    head = f"{registering}320699{organisation}"
    code = head + uscc_check(head)
    assert uscc_valid(code)
    assert (await make.organisation(uscc=code))["uscc"] == code


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code.lower(),
        lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
        lambda code: code[:16] + ("0" if code[16] != "0" else "1") + code[17:],
        lambda code: "I" + code[1:],
        lambda code: code[:9] + "O" + code[10:],
        lambda code: code + " ",
        lambda code: code[:2] + "32O699" + code[8:],
    ],
    ids=["lower case", "last character", "inner character", "I", "O", "blank", "letter"],
)
async def test_a_spoilt_code_is_refused_by_program_and_database(
    make: Make, spoil: Callable[[str], str]
) -> None:
    """Nothing is put right silently: it would then be somebody else's code."""
    code = spoil("A1320699" + make.uscc(42)[8:17] + uscc_check("A1320699" + make.uscc(42)[8:17]))
    assert not uscc_valid(code)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_organisation_uscc_valid"):
        await make.organisation(uscc=code)


async def test_inner_character_is_tested_where_the_outer_one_is_right(make: Make) -> None:
    """The last character alone would let a wrong organisation code pass."""
    right = make.uscc(43)
    wrong = "0" if right[16] != "0" else "1"
    head = right[:16] + wrong
    code = head + uscc_check(head)
    assert not uscc_valid(code)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_organisation_uscc_valid"):
        await make.organisation(uscc=code)


async def test_a_chain_has_one_leader_and_its_members(make: Make, ask: Ask) -> None:
    chain = await make.chain(key="marine", name_zh="海洋工程")
    leader, member = await make.organisation(), await make.organisation()
    await make.chain_role(chain=chain, organisation=leader, part="LEADER")
    await make.chain_role(chain=chain, organisation=member)
    document = """{industryChain(key: "marine"){nameZh
        leader: roles(first: 1, filter: {part: LEADER}){edges{node{organisation{id}}}}
        members: roles(first: 9, filter: {part: MEMBER}){edges{node{organisation{
            id chainRoles(first: 1){edges{node{part chain{key}}}}}}}}}}"""
    found = (await ask(partner(SUZHOU), document))["industryChain"]
    assert nodes(found["leader"], "organisation") == [{"id": f"Organisation:{leader['id']}"}]
    [shown] = nodes(found["members"], "organisation")
    assert shown["chainRoles"]["edges"] == [
        {"node": {"part": "MEMBER", "chain": {"key": "marine"}}}
    ]
    with pytest.raises(asyncpg.UniqueViolationError, match="one_leader"):
        await make.chain_role(chain=chain, organisation=await make.organisation(), part="LEADER")
