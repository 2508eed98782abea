"""Variables coerced by functions made beforehand come to what graphql-core makes of them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
)
from graphql.execution.values import get_variable_values

from hub.app import core_schema, schema
from hub.engine.coercion import Coercion, UnfitError

SCHEMA = core_schema(schema())
INPUTS = sorted(
    name
    for name, kind in SCHEMA.type_map.items()
    if isinstance(kind, GraphQLInputObjectType | GraphQLEnumType | GraphQLScalarType)
    and not name.startswith("__")
)
LEAVES: tuple[Any, ...] = (
    *("", "x", "7", "2026-03-01", "2026-03-01T09:00:00+08:00", "PT15M", "Park:1", "AVAILABLE"),
    *("DESK", "CODE_ASC", 0, 1, -1, 2**31, 2**63, 1.0, 1.5, True, False, None, [], {}, [1], "0.25"),
)


def some_value(kind: Any, dice: Random, depth: int = 0) -> Any:
    """Mostly what fits, at times anything at all."""
    if dice.random() < 0.04:
        return dice.choice(LEAVES)
    if is_non_null_type(kind):
        return some_value(kind.of_type, dice, depth)
    if dice.random() < 0.1:
        return None
    if is_list_type(kind):
        return [some_value(kind.of_type, dice, depth + 1) for _ in range(dice.randrange(3))]
    if is_input_object_type(kind):
        chosen = {
            name: some_value(field.type, dice, depth + 1)
            for name, field in kind.fields.items()
            if is_non_null_type(field.type) or dice.random() < 0.3 / (depth + 1)
        }
        return {**chosen, "nonsense": 1} if dice.random() < 0.03 else chosen
    if isinstance(kind, GraphQLEnumType):
        return dice.choice([*kind.values, "NONSENSE"])
    return dice.choice(LEAVES)


@pytest.mark.parametrize("name", INPUTS)
def test_coercion_agrees_with_graphql_core(name: str) -> None:
    dice = Random(name)
    for shape in (f"{name}", f"{name}!", f"[{name}!]!", f"[{name}]"):
        document = parse(f"query ($v: {shape}) {{ __typename }}")
        [definition] = document.definitions
        nodes = definition.variable_definitions  # type: ignore[attr-defined]  # an operation
        kind: Any = SCHEMA.type_map[name]
        if shape.startswith("["):
            from_list = GraphQLNonNull(kind) if "!" in shape else kind
            kind = _list_of(from_list, "]!" in shape)
        elif shape.endswith("!"):
            kind = GraphQLNonNull(kind)
        coercion = Coercion(definition, {"v": kind})  # type: ignore[arg-type]  # an operation
        for _ in range(60):
            given = {"v": some_value(kind, dice)} if dice.random() < 0.95 else {}
            expected = get_variable_values(SCHEMA, nodes, given)
            try:
                coerced = coercion(given)
            except UnfitError:
                continue  # graphql-core decides, whatever it says
            assert not isinstance(expected, list), given
            assert coerced == expected.coerced
            assert repr(coerced) == repr(expected.coerced)  # the order of keys, too


def _list_of(kind: Any, required: bool) -> Any:
    return GraphQLNonNull(GraphQLList(kind)) if required else GraphQLList(kind)


def test_what_fits_is_coerced_without_help() -> None:
    """The comparison above would hold, too, if nothing was ever coerced here."""
    kind = SCHEMA.type_map["HoldWorkspaceInput"]
    document = parse("mutation ($v: HoldWorkspaceInput!) { __typename }")
    [definition] = document.definitions
    given = {
        "workspaceId": "Workspace:1",
        "from": "2026-03-01T09:00:00+08:00",
        "to": "2026-03-01T10:00:00+08:00",
        "seats": 4,
        "holder": {"organisationId": "Organisation:1"},
        "ttl": "PT15M",
        "idempotencyKey": "k",
    }
    types: dict[str, Any] = {"v": GraphQLNonNull(kind)}
    coerced = Coercion(definition, types)({"v": given})  # type: ignore[arg-type]  # an operation
    assert coerced["v"]["seats"] == 4
    assert coerced["v"]["ttl"].total_seconds() == 900
