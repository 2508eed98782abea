"""By whatever way, the engine releases what a plain model of the decision says, and no more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import asyncpg
import orjson
import pytest

from hub.engine import Engine, Question
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from tests.access.decision import GROUPS, Book, Client, receives, sees
from tests.access.random_books import PERSONS, Dice, book, client, store
from tests.make import Make, Row, empty
from tests.stories.walking import engine_to_walk

COMBINATIONS = 20_000
BOOKS = 24
NODE = """id displayName phone identityLast4 identityNumber
    degrees(first: 1) { totalCount edges { node { level talent { displayName } } } }"""
WAYS = {
    "list": f"{{ talents(first: 50) {{ totalCount edges {{ node {{ {NODE} }} }} }} }}",
    "edge": f"""{{ division(code: "320600") {{
        talents(first: 50) {{ totalCount edges {{ node {{ {NODE} }} }} }} }} }}""",
    "nodes": f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Talent {{ {NODE} }} }} }}",
    "degrees": """{ degrees(first: 50) { totalCount
        edges { node { talent { id displayName phone identityLast4 } } } } }""",
    "filtered": f"""query ($name: String!) {{ talents(first: 50, filter: {{ not: {{
        displayNameContains: $name }} }}) {{ totalCount edges {{ node {{ {NODE} }} }} }} }}""",
}
"""By each of these a person can be reached."""


@dataclass
class Clock:
    at: datetime = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Hub:
    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner
    clock: Clock

    def holds(self, kept: Book) -> list[Row]:
        """The book's persons, stored; noon of its day."""
        self.clock.at = datetime.combine(kept.day, time(4), UTC)

        async def stored() -> list[Row]:
            await empty(self.owner)
            return await store(Make(self.owner), kept)

        return self.loop.run(stored())

    def answer(self, grant: Grant, document: str, **given: Any) -> Any:
        """The one root field's value; null where it is refused."""
        used = {name: value for name, value in given.items() if f"${name}" in document}
        found = self.loop.run(self.engine.answer(Question(document, None, used), grant))
        [value] = orjson.loads(found.body).get("data", {"refused": None}).values()
        return value


@pytest.fixture
def hub(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[Hub]:
    clock = Clock()
    with engine_to_walk(cluster, template, f"{worker_id}_decision", clock=clock) as walked:
        yield Hub(*walked, clock)


def grant_of(asking: Client, persons: list[Row]) -> Grant:
    return Grant(
        "somebody",
        Audience(asking.audience),
        asking.scopes,
        partner=asking.partner,
        talent=None if asking.talent is None else persons[asking.talent]["id"],
        purposes=() if asking.purpose is None else (asking.purpose,),
        purpose=asking.purpose,
    )


def groups(node: Any) -> set[str]:
    """Which field groups a node holds values of."""
    shown = {
        "BASIC": node["displayName"],
        "CONTACT": node["phone"],
        "IDENTITY": node["identityLast4"],
        "DEGREE": node.get("degrees"),
    }
    return {group for group, value in shown.items() if value is not None}


def reached(way: str, value: Any) -> tuple[list[Any], int | None]:
    """The persons' nodes in an answer, and the total that it tells."""
    if way == "edge":
        value = value and value["talents"]
    if value is None:
        return [], 0
    if way == "nodes":
        return [node for node in value if node], None
    nodes = [edge["node"] for edge in value["edges"]]
    if way == "degrees":
        nodes = [node["talent"] for node in nodes if node["talent"]]
    return nodes, value["totalCount"]


def expected(kept: Book, asking: Client, way: str) -> tuple[dict[int, set[str]], int]:
    """Person -> field groups that the model gives, and how many objects are counted."""
    seen = [person for person in range(PERSONS) if sees(kept, asking, person)]
    given = {
        person: {group for group in GROUPS if receives(kept, asking, person, group)}
        for person in seen
    }
    if way != "degrees":
        return given, len(given)
    whose = {person: held - {"DEGREE"} for person, held in given.items() if "DEGREE" in held}
    degrees = [person for person in range(PERSONS) if receives(kept, asking, person, "DEGREE")]
    return whose, len(degrees)


@pytest.mark.timeout(300)
def test_engine_and_model_agree(hub: Hub) -> None:
    dice, seen, combinations = Dice(1), Counter[str](), 0
    number = 0
    while combinations < COMBINATIONS or number < BOOKS:
        kept, number = book(dice), number + 1
        persons = hub.holds(kept)
        ids = [f"Talent:{person['id']}" for person in persons]
        for _ in range(6):
            asking = client(dice)
            grant = grant_of(asking, persons)
            for way, document in WAYS.items():
                value = hub.answer(grant, document, ids=ids, name="nobody of this name")
                nodes, total = reached(way, value)
                wanted, count = expected(kept, asking, way)
                told = {ids.index(node["id"]): groups(node) for node in nodes}
                assert told == wanted, (way, asking, kept)
                assert total in (None, count), (way, asking, kept)
                for node in nodes:
                    full = node.get("identityNumber") is not None
                    assert not full or asking.audience == "DEPARTMENT"
                combinations += len(ids) * len(GROUPS)
                seen.update(group for given in wanted.values() for group in given)
                seen["nothing"] += len(ids) - len(wanted)
    assert all(seen[group] > 200 for group in (*GROUPS, "nothing")), seen
