"""Arguments as trees whose leaves are slots: places for values that come at run time.

A plan serves every set of variables of one shape, so the planner must not look at values. It gets
None (an explicit null), a `Slot`, a list or a dict of these; an absent argument is not in the dict.
`Slot.now` is for what is part of the plan's key: Booleans, enums, page sizes, cursors, id types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)
from graphql.utilities import coerce_input_literal

from hub.kit.errors import BadUserInput

Tree = Any
"""None | Slot | list[Tree] | dict[str, Tree]"""


@dataclass(frozen=True)
class Slot:
    """A value bound at run time: a constant of the document, a variable, or a list of slots."""

    now: Any
    variable: str | None = None
    path: tuple[str | int, ...] = ()
    items: tuple[Slot, ...] | None = None

    def value(self, variables: Mapping[str, Any]) -> Any:
        """The value in this run."""
        if self.items is not None:
            return [item.value(variables) for item in self.items]
        if self.variable is None:
            return self.now
        found = variables[self.variable]
        for step in self.path:
            found = found[step]
        return found


def read_arguments(
    node: FieldNode, definitions: Mapping[str, Any], variables: Mapping[str, Any]
) -> dict[str, Tree]:
    """The arguments of a field; null or absence at a non-null place is refused."""
    given = {a.name.value: a.value for a in node.arguments or ()}
    trees: dict[str, Tree] = {}
    for name, definition in definitions.items():
        tree = (
            read(given[name], definition.type, variables, f"argument '{name}'")
            if name in given
            else Undefined
        )
        if tree is Undefined and definition.default_value is not Undefined:
            tree = _of_value(definition.type, definition.default_value, None, ())
        if tree is not Undefined:
            trees[name] = tree
        elif is_non_null_type(definition.type):
            raise _missing(f"argument '{name}'")
    return trees


def read(node: ValueNode, kind: Any, variables: Mapping[str, Any], what: str) -> Tree:
    """One literal with its variables; Undefined for a variable that was not given."""
    if isinstance(node, VariableNode):
        name = node.name.value
        if name not in variables:
            if is_non_null_type(kind):
                raise _missing(what)
            return Undefined
        if variables[name] is None and is_non_null_type(kind):
            raise _missing(what)
        return _of_value(kind, variables[name], name, ())
    if is_non_null_type(kind):
        return read(node, kind.of_type, variables, what)
    if isinstance(node, NullValueNode):
        return None
    if is_list_type(kind):
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        found = [read(n, kind.of_type, variables, what) for n in nodes]
        items = [None if item is Undefined else item for item in found]
        slots = tuple(item for item in items if isinstance(item, Slot))
        if _structural(kind) or len(slots) < len(items):
            return items
        return Slot([slot.now for slot in slots], items=slots)
    if is_input_object_type(kind):
        assert isinstance(node, ObjectValueNode)
        tree: dict[str, Tree] = {}
        for field in node.fields:
            name = field.name.value
            value = read(field.value, kind.fields[name].type, variables, f"field '{name}'")
            if value is not Undefined:
                tree[name] = value
        return tree
    try:
        value = coerce_input_literal(node, kind)
    except GraphQLError as error:
        raise BadUserInput(error.message) from None
    return Slot(str(value) if is_enum_type(kind) else value)


def _of_value(kind: Any, value: Any, variable: str | None, path: tuple[str | int, ...]) -> Tree:
    """The tree of a coerced value: a variable's, or a default when `variable` is None."""
    if value is None:
        return None
    if is_non_null_type(kind):
        return _of_value(kind.of_type, value, variable, path)
    if is_input_object_type(kind):
        return {
            name: _of_value(kind.fields[name].type, inner, variable, (*path, name))
            for name, inner in value.items()
        }
    if is_list_type(kind) and _structural(kind):
        return [_of_value(kind.of_type, v, variable, (*path, i)) for i, v in enumerate(value)]
    return Slot(str(value) if is_enum_type(kind) else value, variable, path)


def _structural(kind: Any) -> bool:
    """A list of input objects or of order enums: its length and members are part of the plan."""
    inner = kind.of_type
    while is_non_null_type(inner) or is_list_type(inner):
        inner = inner.of_type
    return is_input_object_type(inner) or (is_enum_type(inner) and inner.name.endswith("Order"))


def _missing(what: str) -> BadUserInput:
    return BadUserInput(f"The {what} is required and must not be null.", zh=f"缺少必填参数:{what}")
