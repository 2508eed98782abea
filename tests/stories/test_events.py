"""Events: what is public is told to everybody, a closed seminar to the city's own alone."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.reference.files import read
from hub.subgraphs.opportunity.rules import EventKind
from tests.make import Make
from tests.town import SUZHOU, Enter, city, the_id

EVENTS = """
    query ($key: String!) { events(first: 9, filter: { seriesKey: $key }, orderBy: [ID_ASC]) {
        totalCount edges { node { id kind state public } } } }
"""
ONE = "query ($id: ID!) { event(id: $id) { id } }"
COUNT = "query ($id: ID!) { event(id: $id) { contactCount } }"
CALLERS: dict[str, tuple[str, ...]] = {
    "PARTNER": ("event:read", "event:read.internal"),
    "INTERNAL": ("event:read",),
    "DEPARTMENT": ("event:read",),
}


def test_kinds_are_those_of_the_document() -> None:
    kinds = {kind["key"]: kind["zh"] for kind in read("actors")["event_kinds"]}
    assert {kind.value: kind.zh for kind in EventKind} == kinds


async def series(make: Make) -> tuple[str, list[str]]:
    """A public event, a closed seminar, an event that is planned, another not public; their ids."""
    key = make.named("series")
    rows = [
        await make.event(series_key=key),
        await make.event(series_key=key, kind="CLOSED_SEMINAR", public=False),
        await make.event(series_key=key, state="PLANNED"),
        await make.event(series_key=key, public=False, state="ANNOUNCED"),
    ]
    return key, [the_id("Event", row) for row in rows]


@pytest.mark.parametrize("audience", CALLERS)
async def test_closed_seminars_are_not_told_of(make: Make, enter: Enter, audience: str) -> None:
    """By no way: list, count, look-up, node, whatever scopes a partner's system may hold."""
    await city(make, SUZHOU)
    bounds: dict[str, Any] = {"partner": SUZHOU} if audience == "PARTNER" else {}
    caller = await enter(audience, *CALLERS[audience], **bounds)
    key, [public, *hidden] = await series(make)
    found = await caller.ask(EVENTS, key=key)
    assert found["totalCount"] == 1
    assert [edge["node"]["id"] for edge in found["edges"]] == [public]
    for each in hidden:
        assert await caller.ask(ONE, id=each) is None
        assert await caller.ask("query ($id: ID!) { node(id: $id) { id } }", id=each) is None


@pytest.mark.parametrize("audience", ["INTERNAL", "DEPARTMENT"])
async def test_the_citys_own_see_them_with_a_scope_more(
    make: Make, enter: Enter, audience: str
) -> None:
    plain = await enter(audience, "event:read")
    more = await enter(audience, "event:read", "event:read.internal")
    key, ids = await series(make)
    # The same document by turns: what is remembered of it for one caller serves no other.
    for caller, seen in ((plain, ids[:1]), (more, ids), (plain, ids[:1]), (more, ids)):
        found = await caller.ask(EVENTS, key=key)
        assert [edge["node"]["id"] for edge in found["edges"]] == seen
        assert found["totalCount"] == len(seen)


async def test_contacts_are_counted_for_departments(make: Make, enter: Enter) -> None:
    event = await make.event()
    await make.contact(event=event)
    await make.contact(event=event, state="FORGOTTEN", consent_evidence=None)
    await make.contact()
    scopes = ("event:read", "event:read.internal")
    department = await enter("DEPARTMENT", *scopes)
    assert await department.ask(COUNT, id=the_id("Event", event)) == {"contactCount": 2}
    app = await enter("INTERNAL", *scopes)
    answer = await app.whole(COUNT, id=the_id("Event", event))
    assert answer["data"]["event"] == {"contactCount": None}
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert withheld["reason"] == "VISIBILITY"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"kind": "CLOSED_SEMINAR", "public": True}, "ck_event_seminar_not_public"),
        ({"edition": 3}, "ck_event_edition_of_series"),
        ({"territory": "Japan"}, "ck_event_territory_form"),
        ({"ends_at": None}, None),
    ],
)
async def test_the_database_keeps_no_wrong_event(
    make: Make, wrong: dict[str, Any], constraint: str | None
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await make.event(**wrong)
    assert refused.value.constraint_name == constraint
