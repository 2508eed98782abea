"""Filters in plain Python: two-valued, so that a comparison with an unknown value does not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, get_named_type

from tests.oracle.memory import Row, opened
from tests.oracle.shapes import LINKS, UNDER, column
from tests.oracle.values import read

SUFFIXES: dict[str, Callable[[Any, Any], bool]] = {
    "In": lambda value, given: value in given,
    "Gte": lambda value, given: value >= given,
    "Lte": lambda value, given: value <= given,
    "Has": lambda value, given: given in value,
    "Contains": lambda value, given: lower(given) in lower(value),
}


def holds(kind: GraphQLObjectType, row: Row, given: dict[str, Any] | None) -> bool:
    """Whether a row passes a filter; a part that is null is no condition."""
    return all(
        _part(kind, row, name, value) for name, value in (given or {}).items() if value is not None
    )


def _part(kind: GraphQLObjectType, row: Row, name: str, value: Any) -> bool:
    match name:
        case "and":
            return all(holds(kind, row, part) for part in value)
        case "or":
            return any(holds(kind, row, part) for part in value)
        case "not":
            return not any(holds(kind, row, part) for part in value)
    return _comparison(kind, row, name, value)


def _comparison(kind: GraphQLObjectType, row: Row, name: str, given: Any) -> bool:
    field, suffix = split(kind, name)
    stored = row[column(kind.name, field)]
    if suffix == "IsNull":
        return (stored is None) is given
    wanted = _read(kind, field, given)
    if stored is None or wanted is None:
        return False
    if suffix:
        return SUFFIXES[suffix](stored, wanted)
    if (kind.name, field) in UNDER:
        return bool(wanted) and bool(stored.startswith(level(wanted)))
    return bool(stored == wanted)


def fields(kind: GraphQLObjectType, given: dict[str, Any] | None) -> set[str]:
    """The fields that a filter looks at, at whatever depth."""
    found: set[str] = set()
    for name, value in (given or {}).items():
        if value is not None and name in ("and", "or", "not"):
            found.update(*(fields(kind, part) for part in value))
        elif value is not None:
            found.add(split(kind, name)[0])
    return found


def split(kind: GraphQLObjectType, name: str) -> tuple[str, str]:
    """`seatsGte` -> (seats, Gte); a field's own name means equality."""
    if name in kind.fields:
        return name, ""
    for suffix in (*SUFFIXES, "IsNull"):
        if name.endswith(suffix) and name.removesuffix(suffix) in kind.fields:
            return name.removesuffix(suffix), suffix
    raise AssertionError(f"{kind.name} has no filter {name}")


def _read(kind: GraphQLObjectType, field: str, given: Any) -> Any:
    if isinstance(given, list):
        return [one for one in (_read(kind, field, g) for g in given) if one is not None]
    link = LINKS.get((kind.name, field))
    if link:
        return opened(link.target, given) if link.theirs == "id" else given
    name = get_named_type(kind.fields[field].type).name
    return bare(given) if name == "ID" else read(name, given)


def bare(given: str) -> UUID | None:
    """A UUID that is shown without a type, such as an operation's."""
    try:
        return UUID(given) if len(given) == 36 else None
    except ValueError:
        return None


def level(code: str) -> str:
    """The part of a division's code that it shares with all below it (GB/T 2260)."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def lower(text: str) -> str:
    """Letter by letter, as PostgreSQL's own locale does it: no letter becomes two."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
