"""Values written as GraphQL literals, in every form that the grammar has for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

Hole = Callable[[Any, Any], str | None]
"""Asked for each part of a value with its type; answers with a variable to stand there, or None."""


def no_hole(_kind: Any, _value: Any) -> None:
    return None


def literal(kind: Any, value: Any, dice: Random, hole: Hole = no_hole) -> str:
    """The value of this type as text; `hole` may put variables in places inside it."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if value is None:
        return "null"
    if isinstance(inner, GraphQLList):
        return _list(inner, value, dice, hole)
    if isinstance(inner, GraphQLInputObjectType):
        parts = (
            f"{name}: {_part(inner.fields[name].type, part, dice, hole)}"
            for name, part in value.items()
        )
        return "{" + dice.choice((", ", " ", "\n  ")).join(parts) + "}"
    if isinstance(inner, GraphQLEnumType):
        return str(value)
    return _scalar(value, dice)


def _list(kind: GraphQLList[Any], values: list[Any], dice: Random, hole: Hole) -> str:
    """A list; a single item may stand for a list of one."""
    parts = [_part(kind.of_type, value, dice, hole) for value in values]
    if len(parts) == 1 and not parts[0].startswith("$") and dice.random() < 0.3:
        return parts[0]
    return "[" + dice.choice((", ", " ")).join(parts) + "]"


def _part(kind: Any, value: Any, dice: Random, hole: Hole) -> str:
    return hole(kind, value) or literal(kind, value, dice, hole)


def _scalar(value: Any, dice: Random) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = all(c == "\n" or c.isprintable() for c in value) and '"""' not in value
    if plain and value.strip() == value and "\\" not in value and dice.random() < 0.2:
        return f'"""{value}{"" if not value.endswith(chr(34)) else chr(10)}"""'
    return json.dumps(value, ensure_ascii=dice.random() < 0.5)
