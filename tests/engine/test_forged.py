"""What a client makes up is bad input, never a fault of the hub's: cursors, keys, characters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.engine import Engine, Question
from hub.engine.pages import fingerprint
from hub.engine.plan import Term
from hub.kit.errors import BadUserInput, HubError
from hub.model.filters import orders
from tests.engine.conftest import as_department

NOBODY = "00000000-0000-0000-0000-000000000000"

ORDERS = {
    "SEATS_ASC": ("workspaces", "Workspace"),
    "PRICE_FEN_ASC": ("workspaces", "Workspace"),
    "CODE_ASC": ("workspaces", "Workspace"),
    "RETURNED_ON_ASC": ("talents", "Talent"),
    "AT_ASC": ("auditEntries", "AuditEntry"),
}


async def answer(engine: Engine, document: str, **variables: Any) -> Any:
    found = await engine.answer(Question(document, None, variables), as_department())
    return json.loads(found.body)["data"]


def forged(engine: Engine, noun_name: str, order: str, key: Any) -> str:
    """A cursor with the right order's name and any key in it."""
    noun = engine.registry.nouns[noun_name]
    terms = (Term(orders(noun)[order][0], False), Term(orders(noun)["ID_ASC"][0], False))
    return json.dumps([fingerprint(noun, terms), key, NOBODY]).encode().hex()


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("SEATS_ASC", 2**31),
        ("SEATS_ASC", -(2**31) - 1),
        ("SEATS_ASC", 10**400),
        ("SEATS_ASC", 1.5),
        ("SEATS_ASC", "1"),
        ("SEATS_ASC", True),
        ("SEATS_ASC", None),
        ("SEATS_ASC", [1]),
        ("PRICE_FEN_ASC", 2**63),
        ("PRICE_FEN_ASC", float("nan")),
        ("PRICE_FEN_ASC", float("inf")),
        ("CODE_ASC", "\0"),
        ("CODE_ASC", "\ud800"),
        ("CODE_ASC", 1),
        ("RETURNED_ON_ASC", "9999-12-31"),
        ("RETURNED_ON_ASC", "2026-02-30"),
        ("RETURNED_ON_ASC", "infinity"),
        ("RETURNED_ON_ASC", 0),
        ("AT_ASC", "0001-01-01T00:00:00+14:00"),
        ("AT_ASC", "9999-12-31T23:59:59-14:00"),
        ("AT_ASC", "2026-01-01T00:00:00"),
    ],
)
async def test_cursor_with_a_key_of_another_kind_is_bad_input(
    engine: Engine, order: str, key: Any
) -> None:
    root, noun = ORDERS[order]
    document = f"""query ($after: String) {{
      {root}(first: 1, orderBy: [{order}], after: $after) {{ totalCount edges {{ cursor }} }}
    }}"""
    assert (await answer(engine, document))[root]["totalCount"] > 0
    with pytest.raises(BadUserInput):
        await answer(engine, document, after=forged(engine, noun, order, key))


@pytest.mark.parametrize(
    "cursor",
    ["", "zz", "00", "5b5d", "7b7d", "ff" * 10, "5b" * 2000, "5b" * 5000, b'["x"]'.hex()],
)
async def test_text_that_is_no_cursor_is_bad_input(engine: Engine, cursor: str) -> None:
    document = "query ($after: String) { zones(first: 1, after: $after) { totalCount } }"
    with pytest.raises(BadUserInput):
        await answer(engine, document, after=cursor)


@pytest.mark.parametrize("character", ["\0", "\ud800"])
@pytest.mark.parametrize(
    "filtered",
    ["code: $text", "codeIn: [$text]", "nameZhContains: $text", "division: $text",
     "specialtiesHas: $text", "not: [{ code: $text }]"],
)  # fmt: skip
async def test_character_that_no_text_holds_is_bad_input(
    engine: Engine, character: str, filtered: str
) -> None:
    document = (
        f"query ($text: String!) {{ parks(first: 1, filter: {{ {filtered} }}) {{ totalCount }} }}"
    )
    assert "parks" in await answer(engine, document, text="A")
    with pytest.raises(BadUserInput):
        await answer(engine, document, text=f"A{character}")


async def test_escaped_nul_in_the_document_is_bad_input(engine: Engine) -> None:
    with pytest.raises(BadUserInput):
        await answer(engine, '{ park(code: "\\u0000") { id } }')


@pytest.mark.parametrize(
    "key",
    ["", ":", "Park", "Park:", f"Park:{NOBODY}", f"Zone:{NOBODY}", f"Park:{NOBODY}0",
     "Park:" + "z" * 36, f"park:{NOBODY}", f" Park:{NOBODY}", f"Park:{{{NOBODY[1:-1]}}}",
     "Park:" + "٣" * 36, 7],
)  # fmt: skip
async def test_id_of_nothing_finds_nothing(engine: Engine, key: str | int) -> None:
    document = """query ($id: ID!) {
      park(id: $id) { id } node(id: $id) { id } nodes(ids: [$id, $id]) { id }
      parks(first: 1, filter: { zone: $id }) { totalCount }
      workspaces(first: 1, filter: { parkIn: [$id] }) { totalCount }
      auditEntries(first: 1, filter: { operation: $id, subjectsHas: $id }) { totalCount }
    }"""
    assert await answer(engine, document, id=key) == {
        "park": None,
        "node": None,
        "nodes": [None, None],
        "parks": {"totalCount": 0},
        "workspaces": {"totalCount": 0},
        "auditEntries": {"totalCount": 0},
    }


@pytest.mark.parametrize(
    "argument",
    [
        'priceFen: "9223372036854775808"',
        'priceFen: "1_0"',
        'priceFen: " 1"',
        'priceFen: ""',
        "priceFen: 1.0",
        "seats: 2147483648",
        "seats: 1.0",
        "kind: NOTHING",
        'kind: "DESK"',
    ],
)
async def test_value_that_a_scalar_does_not_take_is_bad_input(
    engine: Engine, argument: str
) -> None:
    with pytest.raises(HubError) as refused:
        await answer(
            engine, f"{{ workspaces(first: 1, filter: {{ {argument} }}) {{ totalCount }} }}"
        )
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "instant",
    [
        "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "now",
        "2026-W05-3T10:00+08:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+08:00:01.5",
        "2026-02-30T00:00:00Z", "20260101T000000Z",
    ],
)  # fmt: skip
async def test_instant_without_offset_or_out_of_reach_is_bad_input(
    engine: Engine, instant: str
) -> None:
    document = """query ($from: DateTime!) {
      workspaces(first: 1, during: { from: $from, until: "2026-01-01T00:00:00Z" }) { totalCount }
    }"""
    with pytest.raises(HubError) as refused:
        await answer(engine, document, **{"from": instant})
    assert refused.value.status == 400
