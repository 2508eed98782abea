"""What is released or withheld about a person is in the ledger, by the statement that read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.access.conftest import CHANGZHOU, SUZHOU, Ask, People
from tests.engine.conftest import ALL, as_department, as_partner

PERSON = "query ($id: ID!) { talent(id: $id) { displayName phone } }"


async def entries(owner: asyncpg.Connection, answer: dict[str, Any]) -> list[asyncpg.Record]:
    """The ledger's entries of the operation that the answer names."""
    operation = answer.get("extensions", {}).get("access", {}).get("auditId")
    found: list[asyncpg.Record] = await owner.fetch(
        "SELECT * FROM ledger.audit_entry WHERE operation = $1::text::uuid ORDER BY refused::text",
        operation,
    )
    return found


async def test_release_names_persons_groups_purpose_basis_and_client(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    person = people["everything"]["id"]
    answer = await ask(as_partner(SUZHOU, token_id="t-1"), PERSON, id=f"Talent:{person}")
    [entry] = await entries(owner, answer)
    assert entry["subjects"] == [person]
    assert entry["field_groups"] == ["BASIC", "CONTACT"]
    assert (entry["purpose"], entry["basis"]) == ("JOB_MATCHING", "CONSENT")
    assert (entry["client"], entry["partner"], entry["token_id"]) == ("sz-hub", SUZHOU, "t-1")
    assert entry["agreement"] is not None
    assert entry["refused"] == "{}"


async def test_group_withheld_from_a_person_shown_is_an_entry_of_its_own(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    person = people["basic"]["id"]
    answer = await ask(as_partner(SUZHOU), PERSON, id=f"Talent:{person}")
    refused, released = sorted(
        await entries(owner, answer), key=lambda entry: entry["refused"] == "{}"
    )
    assert (refused["subjects"], refused["field_groups"]) == ([person], ["CONTACT"])
    assert refused["refused"] == '{"CONTACT": "CONSENT"}'
    assert released["subjects"] == [person]


@pytest.mark.parametrize(("city", "reason"), [(SUZHOU, "CONSENT"), (CHANGZHOU, "AGREEMENT")])
async def test_look_up_that_is_refused_is_recorded(
    ask: Ask, people: People, owner: asyncpg.Connection, city: str, reason: str
) -> None:
    person = people["nothing"]["id"]
    answer = await ask(as_partner(city), PERSON, id=f"Talent:{person}")
    [entry] = await entries(owner, answer)
    assert (entry["subjects"], entry["refused"]) == ([person], f'{{"BASIC": "{reason}"}}')


async def test_look_up_without_the_scope_is_recorded(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    person = people["nothing"]["id"]
    grant = as_partner(SUZHOU, scopes=ALL - {"talent:read.basic"})
    answer = await ask(grant, PERSON, id=f"Talent:{person}")
    [entry] = await entries(owner, answer)
    assert (entry["subjects"], entry["refused"]) == ([person], '{"BASIC": "SCOPE"}')


async def test_persons_hidden_from_a_list_are_not_recorded(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    answer = await ask(
        as_partner(SUZHOU), "{ talents(first: 9) { edges { node { displayName } } } }"
    )
    [entry] = await entries(owner, answer)
    assert set(entry["subjects"]) == {people["everything"]["id"], people["basic"]["id"]}


async def test_row_beyond_the_page_is_not_recorded(ask: Ask, owner: asyncpg.Connection) -> None:
    document = "{ talents(first: 2) { edges { node { displayName } } pageInfo { hasNextPage } } }"
    answer = await ask(as_department(), document)
    [entry] = await entries(owner, answer)
    assert answer["data"]["talents"]["pageInfo"] == {"hasNextPage": True}
    assert len(entry["subjects"]) == 2


async def test_degrees_are_recorded_under_the_person(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    answer = await ask(as_department(), "{ degrees(first: 1) { edges { node { level } } } }")
    [entry] = await entries(owner, answer)
    assert (entry["entity"], entry["field_groups"]) == ("Degree", ["DEGREE"])
    assert entry["basis"] == "STATUTORY_DUTY"
    assert entry["subjects"][0] in {person["id"] for person in people.values()}


async def test_what_is_about_no_person_leaves_no_entry(ask: Ask, owner: asyncpg.Connection) -> None:
    before = await owner.fetchval("SELECT count(*) FROM ledger.audit_entry")
    answer = await ask(as_department(), "{ parks(first: 5) { edges { node { code } } } }")
    assert "extensions" not in answer
    assert await owner.fetchval("SELECT count(*) FROM ledger.audit_entry") == before


async def test_statement_that_fails_releases_and_records_nothing(
    ask: Ask, owner: asyncpg.Connection, people: People
) -> None:
    """The entry is part of the reading statement: where it cannot be written, nothing is read."""
    await owner.execute("REVOKE INSERT ON ledger.audit_entry FROM hub_app")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(as_department(), PERSON, id=f"Talent:{people['basic']['id']}")
    finally:
        await owner.execute("GRANT INSERT ON ledger.audit_entry TO hub_app")


async def test_app_cannot_change_or_delete_an_entry(
    access_database: tuple[str, str, People],
) -> None:
    app = await asyncpg.connect(access_database[1])
    try:
        for statement in (
            "UPDATE ledger.audit_entry SET client = 'x'",
            "DELETE FROM ledger.audit_entry",
            "TRUNCATE ledger.audit_entry",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purposes": (), "purpose": None}, "PURPOSE"),
        ({"partner": None}, "BOUND"),
    ],
)
async def test_look_up_that_is_withheld_before_it_runs_is_recorded(
    ask: Ask, people: People, owner: asyncpg.Connection, changes: dict[str, Any], reason: str
) -> None:
    """Alike for a person who exists and for one who does not."""
    for person in (people["everything"]["id"], UUID(int=7)):
        answer = await ask(as_partner(SUZHOU, **changes), PERSON, id=f"Talent:{person}")
        [entry] = await entries(owner, answer)
        assert (entry["subjects"], entry["refused"]) == ([person], f'{{"BASIC": "{reason}"}}')
        [withheld] = answer["extensions"]["access"]["withheld"]
        assert (withheld["path"], withheld["reason"]) == (["talent"], reason)


NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"


async def test_persons_asked_for_among_others_are_recorded_when_all_are_withheld(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    persons = [people["everything"]["id"], people["nothing"]["id"]]
    ids = [f"Talent:{person}" for person in persons]
    answer = await ask(as_partner(SUZHOU, purpose=None), NODES, ids=ids)
    assert answer["data"] == {"nodes": [None, None]}
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert (withheld["path"], withheld["reason"]) == (["nodes", "*"], "PURPOSE")
    [entry] = await entries(owner, answer)
    assert (entry["subjects"], entry["refused"]) == (persons, '{"BASIC": "PURPOSE"}')


async def test_persons_asked_for_among_others_are_recorded_without_the_scope(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    person = people["everything"]["id"]
    grant = as_partner(SUZHOU, scopes=ALL - {"talent:read.basic"})
    answer = await ask(grant, NODES, ids=[f"Talent:{person}"])
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    [entry] = await entries(owner, answer)
    assert (entry["subjects"], entry["refused"]) == ([person], '{"BASIC": "SCOPE"}')


@pytest.mark.parametrize(
    "asked",
    [
        "edges { __typename }",
        "pageInfo { hasNextPage }",
        "pageInfo { endCursor }",
        "totalCount",
    ],
)
async def test_to_find_out_that_a_person_is_there_is_recorded(
    ask: Ask, people: People, owner: asyncpg.Connection, asked: str
) -> None:
    """What a filter and a page of one tell about her is a release, though no field is shown."""
    document = f'{{ talents(first: 1, filter: {{ displayNameContains: "basic" }}) {{ {asked} }} }}'

    answer = await ask(as_partner(SUZHOU), document)

    [entry] = await entries(owner, answer)
    assert (entry["subjects"], entry["field_groups"]) == ([people["basic"]["id"]], ["BASIC"])


async def test_group_that_needs_another_scope_is_recorded_as_withheld_from_those_shown(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    person = people["everything"]["id"]
    scopes = ALL - {"talent:read.contact"}

    answer = await ask(as_partner(SUZHOU, scopes=scopes), PERSON, id=f"Talent:{person}")

    released, refused = sorted(
        await entries(owner, answer), key=lambda entry: entry["refused"] != "{}"
    )
    assert (released["subjects"], released["field_groups"]) == ([person], ["BASIC"])
    assert (refused["subjects"], refused["field_groups"]) == ([person], ["CONTACT"])
    assert refused["refused"] == '{"CONTACT": "SCOPE"}'


DEGREE = "query ($id: ID!) { degree(id: $id) { level } }"


@pytest.mark.parametrize(("purpose", "reason"), [("JOB_MATCHING", "CONSENT"), (None, "PURPOSE")])
async def test_look_up_of_what_belongs_to_a_person_names_the_person(
    ask: Ask, people: People, owner: asyncpg.Connection, purpose: str | None, reason: str
) -> None:
    person = people["nothing"]
    degree = await owner.fetchval("SELECT id FROM talent.degree WHERE talent_id = $1", person["id"])
    unknown = UUID(int=7)

    for asked, named in ((degree, person["id"]), (unknown, unknown)):
        answer = await ask(as_partner(SUZHOU, purpose=purpose), DEGREE, id=f"Degree:{asked}")

        [entry] = await entries(owner, answer)
        assert (entry["subjects"], entry["refused"]) == ([named], f'{{"DEGREE": "{reason}"}}')


async def test_consents_are_read_under_the_statutory_duty(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    answer = await ask(as_department(), "{ consents(first: 1) { edges { node { purpose } } } }")

    [entry] = await entries(owner, answer)
    assert (entry["entity"], entry["basis"]) == ("Consent", "STATUTORY_DUTY")


async def test_what_is_withheld_for_the_same_from_two_types_is_said_once(
    ask: Ask, people: People, owner: asyncpg.Connection
) -> None:
    degree = await owner.fetchval("SELECT id FROM talent.degree LIMIT 1")
    ids = [f"Talent:{people['nothing']['id']}", f"Degree:{degree}"]
    answer = await ask(as_partner(SUZHOU, purpose=None), NODES, ids=ids)
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert (withheld["path"], withheld["reason"]) == (["nodes", "*"], "PURPOSE")
