"""A person and each field group leave to a partner only as agreement, purpose and consent allow.

Handbook 2.5: scope, bound, agreement in force, purpose, live consent or another lawful basis.
"""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.model.access import Audience, Grant
from tests.access.conftest import CHANGZHOU, SHANGHAI, SUZHOU, WUXI, YANGZHOU, Ask, People
from tests.engine.conftest import ALL, as_department, as_operator, as_partner, as_talent

LIST = """query ($name: String) {
  talents(first: 20, filter: { displayNameContains: $name }, orderBy: [ID_ASC]) {
    totalCount
    edges { node { displayName phone identityLast4 degrees(first: 5) { totalCount } } }
  }
}"""

EVERYBODY = [
    "everything", "basic", "nothing", "withdrawn", "expired", "other purpose",
    "contact without basic", "closed",
]  # fmt: skip

SEES: dict[str, dict[str, set[str]]] = {
    SUZHOU: {"everything": {"BASIC", "DEGREE", "CONTACT"}, "basic": {"BASIC"}},
    SHANGHAI: {"everything": {"BASIC", "DEGREE"}, "basic": {"BASIC"}},
    WUXI: {},
    CHANGZHOU: {},
    YANGZHOU: {name: {"BASIC", "DEGREE", "CONTACT"} for name in EVERYBODY if name != "closed"},
}
"""City -> person -> field groups that it receives for JOB_MATCHING."""


def groups(node: dict[str, Any]) -> set[str]:
    """The field groups that a node in an answer holds."""
    held = {"BASIC"} if node["displayName"] else set()
    held |= {"CONTACT"} if node["phone"] else set()
    held |= {"IDENTITY"} if node["identityLast4"] else set()
    return held | ({"DEGREE"} if node["degrees"] and node["degrees"]["totalCount"] else set())


@pytest.mark.parametrize("city", SEES)
async def test_partner_sees_in_a_list_what_was_agreed_and_consented(ask: Ask, city: str) -> None:
    found = (await ask(as_partner(city), LIST))["data"]["talents"]
    seen = {edge["node"]["displayName"]: groups(edge["node"]) for edge in found["edges"]}
    assert seen == SEES[city]
    assert found["totalCount"] == len(SEES[city])


@pytest.mark.parametrize("city", [WUXI, CHANGZHOU])
async def test_list_that_is_empty_for_want_of_an_agreement_says_so(ask: Ask, city: str) -> None:
    """Else a partner whose agreement was suspended would take it that nobody is there."""
    document = """{
      talents(first: 1) { totalCount edges { node { id } } }
      divisions(first: 100) { edges { node { talents(first: 1) { totalCount } } } }
    }"""
    withheld = (await ask(as_partner(city), document))["extensions"]["access"]["withheld"]
    assert [(each["path"], each["reason"]) for each in withheld] == [
        (["talents"], "AGREEMENT"),
        (["divisions", "edges", "*", "node", "talents"], "AGREEMENT"),
    ]


@pytest.mark.parametrize("city", SEES)
@pytest.mark.parametrize("name", EVERYBODY[:-1])
async def test_partner_sees_the_same_by_every_way_to_a_person(
    ask: Ask, people: People, city: str, name: str
) -> None:
    """Look-up, node, nodes, a filter that names her, an edge that leads to her."""
    whole = "displayName phone identityLast4 degrees(first: 5) { totalCount }"
    document = f"""query ($id: ID!, $name: String!) {{
      talent(id: $id) {{ {whole} }}
      node(id: $id) {{ ... on Talent {{ {whole} }} }}
      nodes(ids: [$id]) {{ ... on Talent {{ {whole} }} }}
      talents(first: 1, filter: {{ displayNameContains: $name }}) {{
        edges {{ node {{ {whole} }} }}
      }}
      degrees(first: 20) {{ edges {{ node {{ talent {{ {whole} }} }} }} }}
    }}"""
    person = f"Talent:{people[name]['id']}"
    data = (await ask(as_partner(city), document, id=person, name=name))["data"]
    ways = [data["talent"], data["node"], data["nodes"][0]]
    ways += [edge["node"] for edge in data["talents"]["edges"]] or [None]
    expected = SEES[city].get(name)
    assert [groups(node) if node else None for node in ways] == [expected] * 4
    through_degree = [edge["node"]["talent"] for edge in data["degrees"]["edges"]]
    hers = [groups(node) for node in through_degree if node and node["displayName"] == name]
    assert hers == ([expected] if expected and "DEGREE" in expected else [])


@pytest.mark.parametrize(
    ("city", "name", "reason"),
    [
        (SUZHOU, "nothing", "CONSENT"),
        (SUZHOU, "withdrawn", "CONSENT"),
        (WUXI, "everything", "AGREEMENT"),
        (CHANGZHOU, "everything", "AGREEMENT"),
    ],
)
async def test_look_up_says_why_alike_whether_or_not_the_person_exists(
    ask: Ask, people: People, city: str, name: str, reason: str
) -> None:
    document = "query ($id: ID!) { talent(id: $id) { displayName } }"
    nobody = "Talent:00000000-0000-7fff-8000-000000000000"
    somebody = f"Talent:{people[name]['id']}"
    told = []
    for person in (somebody, nobody):
        answer = await ask(as_partner(city), document, id=person)
        assert answer["data"] == {"talent": None}
        [withheld] = answer["extensions"]["access"]["withheld"]
        told.append({**withheld, "ids": withheld.get("ids") == [person]})
    assert told[0] == told[1]
    assert told[0]["reason"] == reason


async def test_without_a_purpose_nothing_personal_leaves(ask: Ask) -> None:
    for grant in (as_partner(SUZHOU, purpose=None), as_department(purpose=None)):
        answer = await ask(grant, LIST)
        assert answer["data"]["talents"] is None
        [withheld] = answer["extensions"]["access"]["withheld"]
        assert (withheld["path"], withheld["reason"]) == (["talents"], "PURPOSE")


async def test_purpose_that_the_agreement_does_not_name_is_no_agreement(ask: Ask) -> None:
    answer = await ask(as_partner(SUZHOU, purpose="PROJECT_MATCHING"), LIST)
    assert answer["data"]["talents"]["edges"] == []


async def test_purpose_that_is_not_shared_with_a_city_at_all_is_no_agreement(
    ask: Ask, owner: asyncpg.Connection
) -> None:
    change = "UPDATE cooperation.partner SET purposes = $2 WHERE code = $1"
    before = "SELECT purposes FROM cooperation.partner WHERE code = $1"
    purposes = await owner.fetchval(before, SUZHOU)
    await owner.execute(change, SUZHOU, ["PROJECT_MATCHING"])
    try:
        answer = await ask(as_partner(SUZHOU), LIST)
    finally:
        await owner.execute(change, SUZHOU, purposes)
    assert answer["data"]["talents"]["edges"] == []


@pytest.mark.parametrize(
    "grant", [as_partner(SUZHOU, purpose="STATISTICS"), as_department(purpose="STATISTICS")]
)
async def test_statistics_release_no_person(ask: Ask, people: People, grant: Grant) -> None:
    document = """query ($id: ID!, $degree: ID!) {
      talents(first: 1) { totalCount }
      talent(id: $id) { displayName }
      degree(id: $degree) { level }
      consents(first: 1) { totalCount }
    }"""
    closed = people["closed"]
    answer = await ask(
        grant,
        document,
        id=f"Talent:{people['everything']['id']}",
        degree=f"Degree:{closed['degree']}",
    )
    assert set(answer["data"].values()) == {None}
    reasons = {
        each["path"][0]: each["reason"] for each in answer["extensions"]["access"]["withheld"]
    }
    assert (reasons["talents"], reasons["talent"], reasons["degree"]) == ("PURPOSE",) * 3


@pytest.mark.parametrize("city", [SUZHOU, YANGZHOU])
async def test_nothing_about_a_closed_person_leaves(ask: Ask, people: People, city: str) -> None:
    """P4 "never leaves to a partner city", and so do her degrees, whatever they say themselves."""
    document = """query ($id: ID!) {
      degree(id: $id) { level }
      node(id: $id) { ... on Degree { level } }
      degrees(first: 100) { edges { node { id } } }
    }"""
    hers = f"Degree:{people['closed']['degree']}"
    data = (await ask(as_partner(city), document, id=hers))["data"]
    assert (data["degree"], data["node"]) == (None, None)
    shown = [edge["node"]["id"] for edge in data["degrees"]["edges"]]
    assert shown
    assert hers not in shown
    assert (await ask(as_department(), document, id=hers))["data"]["degree"] is not None


async def test_departments_read_consents_for_a_purpose(ask: Ask) -> None:
    document = "{ consents(first: 1) { totalCount } }"
    assert (await ask(as_department(), document))["data"]["consents"]["totalCount"] > 0
    answer = await ask(as_department(purpose=None), document)
    assert answer["data"] == {"consents": None}
    assert answer["extensions"]["access"]["withheld"][0]["reason"] == "PURPOSE"


async def test_department_sees_everybody_and_her_document(ask: Ask) -> None:
    found = (await ask(as_department(), LIST))["data"]["talents"]
    assert [edge["node"]["displayName"] for edge in found["edges"]] == EVERYBODY
    assert all(edge["node"]["identityLast4"] == "7654" for edge in found["edges"])


async def test_talent_sees_herself_alone(ask: Ask, people: People) -> None:
    found = (await ask(as_talent(people["nothing"]["id"]), LIST))["data"]["talents"]
    assert [edge["node"]["displayName"] for edge in found["edges"]] == ["nothing"]


async def test_operator_sees_nobody(ask: Ask) -> None:
    assert (await ask(as_operator(), LIST))["data"]["talents"] is None


async def test_number_of_the_document_goes_to_departments_only(ask: Ask, people: People) -> None:
    document = "query ($id: ID!) { talent(id: $id) { identityNumber identityLast4 } }"
    person = people["everything"]["id"]
    who = {
        "department": as_department(),
        "herself": as_talent(person),
        "app": as_department(audience=Audience.INTERNAL, client="cloud-platform"),
        "partner": as_partner(SUZHOU),
    }
    seen = {}
    for name, grant in who.items():
        node = (await ask(grant, document, id=f"Talent:{person}"))["data"]["talent"]
        seen[name] = [bool(node["identityNumber"]), bool(node["identityLast4"])]
    assert seen == {
        "department": [True, True],
        "herself": [False, True],
        "app": [False, False],
        "partner": [False, False],
    }


async def test_withdrawal_counts_from_the_next_statement(
    ask: Ask, people: People, owner: Any
) -> None:
    document = "query ($id: ID!) { talent(id: $id) { displayName } }"
    person = people["basic"]["id"]

    async def seen() -> bool:
        answer = await ask(as_partner(SHANGHAI), document, id=f"Talent:{person}")
        return answer["data"]["talent"] is not None

    change = (
        "UPDATE talent.consent SET state = $3, withdrawn_at = $4"
        " WHERE talent_id = $1 AND recipient = $2"
    )
    assert await seen()
    now = await owner.fetchval("SELECT now()")
    await owner.execute(change, person, SHANGHAI, "WITHDRAWN", now)
    assert not await seen()
    await owner.execute(change, person, SHANGHAI, "GRANTED", None)
    assert await seen()


async def test_suspension_counts_from_the_next_statement(ask: Ask, owner: Any) -> None:
    async def count() -> int:
        found: int = (await ask(as_partner(SHANGHAI), LIST))["data"]["talents"]["totalCount"]
        return found

    change = "UPDATE cooperation.agreement SET state = $2 WHERE partner_code = $1"
    assert await count() == 2
    await owner.execute(change, SHANGHAI, "SUSPENDED")
    assert await count() == 0
    await owner.execute(change, SHANGHAI, "IN_FORCE")
    assert await count() == 2


async def test_filter_does_not_tell_what_is_withheld(ask: Ask) -> None:
    """Without the degree scope, a filter on degrees' fields is refused, not answered."""
    answer = await ask(
        as_partner(SUZHOU, scopes=ALL - {"talent:read.degree"}),
        "{ degrees(first: 1, filter: { level: DOCTOR }) { totalCount } }",
    )
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
