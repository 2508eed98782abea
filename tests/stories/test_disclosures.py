"""A person looks up who read her data (user story 8), and an auditor who read whose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.make import Make, Row
from tests.stories.consents import READS, agreed, answer, ask, herself, looked_up, terms
from tests.town import SUZHOU, Caller, Enter, the_id

SHOWN = """edges { node { at recipient partner client audience entity purpose basis fieldGroups
    refused reasons operation agreement } }"""
MINE = f"query ($n: Int!) {{ myDisclosures(last: $n, orderBy: [AT_ASC]) {{ totalCount {SHOWN} }} }}"
ONES = f"""query ($id: ID!) {{
    disclosures(last: 20, talentId: $id, orderBy: [AT_ASC]) {{ totalCount {SHOWN} }} }}"""
PURPOSE: dict[str, Any] = {"purposes": ["JOB_MATCHING"]}


@pytest.fixture
async def person(make: Make) -> Row:
    return await make.known_talent(display_name="沈知行")


@pytest.fixture
async def her(enter: Enter, person: Row) -> Caller:
    return await herself(enter, person)


@pytest.fixture
async def suzhou(enter: Enter, make: Make) -> Caller:
    await agreed(make)
    return await enter("PARTNER", *READS, partner=SUZHOU, **PURPOSE)


def told(found: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(edge["node"][name] for name in names) for edge in found["edges"]]


async def test_she_sees_who_read_what_and_who_was_refused(
    enter: Enter, make: Make, person: Row, her: Caller, suzhou: Caller
) -> None:
    assert (await looked_up(suzhou, person))[0] is None
    consent = (await ask(her, "grantConsent", **terms()))["consent"]
    await looked_up(suzhou, person, "displayName phone")
    office = await enter("DEPARTMENT", *READS, **PURPOSE)
    await looked_up(office, person)
    other = await make.talent()
    await looked_up(office, other)
    await answer(her, "withdrawConsent", consent)
    await looked_up(suzhou, person)
    await looked_up(her, person)

    found = await her.ask(MINE, n=20)

    assert told(found, "recipient", "fieldGroups", "refused", "reasons") == [
        (SUZHOU, ["BASIC"], True, {"BASIC": "CONSENT"}),
        (SUZHOU, ["BASIC", "CONTACT"], False, {}),
        (SUZHOU, ["CONTACT"], True, {"CONTACT": "CONSENT"}),
        (office.client_id, ["BASIC"], False, {}),
        (SUZHOU, ["BASIC"], True, {"BASIC": "CONSENT"}),
    ], "her own reads are no disclosures"
    assert found["totalCount"] == 5
    assert set(told(found, "purpose", "entity")) == {("JOB_MATCHING", "Talent")}
    assert [basis for (basis,) in told(found, "basis")] == [
        *(["CONSENT"] * 3),
        "STATUTORY_DUTY",
        "CONSENT",
    ]
    released, refused = told(found, "operation", "agreement")[1:3]
    assert released == refused, "one operation, both of what it released and withheld"
    assert len((await her.ask(MINE, n=2))["edges"]) == 2


async def test_nobody_sees_anothers(
    enter: Enter, make: Make, person: Row, her: Caller, suzhou: Caller
) -> None:
    await looked_up(suzhou, person)
    stranger = await herself(enter, await make.talent())
    assert (await stranger.ask(MINE, n=20))["totalCount"] == 0

    for caller in (stranger, her, suzhou):
        found = await caller.http.post(
            "/graphql",
            json={"query": ONES, "variables": {"id": the_id("Talent", person)}},
            headers={"Accept": "application/graphql-response+json"},
        )
        assert found.status_code == 403
        assert found.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_auditor_sees_one_persons(
    enter: Enter, make: Make, person: Row, suzhou: Caller
) -> None:
    other = await make.talent()
    for each in (person, other):
        await looked_up(suzhou, each)
    auditor = await enter("ADMIN", "audit:read.all")

    found = await auditor.ask(ONES, id=the_id("Talent", person))

    assert told(found, "recipient", "refused") == [(SUZHOU, True)]
    assert (await auditor.ask(ONES, id="Talent:nobody"))["totalCount"] == 0
    both = "{ myDisclosures(first: 1) { totalCount } auditEntries(first: 1) { totalCount } }"
    assert (await auditor.whole(both))["data"]["myDisclosures"] is None, "that takes a person's"
