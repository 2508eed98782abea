"""What the model offers and no real room uses yet: fields released row by row that can be filtered
on, fields of another scope that can be, persons behind such edges, exact decimals in orders, edges
that are never null."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.schema import CreateTable

from hub.app import core_schema
from hub.engine import Engine, Question, conditions
from hub.kit.db import connect_pool
from hub.kit.errors import Forbidden
from hub.kit.postgres import ClusterInfo
from hub.kit.sql import DIALECT
from hub.model.access import Audience, Grant, all_hold
from hub.model.sdl import merged_schema
from hub.model.seal import seal
from tests.conftest import Database, clone
from tests.engine import lab

Ask = Callable[..., Awaitable[Any]]

BOXES = (
    # shelf, weight, content, open
    ("left", "0.10", "gold", True),
    ("left", "0.1", "gold", False),
    ("left", "123456789012345678901234567890.5", "lead", True),
    ("right", None, "lead", False),
    ("right", "-0.000001", None, True),
    ("right", None, None, False),
)


@pytest.fixture(scope="module")
async def lab_database(cluster: ClusterInfo, template: str) -> Database:
    """Two shelves with three boxes each."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_lab")
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE SCHEMA lab; GRANT USAGE ON SCHEMA lab TO hub_app")
    for entity in (lab.Shelf, lab.Keeper, lab.Box):
        await owner.execute(str(CreateTable(entity.__table__).compile(dialect=DIALECT)))
    await owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lab TO hub_app")
    for shelf in ("left", "right"):
        await owner.execute("INSERT INTO lab.shelf (name) VALUES ($1)", shelf)
    for price, (shelf, weight, content, is_open) in enumerate(BOXES):
        await owner.execute(
            "INSERT INTO lab.box (weight, content, price, is_open, shelf_id)"
            " SELECT $1::text::numeric, $2, $3, $4, id FROM lab.shelf WHERE name = $5",
            *(weight, content, price, is_open, shelf),
        )
    await owner.close()
    return database


@pytest.fixture
async def ask(lab_database: Database) -> AsyncIterator[Ask]:
    """Ask with some scopes; returns the whole response."""
    pool = await connect_pool(lab_database.app_url, size=1)
    registry = seal([lab])
    schema = core_schema(merged_schema(registry))
    engine = Engine(registry, schema, pool, unseal=lambda sealed, _: sealed)

    async def asked(document: str, *scopes: str, **variables: Any) -> Any:
        grant = Grant("tester", Audience.INTERNAL, frozenset(scopes or (lab.READ, lab.MORE)))
        answer = await engine.answer(Question(document, None, variables), grant)
        return orjson.loads(answer.body)

    yield asked
    await pool.close()


FILTERED = """query ($f: BoxFilter) {
  boxes(first: 9, filter: $f, orderBy: [ID_ASC]) { totalCount edges { node { content price } } }
}"""


async def prices(ask: Ask, given: dict[str, Any]) -> list[int]:
    """The boxes that a filter finds, by price; the count must agree with them."""
    found = (await ask(FILTERED, f=given))["data"]["boxes"]
    seen = [edge["node"]["price"] for edge in found["edges"]]
    assert found["totalCount"] == len(seen)
    return seen


async def test_content_is_told_box_by_box(ask: Ask) -> None:
    answer = await ask("{ boxes(first: 9, orderBy: [ID_ASC]) { edges { node { id content } } } }")
    nodes = [edge["node"] for edge in answer["data"]["boxes"]["edges"]]
    assert [node["content"] for node in nodes] == ["gold", None, "lead", None, None, None]
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert withheld["count"] == 3
    assert set(withheld["ids"]) == {nodes[place]["id"] for place in (1, 3, 5)}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"content": "gold"}, [0]),
        ({"contentIn": ["gold", "lead"]}, [0, 2]),
        ({"contentContains": "OL"}, [0]),
        ({"contentIsNull": True}, [4]),
        ({"contentIsNull": False}, [0, 2]),
        ({"not": [{"content": "gold"}]}, [2, 4]),
        ({"not": [{"not": [{"content": "gold"}]}]}, [0]),
        ({"not": [{"contentIsNull": False}]}, [4]),
        ({"or": [{"content": "gold"}, {"price": 1}]}, [0]),
        ({"or": [{"not": [{"content": "nothing"}]}, {"price": 5}]}, [0, 2, 4]),
    ],
)
async def test_filter_finds_only_boxes_whose_content_may_be_known(
    ask: Ask, given: dict[str, Any], found: list[int]
) -> None:
    assert await prices(ask, given) == found


async def test_permission_inside_a_negation_would_be_seen(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault: the permission beside the comparison, so that `not` lets closed boxes through."""
    predicate = conditions._predicate

    def beside(part: Any, many: Any, row: Any, parameters: Any) -> ColumnElement[bool]:
        rule = part.access.rule
        permission = all_hold(rule(row, None)) if rule else true()
        return and_(predicate(part, many, row, parameters), permission)

    def filtered(many: Any, frame: Any, parameters: Any) -> list[ColumnElement[bool]]:
        condition = conditions._combination(many.page.where, many, frame, parameters, {})
        return [] if condition is None else [condition]

    monkeypatch.setattr(conditions, "_predicate", beside)
    monkeypatch.setattr(conditions, "filtered", filtered)
    assert await prices(ask, {"not": [{"content": "gold"}]}) == [1, 2, 3, 4, 5]


async def test_filter_of_a_list_below_asks_for_the_same_permission(ask: Ask) -> None:
    answer = await ask(
        """{ shelves(first: 9, orderBy: [NAME_ASC]) { edges { node {
            boxes(first: 9, filter: { not: [{ content: "gold" }] }) {
                totalCount edges { node { price } }
            }
        } } } }"""
    )
    lists = [edge["node"]["boxes"] for edge in answer["data"]["shelves"]["edges"]]
    assert [boxes["totalCount"] for boxes in lists] == [1, 1]
    assert [edge["node"]["price"] for boxes in lists for edge in boxes["edges"]] == [2, 4]


@pytest.mark.parametrize(
    "given", [{"price": 1}, {"not": [{"priceGte": 1}]}, {"or": [{"and": [{"priceIn": [1]}]}]}]
)
async def test_filter_on_what_may_not_be_read_is_refused(ask: Ask, given: dict[str, Any]) -> None:
    document = "query ($f: BoxFilter) { boxes(first: 1, filter: $f) { totalCount } }"
    await ask(document, lab.READ, lab.MORE, f=given)
    with pytest.raises(Forbidden) as refused:  # although a plan for who may read it was made
        await ask(document, lab.READ, f=given)
    assert refused.value.details["needs"] == lab.MORE


async def test_filter_on_a_person_is_refused_to_who_may_not_read_persons(ask: Ask) -> None:
    document = "query ($f: BoxFilter) { boxes(first: 1, filter: $f) { totalCount } }"
    for given in ({"keeperIsNull": True}, {"not": [{"keeper": "Keeper:7"}]}):
        found = await ask(document, lab.READ, lab.PERSON, f=given)
        assert found["data"]["boxes"]["totalCount"] == len(BOXES)
        with pytest.raises(Forbidden) as refused:  # although a plan for who may was made
            await ask(document, lab.READ, f=given)
        assert refused.value.details["needs"] == lab.PERSON


async def test_order_by_what_may_not_be_read_is_refused(ask: Ask) -> None:
    """It would tell by the rows' places, and its cursors hold the values themselves."""
    document = "{ boxes(first: 9, orderBy: [PRICE_DESC]) { edges { cursor node { content } } } }"
    whole = (await ask(document))["data"]["boxes"]["edges"]
    assert [edge["node"]["content"] for edge in whole] == [None, None, None, "lead", None, "gold"]

    with pytest.raises(Forbidden) as refused:  # although a plan for who may read it was made
        await ask(document, lab.READ)

    assert refused.value.details["needs"] == lab.MORE


async def test_decimals_are_exact_in_answers_orders_and_cursors(ask: Ask) -> None:
    document = """query ($after: String) {
      boxes(first: 1, after: $after, orderBy: [WEIGHT_ASC]) {
        edges { cursor node { weight } } pageInfo { hasNextPage }
      }
    }"""
    weights, after, more = [], None, True
    while more:
        page = (await ask(document, after=after))["data"]["boxes"]
        [edge] = page["edges"]
        weights.append(edge["node"]["weight"])
        after, more = edge["cursor"], page["pageInfo"]["hasNextPage"]
    assert weights == ["-0.000001", "0.10", "0.1", "123456789012345678901234567890.5", None, None]


async def test_decimal_filter_compares_numbers(ask: Ask) -> None:
    assert await prices(ask, {"weight": "0.1"}) == [0, 1]
    assert await prices(ask, {"weightGte": "123456789012345678901234567890.5"}) == [2]


async def test_edge_that_is_never_null_is_published_so(ask: Ask) -> None:
    answer = await ask(
        """{ __type(name: "Box") { fields { name type { kind } } }
             boxes(first: 1) { edges { node { shelf { name } } } } }"""
    )
    kinds = {field["name"]: field["type"]["kind"] for field in answer["data"]["__type"]["fields"]}
    assert kinds["shelf"] == "NON_NULL"
    assert kinds["content"] == kinds["price"] != "NON_NULL"
    [edge] = answer["data"]["boxes"]["edges"]
    assert edge["node"]["shelf"] == {"name": "left"}
