"""An administrator lets people sign in and stops them, through the API."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.identity.browsing import PASSWORD, Page, Visitor, visitor
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.people import added, document, on_person, someone
from tests.town import Caller, Enter, the_id

OPERATOR = {"role": "OPERATOR"}


async def operator(administrator: Caller, make: Make, **more: Any) -> Any:
    """The payload for somebody who runs a park: a password is all that she needs."""
    park = the_id("Park", await make.park())
    return await added(administrator, someone(**OPERATOR, bounds={"parkIds": [park], **more}))


async def choose(browser: Visitor, path: str, password: str = PASSWORD) -> Page:
    """Choose a password at a link."""
    page = await browser.open(path)
    assert page.status == 200, page.text
    return await browser.send(path, page, password=password, again=password)


async def signed_in(browser: Visitor, username: str, password: str = PASSWORD) -> bool:
    page = await browser.open("/account")
    sent = await browser.send("/account", page, username=username, password=password)
    return sent.status == 303


async def test_person_is_added_signs_in_and_is_stopped(
    administrator: Caller, make: Make, hub_url: str, owner: asyncpg.Connection
) -> None:
    done = await operator(administrator, make)
    person, path = done["person"], done["invitationPath"]
    name = person["username"]
    assert (person["state"], person["secondFactor"]) == ("INVITED", False)

    async with visitor(hub_url) as browser:
        assert (await choose(browser, path)).status == 200
        assert (await browser.open(path)).status == 404
        assert await signed_in(browser, name)
        assert "sign_out" in (await browser.open("/account")).fields
        person = {**person, "version": 2}
        person = (await on_person(administrator, "suspendPerson", person))["person"]
        assert "sign_out" not in (await browser.open("/account")).fields
        assert not await signed_in(browser, name)
        person = (await on_person(administrator, "resumePerson", person))["person"]
        assert "sign_out" not in (await browser.open("/account")).fields, "she signs in anew"
        assert await signed_in(browser, name)
        person = (await on_person(administrator, "suspendPerson", person))["person"]
        person = (await on_person(administrator, "closePerson", person))["person"]
        assert (person["state"], person["availableTransitions"]) == ("CLOSED", [])
        assert not await signed_in(browser, name)

    told = await ledger_of(owner, person)
    assert [(mutation, client) for mutation, client, _ in told] == [
        ("addPerson", administrator.client_id),
        ("choosePassword", "hub pages"),
        ("suspendPerson", administrator.client_id),
        ("resumePerson", administrator.client_id),
        ("suspendPerson", administrator.client_id),
        ("closePerson", administrator.client_id),
    ]
    assert [versions for _, _, versions in told] == [[1], [2], [3], [4], [5], [6]]
    kept = await owner.fetch(
        "SELECT to_jsonb(one)::text AS row FROM ledger.audit_entry AS one UNION ALL"
        " SELECT to_jsonb(one)::text FROM ledger.change AS one UNION ALL"
        " SELECT to_jsonb(one)::text FROM ledger.idempotency AS one"
    )
    secret = path.rpartition("/")[2]
    assert [row["row"] for row in kept if name in row["row"] or secret in row["row"]] == []


async def ledger_of(
    owner: asyncpg.Connection, person: dict[str, Any]
) -> list[tuple[str, str, list[int]]]:
    """(mutation, client, versions) of each change of a person, oldest first."""
    rows = await owner.fetch(
        """
        SELECT entry.mutation, entry.client, array(
            SELECT change.version FROM ledger.change
            WHERE change.operation = entry.operation AND change.object = $1 ORDER BY seq
        ) AS versions
        FROM ledger.audit_entry AS entry
        WHERE entry.entity = 'Person' AND entry.action = 'CHANGE' AND $1 = ANY (entry.objects)
            AND entry.mutation <> 'signIn'
        ORDER BY entry.at
        """,
        UUID(person["id"].removeprefix("Person:")),
    )
    return [(row["mutation"], row["client"], row["versions"]) for row in rows]


async def test_link_is_shown_once_and_the_next_ends_it(
    administrator: Caller, make: Make, hub_url: str
) -> None:
    park = the_id("Park", await make.park())
    given = someone(**OPERATOR, bounds={"parkIds": [park]})
    answers = await asyncio.gather(*(added(administrator, given) for _ in range(8)))

    assert len({answer["person"]["id"] for answer in answers}) == 1
    [first] = [answer["invitationPath"] for answer in answers if answer["invitationPath"]]
    again = await on_person(administrator, "invitePerson", answers[0]["person"])
    async with visitor(hub_url) as browser:
        statuses = [(await browser.open(path)).status for path in (first, again["invitationPath"])]
    assert statuses == [404, 200]


async def test_reset_ends_what_is_open_and_takes_both_factors(
    administrator: Caller, make: Make, hub_url: str, owner: asyncpg.Connection
) -> None:
    done = await operator(administrator, make)
    person = {**done["person"], "version": 2}
    async with visitor(hub_url) as browser:
        await choose(browser, done["invitationPath"])
        await owner.execute(
            "UPDATE identity.person SET totp_secret = 'sealed' WHERE username = $1",
            person["username"],
        )
        reset = await on_person(administrator, "resetPerson", person)
        assert (reset["person"]["secondFactor"], reset["person"]["state"]) == (False, "ACTIVE")
        assert not await signed_in(browser, person["username"])
        await choose(browser, reset["invitationPath"], "five loud cranes fly")
        assert not await signed_in(browser, person["username"])
        assert await signed_in(browser, person["username"], "five loud cranes fly")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"bounds": {"purposes": ["PARK_SETTLEMENT", "STATISTICS"]}}, True),
        ({"bounds": {"purposes": []}}, False),
        ({"role": "AUDITOR"}, False),
    ],
)
async def test_session_ends_when_something_is_taken_away(
    change: dict[str, Any], holds: bool, administrator: Caller, make: Make, hub_url: str
) -> None:
    done = await operator(administrator, make, purposes=["PARK_SETTLEMENT"])
    async with visitor(hub_url) as browser:
        await choose(browser, done["invitationPath"])
        assert await signed_in(browser, done["person"]["username"])

        changed = await on_person(
            administrator, "changePerson", {**done["person"], "version": 2}, **change
        )

        assert codes(changed) == []
        same = await on_person(administrator, "changePerson", changed["person"], **change)
        assert same["person"]["version"] == changed["person"]["version"] == 3
        assert ("sign_out" in (await browser.open("/account")).fields) is holds


@pytest.mark.parametrize(
    ("given", "field", "hint"),
    [
        ({"username": "Herons"}, ["username"], "lower-case letters"),
        ({"role": "OPERATOR"}, ["bounds", "parkIds"], "--park"),
        ({"role": "TALENT"}, ["bounds", "talentId"], "--talent"),
        ({"bounds": {"departments": ["nt-rs"]}}, ["bounds", "departments"], "nt-rsj"),
        ({"bounds": {"talentId": f"Talent:{uuid4()}"}}, ["bounds", "talentId"], "Check the id"),
    ],
)
async def test_slip_is_refused(
    given: dict[str, Any], field: list[str], hint: str, administrator: Caller
) -> None:
    refused = await added(administrator, someone(**given))

    [error] = refused["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", field)
    assert hint in error["nextStep"]
    assert (refused["person"], refused["invitationPath"]) == (None, None)


async def test_name_is_taken_once(administrator: Caller) -> None:
    given = someone()
    await added(administrator, given)

    again = await added(administrator, {**someone(), "username": given["username"]})

    assert again["userErrors"][0]["field"] == ["username"]


@pytest.mark.parametrize(
    ("state", "name", "hint"),
    [
        ("INVITED", "suspendPerson", "choosing a password"),
        ("INVITED", "resumePerson", "choosing a password"),
        ("SUSPENDED", "invitePerson", "resumePerson"),
        ("SUSPENDED", "resetPerson", "resumePerson"),
        ("ACTIVE", "closePerson", "SUSPENDED first"),
        ("CLOSED", "resumePerson", "another name"),
        ("CLOSED", "changePerson", "another name"),
    ],
)
async def test_illegal_move_names_the_way(
    state: str, name: str, hint: str, administrator: Caller, owner: asyncpg.Connection
) -> None:
    person = (await added(administrator, someone()))["person"]
    await owner.execute(
        "UPDATE identity.person SET state = $2 WHERE username = $1", person["username"], state
    )

    [error] = (await on_person(administrator, name, person))["userErrors"]

    assert error["code"] == "ILLEGAL_TRANSITION"
    assert (error["details"]["state"], hint in (error["nextStep"] or "")) == (state, True)


async def test_of_twenty_changes_at_once_one_is_made(administrator: Caller) -> None:
    person = (await added(administrator, someone()))["person"]
    answers = await asyncio.gather(
        *(
            on_person(administrator, "changePerson", person, bounds={"departments": [one]})
            for one in ("nt-rsj", "nt-czj") * 10
        )
    )

    made = [answer for answer in answers if not codes(answer)]
    assert [code for answer in answers for code in codes(answer)] == ["CONFLICT"] * 19
    assert made[0]["person"]["version"] == 2


async def test_without_the_scope_nothing_is_done(enter: Enter, owner: asyncpg.Connection) -> None:
    other = await enter("INTERNAL", "park:read")
    given = someone()

    answer = await other.http.post(
        "/graphql",
        json={"query": document("addPerson"), "variables": {"input": given}},
        headers={"Accept": "application/graphql-response+json"},
    )

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
        403,
        "FORBIDDEN",
    )
    recorded = "SELECT refused FROM ledger.audit_entry WHERE client = $1 AND action = 'REFUSAL'"
    assert json.loads(await owner.fetchval(recorded, other.client_id)) == {"code": "FORBIDDEN"}
    there = "SELECT EXISTS (SELECT FROM identity.person WHERE username = $1)"
    assert not await owner.fetchval(there, given["username"])


async def test_people_are_listed(administrator: Caller) -> None:
    person = (await added(administrator, someone()))["person"]
    document = """query ($filter: PersonFilter) {
      people(first: 5, filter: $filter) { totalCount edges { node { id role state } } } }"""

    page = await administrator.ask(document, filter={"username": person["username"]})

    assert page == {
        "totalCount": 1,
        "edges": [{"node": {"id": person["id"], "role": "AUDITOR", "state": "INVITED"}}],
    }
