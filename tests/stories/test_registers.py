"""Departments keep the registers that others rest on: organisations, industry chains, groups."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.kit.checks import USCC_LETTERS, organisation_check, uscc_check
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.test_records import NOBODY, document, refusals
from tests.town import SUZHOU, Caller, Enter, city, key, the_id

SCOPES = ("cooperation:read", "cooperation:write", "matter:read", "matter:write", "reference:read")
ORGANISATION = "nameZh nameEn uscc territory isKeyUnit division { code }"
CHAIN = "key nameZh nameEn roles(first: 9) { edges { node { part organisation { id } } } }"
GROUP = """
    key nameZh formedOn dissolvedOn
    members(first: 9) { edges { node { organisation { key } } } }
"""


@pytest.fixture
async def bureau(enter: Enter) -> Caller:
    """A department of Nantong."""
    return await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])


async def send(caller: Caller, name: str, payload: str, fields: str, **given: Any) -> Any:
    """A mutation; with a key of its own where it makes something."""
    if "expectedVersion" not in given:
        given = {"idempotencyKey": key(), **given}
    return await caller.ask(document(name, payload, fields), input=given)


# Organisations


def firm(code: str, **values: Any) -> dict[str, Any]:
    return {"kind": "ENTERPRISE", "nameZh": "示例企业", "uscc": code, "isKeyUnit": True, **values}


async def register(caller: Caller, **given: Any) -> Any:
    return await send(caller, "registerOrganisation", "organisation", ORGANISATION, **given)


async def update(caller: Caller, **given: Any) -> Any:
    return await send(caller, "updateOrganisation", "organisation", ORGANISATION, **given)


async def test_an_organisation_is_registered_once_and_changed(
    bureau: Caller, make: Make, owner: asyncpg.Connection
) -> None:
    await make.some_division("320600")
    code = make.uscc(70_000_001)
    sent = firm(code, division="320600", idempotencyKey=key())
    made = (await register(bureau, **sent))["organisation"]
    assert (made["uscc"], made["territory"], made["isKeyUnit"]) == (code, "CN", True)
    assert (await register(bureau, **sent))["organisation"] == made, "sent twice, made once"
    again = await register(bureau, **firm(code))
    assert refusals(again) == [("INVALID", ["uscc"])]
    assert again["userErrors"][0]["messageZh"] == "该统一社会信用代码已登记"

    known = {"id": made["id"], "expectedVersion": 1}
    changed = (await update(bureau, **known, nameEn="Example"))["organisation"]
    assert changed == {**made, "version": 2, "nameEn": "Example"}
    assert codes(await update(bureau, **known, nameEn="Other")) == ["CONFLICT"]
    versions = await owner.fetch(
        "SELECT version FROM ledger.change WHERE object = $1 ORDER BY version",
        made["id"].partition(":")[2],
    )
    assert [row["version"] for row in versions] == [1, 2]


async def test_a_body_from_elsewhere_has_no_code(bureau: Caller, make: Make) -> None:
    abroad = {"kind": "UNIVERSITY", "nameZh": "示例大学", "territory": "SG"}
    made = (await register(bureau, **abroad))["organisation"]
    assert (made["territory"], made["uscc"]) == ("SG", None)
    code = make.uscc(70_000_002)
    assert refusals(await register(bureau, **abroad, uscc=code)) == [("INVALID", ["uscc"])]
    told = {"id": made["id"], "expectedVersion": 1, "uscc": code}
    assert refusals(await update(bureau, **told)) == [("INVALID", ["uscc"])]
    home = {**abroad, "territory": "CN"}
    assert refusals(await register(bureau, **home)) == [("INVALID", ["uscc"])]


RIGHT = "91320699700000031"


def with_last(seventeen: str) -> str:
    return seventeen + uscc_check(seventeen)


def other(letter: str) -> str:
    """Another character of the alphabet."""
    return USCC_LETTERS[(USCC_LETTERS.index(letter) + 1) % len(USCC_LETTERS)]


BODY = RIGHT[:16] + organisation_check(RIGHT[8:16])
GOOD = with_last(BODY)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (GOOD[:17] + other(GOOD[17]), "第 18 位校验码与前 17 位不符"),
        (
            # Its last character fits, which is all that the usual package looks at.
            with_last(BODY[:16] + other(BODY[16])),
            "第 17 位(组织机构代码校验码)与前 8 位不符",
        ),
        (GOOD[:8] + "I" + GOOD[9:], "统一社会信用代码为 18 位数字或大写字母(不含 I、O、S、V、Z)"),
        (
            with_last("A1" + BODY[2:]).lower(),
            "统一社会信用代码为 18 位数字或大写字母(不含 I、O、S、V、Z)",
        ),
        (GOOD[:-1], "统一社会信用代码为 18 位数字或大写字母(不含 I、O、S、V、Z)"),
    ],
)
async def test_a_code_is_tested_in_full(bureau: Caller, code: str, message: str) -> None:
    refused = await register(bureau, **firm(code))
    assert refusals(refused) == [("INVALID", ["uscc"])]
    assert refused["userErrors"][0]["messageZh"] == message


async def test_a_register_of_another_department_that_begins_with_a_letter(bureau: Caller) -> None:
    """The usual package refuses it."""
    code = with_last("A1" + BODY[2:])
    assert (await register(bureau, **firm(code)))["organisation"]["uscc"] == code


async def test_what_cannot_be_registered(bureau: Caller, make: Make, enter: Enter) -> None:
    code = make.uscc(70_000_004)
    for given, refusal in (
        (firm(code, nameZh=" "), ("INVALID", ["nameZh"])),
        (firm(code, territory="cn"), ("INVALID", ["territory"])),
        (firm(code, division="999999"), ("NOT_FOUND", ["division"])),
    ):
        assert refusals(await register(bureau, **given)) == [refusal]
    await city(make, SUZHOU)
    partner = await enter("PARTNER", *SCOPES[:2], "reference:read", partner=SUZHOU)
    assert codes(await register(partner, **firm(code))) == ["OUT_OF_BOUNDS"]
    theirs = {"id": the_id("Organisation", await make.organisation()), "expectedVersion": 1}
    assert codes(await update(partner, **theirs, nameZh="别名")) == ["OUT_OF_BOUNDS"]
    university = await make.organisation(source="made for a test")
    named = {"id": the_id("Organisation", university), "expectedVersion": 1}
    assert refusals(await update(bureau, **named, nameZh="别名")) == [("INVALID", ["id"])]
    keyed = (await update(bureau, **named, isKeyUnit=True))["organisation"]
    assert keyed["isKeyUnit"] is True


# Industry chains


async def chain_of(caller: Caller) -> Any:
    name = f"chain-{key()[:12]}"
    made = await send(
        caller, "registerIndustryChain", "industryChain", CHAIN, key=name, nameZh="示例产业链"
    )
    return made["industryChain"]


async def set_role(caller: Caller, chain: Any, of: Any, part: str | None, **more: Any) -> Any:
    given = {"id": chain["id"], "organisationId": the_id("Organisation", of), "part": part}
    told = {**given, "expectedVersion": chain["version"], **more}
    return await send(caller, "setChainRole", "industryChain", CHAIN, **told)


def parts(chain: Any) -> dict[str, str]:
    """Who has which part."""
    found = [edge["node"] for edge in chain["roles"]["edges"]]
    return {role["organisation"]["id"]: role["part"] for role in found}


async def test_a_chain_has_one_leader_who_gives_way_to_the_next(bureau: Caller, make: Make) -> None:
    first, second = await make.organisation(), await make.organisation()
    names = [the_id("Organisation", each) for each in (first, second)]
    chain = await chain_of(bureau)
    chain = (await set_role(bureau, chain, first, "LEADER"))["industryChain"]
    chain = (await set_role(bureau, chain, second, "MEMBER"))["industryChain"]
    assert (chain["version"], parts(chain)) == (3, {names[0]: "LEADER", names[1]: "MEMBER"})

    led = (await set_role(bureau, chain, second, "LEADER"))["industryChain"]

    assert (led["version"], parts(led)) == (4, {names[0]: "MEMBER", names[1]: "LEADER"})
    same = (await set_role(bureau, led, second, "LEADER"))["industryChain"]
    assert same == led, "said again, nothing changes"
    assert codes(await set_role(bureau, chain, first, None)) == ["CONFLICT"]
    left = (await set_role(bureau, led, first, None))["industryChain"]
    assert parts(left) == {names[1]: "LEADER"}
    assert refusals(await set_role(bureau, left, first, None)) == [
        ("NOT_FOUND", ["organisationId"])
    ]


async def test_what_no_chain_can_be(bureau: Caller, make: Make, enter: Enter) -> None:
    chain = await chain_of(bureau)

    async def named(**given: Any) -> Any:
        sent = {"key": f"chain-{key()[:9]}", "nameZh": "链", **given}
        return await send(bureau, "registerIndustryChain", "industryChain", CHAIN, **sent)

    assert refusals(await named(key=chain["key"])) == [("INVALID", ["key"])]
    assert refusals(await named(key="Not a key")) == [("INVALID", ["key"])]
    assert refusals(await named(nameZh="")) == [("INVALID", ["nameZh"])]
    assert refusals(await set_role(bureau, chain, {"id": NOBODY}, "MEMBER")) == [
        ("NOT_FOUND", ["organisationId"])
    ]
    renamed = {"id": chain["id"], "expectedVersion": 1, "nameEn": "Example"}
    changed = await send(bureau, "updateIndustryChain", "industryChain", CHAIN, **renamed)
    assert changed["industryChain"] == {**chain, "version": 2, "nameEn": "Example"}
    await city(make, SUZHOU)
    partner = await enter("PARTNER", *SCOPES[:2], "reference:read", partner=SUZHOU)
    team = await make.organisation()
    told = {"expectedVersion": 2}
    assert codes(await set_role(partner, chain, team, "LEADER", **told)) == ["OUT_OF_BOUNDS"]


# Working groups


async def group_of(caller: Caller, **values: Any) -> Any:
    given = {"key": f"group-{key()[:12]}", "nameZh": "示例工作组", "nameEn": "Group", **values}
    return (await send(caller, "formWorkingGroup", "workingGroup", GROUP, **given))["workingGroup"]


async def on_group(caller: Caller, name: str, group: Any, **given: Any) -> Any:
    told = {"id": group["id"], "expectedVersion": group["version"], **given}
    return await send(caller, name, "workingGroup", GROUP, **told)


def members(group: Any) -> set[str]:
    return {edge["node"]["organisation"]["key"] for edge in group["members"]["edges"]}


async def test_a_group_is_formed_joined_asked_left_and_ended(bureau: Caller, make: Make) -> None:
    group = await group_of(bureau, formedOn="2026-02-01")
    for name in ("nt-rsj", "nt-czj"):
        group = (await on_group(bureau, "addGroupMember", group, department=name))["workingGroup"]
    assert (group["version"], members(group)) == (3, {"nt-rsj", "nt-czj"})
    twice = await on_group(bureau, "addGroupMember", group, department="nt-czj")
    assert refusals(twice) == [("INVALID", ["department"])]

    side = {"key": "nt-czj"}
    matter = await make.matter(group=group, asked_by={"key": "nt-rsj"}, assigned_to=side)
    waiting = await on_group(bureau, "removeGroupMember", group, department="nt-czj")
    assert refusals(waiting) == [("INVALID", ["department"])]
    assert waiting["userErrors"][0]["messageZh"] == "该单位尚有 1 个事项待答复"
    await make.connection.execute(
        "UPDATE cooperation.matter SET state = 'ANSWERED', answer = '答复',"
        " answered_at = greatest(asked_at, now()) WHERE id = $1",
        matter["id"],
    )

    left = await on_group(bureau, "removeGroupMember", group, department="nt-czj")
    assert members(left["workingGroup"]) == {"nt-rsj"}
    assert codes(await on_group(bureau, "addGroupMember", group, department="nt-zjj")) == [
        "CONFLICT"
    ]
    group = left["workingGroup"]
    early = await on_group(bureau, "updateWorkingGroup", group, dissolvedOn="2026-01-31")
    assert refusals(early) == [("INVALID", ["dissolvedOn"])]
    ended = await on_group(bureau, "updateWorkingGroup", group, dissolvedOn="2026-12-01")
    assert ended["workingGroup"] == {**group, "version": 5, "dissolvedOn": "2026-12-01"}


async def test_what_no_group_can_be(bureau: Caller, enter: Enter) -> None:
    group = await group_of(bureau)

    async def formed(**given: Any) -> Any:
        sent = {"key": f"group-{key()[:9]}", "nameZh": "组", "nameEn": "Group", **given}
        return await send(bureau, "formWorkingGroup", "workingGroup", GROUP, **sent)

    assert refusals(await formed(key=group["key"])) == [("INVALID", ["key"])]
    assert refusals(await formed(key="A Group")) == [("INVALID", ["key"])]
    assert refusals(await formed(nameEn=" ")) == [("INVALID", ["nameEn"])]
    nobody = await on_group(bureau, "addGroupMember", group, department="nobody")
    assert refusals(nobody) == [("NOT_FOUND", ["department"])]
    stranger = await on_group(bureau, "removeGroupMember", group, department="nt-zjj")
    assert refusals(stranger) == [("NOT_FOUND", ["department"])]
    administrator = await enter("ADMIN", "matter:read", "matter:write", "reference:read")
    named = await on_group(administrator, "updateWorkingGroup", group, nameZh="别名")
    assert codes(named) == ["OUT_OF_BOUNDS"]
