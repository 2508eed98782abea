"""Departments of the working group answer each other; how long it takes is published."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from tests.make import Make, Row
from tests.stories.bookings import codes
from tests.town import Caller, Enter, key

SCOPES = ("matter:read", "matter:write", "reference:read", "commitment:read")
SHOWN = """
    matter { id version state question answer elapsedMinutes askedBy { key } assignedTo { key }
        availableTransitions }
    userErrors { code field messageZh nextStep }
"""
ASSIGN = f"mutation ($input: AssignMatterInput!) {{ assignMatter(input: $input) {{ {SHOWN} }} }}"
ANSWER = f"mutation ($input: AnswerMatterInput!) {{ answerMatter(input: $input) {{ {SHOWN} }} }}"
GROUP = """
    query ($key: String!) { workingGroup(key: $key) { openMatters answeredMatters medianMinutes
        members(first: 9) { edges { node { organisation { key } } } } } }
"""
C16 = '{ commitment(key: "C16") { value status reason evidence(first: 9) { totalCount } } }'


@pytest.fixture
async def group(make: Make, owner: asyncpg.Connection) -> Row:
    """A working group of human resources and finance."""
    found = await make.working_group(formed_on=None)
    for name in ("nt-rsj", "nt-czj"):
        department = await owner.fetchrow(
            "SELECT * FROM cooperation.organisation WHERE key = $1", name
        )
        assert department is not None
        await make.member(group=found, organisation=department)
    return found


async def assign(caller: Caller, group: Row, to: str, **values: Any) -> Any:
    given = {"workingGroup": group["key"], "assignedTo": to, "question": "补贴何时拨付?"}
    return await caller.ask(ASSIGN, input={**given, "idempotencyKey": key(), **values})


async def answer(caller: Caller, matter: Any, text: str = "下月拨付", **values: Any) -> Any:
    given = {"id": matter["id"], "answer": text, "expectedVersion": matter["version"]}
    return await caller.ask(ANSWER, input={**given, **values})


async def test_one_asks_the_other_answers(
    enter: Enter, group: Row, owner: asyncpg.Connection
) -> None:
    hr = await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])
    finance = await enter("DEPARTMENT", *SCOPES, departments=["nt-czj"])
    asked = (await assign(hr, group, "nt-czj"))["matter"]
    assert (asked["askedBy"], asked["assignedTo"]) == ({"key": "nt-rsj"}, {"key": "nt-czj"})
    assert (asked["state"], asked["availableTransitions"]) == ("OPEN", ["ANSWERED"])
    assert codes(await answer(hr, asked)) == ["OUT_OF_BOUNDS"]
    assert codes(await answer(finance, asked, " ")) == ["INVALID"]
    assert codes(await answer(finance, asked, expectedVersion=9)) == ["CONFLICT"]
    await owner.execute(
        "UPDATE cooperation.matter SET asked_at = asked_at - interval '90 minutes' WHERE id = $1",
        asked["id"].partition(":")[2],
    )
    before = await hr.ask(C16)

    answered = (await answer(finance, asked))["matter"]

    assert (answered["state"], answered["answer"]) == ("ANSWERED", "下月拨付")
    assert answered["elapsedMinutes"] == 90
    assert codes(await answer(finance, answered)) == ["ILLEGAL_TRANSITION"]
    shown = await hr.ask(GROUP, key=group["key"])
    assert (shown["openMatters"], shown["answeredMatters"]) == (0, 1)
    assert shown["medianMinutes"] == 90
    after = await hr.ask(C16)
    assert after["evidence"]["totalCount"] == before["evidence"]["totalCount"] + 1
    assert (after["status"], after["reason"]) == ("NOT_MEASURABLE", "NO_FREQUENCY_GIVEN")
    assert after["value"] is not None, "the median is published, not a target"


async def test_median_of_several(enter: Enter, make: Make, group: Row) -> None:
    hr = await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])
    side = {"key": "nt-rsj"}
    for minutes in (10, 20, 600):
        asked_at = await make.connection.fetchval(
            "SELECT now() - make_interval(mins => $1)", minutes
        )
        now = await make.connection.fetchval("SELECT now()")
        await make.matter(
            group=group,
            asked_by=side,
            assigned_to=side,
            state="ANSWERED",
            answer="答复",
            asked_at=asked_at,
            answered_at=now,
        )
    await make.matter(group=group, asked_by=side, assigned_to=side)
    shown = await hr.ask(GROUP, key=group["key"])
    assert (shown["openMatters"], shown["answeredMatters"], shown["medianMinutes"]) == (1, 3, 20)


async def test_only_members_ask_and_are_asked(enter: Enter, group: Row) -> None:
    hr = await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])
    stranger = await enter("DEPARTMENT", *SCOPES, departments=["nt-zjj"])
    assert codes(await assign(stranger, group, "nt-czj")) == ["OUT_OF_BOUNDS"]
    assert codes(await assign(hr, group, "nt-zjj")) == ["NOT_FOUND"]
    assert codes(await assign(hr, group, "nt-czj", question="x" * 2001)) == ["INVALID"]


async def test_partners_know_nothing_of_matters(enter: Enter, group: Row) -> None:
    outsider = await enter("PARTNER", "matter:read", partner="320500")
    assert await outsider.ask(GROUP, key=group["key"]) is None
