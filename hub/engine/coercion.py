"""Variables coerced to their types (GraphQL specification, 6.1.2), by functions made beforehand.

graphql-core walks types and values anew each time and collects errors on the way, which costs a
point read a tenth of its time. Here each operation has one function per variable, which knows only
how to succeed: what does not fit, or has a default, is handed to graphql-core, whose errors the
client then gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    Undefined,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

Coerce = Callable[[Any], Any]


class UnfitError(Exception):
    """The value does not fit; graphql-core says why."""


class Coercion:
    """How the variables of one operation are coerced."""

    def __init__(self, definition: OperationDefinitionNode, types: Mapping[str, Any]) -> None:
        self._defaults = {
            node.variable.name.value
            for node in definition.variable_definitions or ()
            if node.default_value is not None
        }
        self._required = {name for name, kind in types.items() if is_non_null_type(kind)}
        self._coerce = {name: coercer(kind) for name, kind in types.items()}

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values; one that is absent stays so. Raises UnfitError."""
        coerced = {}
        for name, coerce in self._coerce.items():
            if name in given:
                coerced[name] = coerce(given[name])
            elif name in self._required or name in self._defaults:
                raise UnfitError
        return coerced


def coercer(kind: Any) -> Coerce:
    """The function for one input type; the same values as graphql-core's, in the same order."""
    if is_non_null_type(kind):
        return _present(coercer(kind.of_type))
    if is_list_type(kind):
        return _list(coercer(kind.of_type))
    if is_input_object_type(kind):
        return _object(kind)
    parse: Coerce = kind.parse_value

    def leaf(value: Any) -> Any:
        if value is None:
            return None
        try:
            parsed = parse(value)
        except (GraphQLError, ValueError, TypeError):
            raise UnfitError from None
        if parsed is Undefined:
            raise UnfitError
        return parsed

    return leaf


def _present(inner: Coerce) -> Coerce:
    def present(value: Any) -> Any:
        if value is None:
            raise UnfitError
        return inner(value)

    return present


def _list(inner: Coerce) -> Coerce:
    def several(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list):  # one value stands for a list of one: rare
            raise UnfitError
        return [inner(each) for each in value]

    return several


def _object(kind: Any) -> Coerce:
    """Types may refer to themselves, so their fields are looked at when the first value comes."""
    fields: list[tuple[str, str, Coerce, Any, bool]] = []

    def known() -> list[tuple[str, str, Coerce, Any, bool]]:
        if not fields:
            fields.extend(
                (
                    name,
                    field.out_name or name,
                    coercer(field.type),
                    field.default_value,
                    is_non_null_type(field.type),
                )
                for name, field in kind.fields.items()
            )
        return fields

    def object_(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict) or kind.is_one_of:
            raise UnfitError
        coerced, found = {}, 0
        for name, out, coerce, default, required in known():
            if name in value:
                coerced[out] = coerce(value[name])
                found += 1
            elif default is not Undefined:
                coerced[out] = default
            elif required:
                raise UnfitError
        if found != len(value):  # a field that the type does not have
            raise UnfitError
        return kind.out_type(coerced)

    return object_
