"""Every entity and field asks for its scope, whoever asks; without a token there is nothing."""

from __future__ import annotations

import pytest

from hub.app import registry
from hub.kit.errors import Unauthenticated
from hub.model.registry import Noun
from tests.access.conftest import SUZHOU, Ask, People
from tests.engine.conftest import ALL, as_department, as_operator, as_partner, as_talent

NOUNS = list(registry().nouns.values())
ROOTS = [noun for noun in NOUNS if noun.plural]


@pytest.mark.parametrize("noun", ROOTS, ids=lambda noun: noun.name)
async def test_without_a_token_nothing_is_answered(ask: Ask, noun: Noun) -> None:
    for document in (
        f"{{ {noun.plural}(first: 1) {{ totalCount }} }}",
        f'{{ {noun.singular}(id: "{noun.name}:1") {{ id }} }}',
        f'{{ node(id: "{noun.name}:1") {{ id }} }}',
        f'{{ nodes(ids: ["{noun.name}:1"]) {{ id }} }}',
    ):
        with pytest.raises(Unauthenticated):
            await ask(None, document)


@pytest.mark.parametrize("noun", ROOTS, ids=lambda noun: noun.name)
async def test_without_its_scope_an_entity_is_refused_by_every_root(ask: Ask, noun: Noun) -> None:
    grant = as_department(scopes=ALL - {noun.scope})
    for document in (
        f"{{ x: {noun.plural}(first: 1) {{ totalCount }} }}",
        f'{{ x: {noun.singular}(id: "{noun.name}:1") {{ id }} }}',
        f'{{ x: node(id: "{noun.name}:1") {{ id }} }}',
        f'{{ x: nodes(ids: ["{noun.name}:1"]) {{ id }} }}',
    ):
        answer = await ask(grant, document)
        assert "data" not in answer
        [error] = answer["errors"]
        assert error["path"] == ["x"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["extensions"]["needs"] == noun.scope


FIELDS = [
    (noun, name, noun.scopes_of(spec))
    for noun in ROOTS
    for name, spec in noun.fields.items()
    if noun.scopes_of(spec) != noun.scope
]
EDGES = [
    (noun, name, scope)
    for noun in ROOTS
    for name, spec in noun.edges.items()
    for scope in sorted({noun.scopes_of(spec), registry().target(spec).scope} - {noun.scope})
]


@pytest.mark.parametrize(
    ("noun", "name", "scope"), [*FIELDS, *EDGES], ids=lambda part: getattr(part, "name", part)
)
async def test_without_its_scope_a_field_is_null_and_named(
    ask: Ask, noun: Noun, name: str, scope: str
) -> None:
    spec = noun.edges.get(name)
    if spec is None:
        selection = name
    else:
        selection = f"{name}(first: 1) {{ totalCount }}" if spec.many else f"{name} {{ id }}"
    scopes = ALL - {scope}
    # No department reads reservations; the partner that asked for them does.
    mine = noun.name in ("Reservation", "ReservationSeries")
    answer = await ask(
        as_partner(SUZHOU, scopes=scopes) if mine else as_department(scopes=scopes),
        f"{{ {noun.plural}(first: 5) {{ edges {{ node {{ {selection} }} }} }} }}",
    )
    nodes = [edge["node"] for edge in answer["data"][noun.plural]["edges"]]
    assert all(node == {name: None} for node in nodes)
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert withheld["path"] == [noun.plural, "edges", "*", "node", name]
    assert (withheld["reason"], withheld["needs"]) == ("SCOPE", scope)


HIDDEN = {
    # who -> parks, workspaces, reservations, consents that she sees
    "department": (2, 2, None, 31),
    "partner": (1, 1, 1, None),
    "other partner": (1, 1, 0, None),
    "operator": (1, 1, None, None),
    "talent": (1, 1, 1, 5),
}


@pytest.mark.parametrize("who", HIDDEN)
async def test_rows_that_are_not_hers_do_not_exist(ask: Ask, people: People, who: str) -> None:
    grant = {
        "department": as_department(),
        "partner": as_partner(SUZHOU),
        "other partner": as_partner("310000"),
        "operator": as_operator(),
        "talent": as_talent(people["everything"]["id"]),
    }[who]
    roots = ("parks", "workspaces", "reservations", "consents")
    document = " ".join(f"{root}(first: 9) {{ totalCount }}" for root in roots)
    data = (await ask(grant, f"{{ {document} }}"))["data"]
    assert tuple(data[root] and data[root]["totalCount"] for root in roots) == HIDDEN[who]
