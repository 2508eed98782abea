"""What of the variables a plan depends on: everything but the values that it binds.

Page sizes, Booleans, enums, the keys of input objects, which keys of a cursor are null and the type
of an id become part of the plan's key; of all else only whether it is given, null or absent. Each
variable of an operation has one function for that, made beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from graphql import is_enum_type, is_input_object_type, is_list_type, is_non_null_type

from hub.kit.ids import cursor_shape, type_of

PAGE_SIZES = ("first", "last")
CURSORS = ("after", "before")
INPUT = "input"
"""The argument of a mutation, which is no part of its plan."""

NODE = "node"
"""An id, or several, whose type the plan depends on."""

Shape = Callable[[Any], Hashable]


class Shapes:
    """How the variables of one operation become part of a plan's key.

    `uses`: variable -> names of the arguments that it stands in, or one of the names above.
    """

    def __init__(self, types: Mapping[str, Any], uses: Mapping[str, frozenset[str]]) -> None:
        self._shape = {
            name: shape(kind, uses.get(name, frozenset())) for name, kind in types.items()
        }

    def __call__(self, values: Mapping[str, Any]) -> Hashable:
        """The shape of these values, in the order in which the variables are declared."""
        return tuple(
            [of(values[name]) if name in values else "absent" for name, of in self._shape.items()]
        )


def shape(kind: Any, uses: frozenset[str]) -> Shape:
    """The function for a variable, or a part of one, of this input type."""
    if uses == {INPUT}:
        return lambda _: "given"
    if is_non_null_type(kind):
        return shape(kind.of_type, uses)
    if is_input_object_type(kind):
        return _object(kind, uses)
    if is_list_type(kind):
        return _list(kind.of_type, uses)
    if is_enum_type(kind):
        return lambda value: "null" if value is None else str(value)
    if uses.intersection(PAGE_SIZES) or kind.name == "Boolean":
        return _value
    if uses.intersection(CURSORS):
        return lambda value: "null" if value is None else cursor_shape(value)
    if NODE in uses:
        return lambda value: "null" if value is None else type_of(value)
    return _given


def _given(value: Any) -> Hashable:
    return "null" if value is None else "given"


def _value(value: Any) -> Hashable:
    if value is None:
        return "null"
    return value if isinstance(value, int) else "given"


def _object(kind: Any, uses: frozenset[str]) -> Shape:
    """Types may refer to themselves, so a field is looked at when its first value comes."""
    known: dict[str, Shape] = {}

    def field(name: str) -> Shape:
        if name not in known:
            known[name] = shape(kind.fields[name].type, uses)
        return known[name]

    def keys(value: Any) -> Hashable:
        return "null" if value is None else tuple([(k, field(k)(v)) for k, v in value.items()])

    return keys


def _list(inner: Any, uses: frozenset[str]) -> Shape:
    inner = inner.of_type if is_non_null_type(inner) else inner
    if is_input_object_type(inner) or is_enum_type(inner):
        each = shape(inner, uses)
        return lambda value: "null" if value is None else tuple([each(v) for v in value])
    if NODE in uses:
        return lambda value: (
            "null" if value is None else (frozenset(map(type_of, value)), len(value))
        )
    return _given
