"""Filters, a read's own arguments and cursors as SQL conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, get_type_hints
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    false,
    func,
    literal_column,
    or_,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import INTERVAL

from hub.engine.arguments import Slot, Tree
from hub.engine.frame import Frame
from hub.engine.parameters import Parameters
from hub.engine.plan import Combination, Cursor, Many, Predicate, Term
from hub.kit.errors import BadUserInput
from hub.kit.ids import decode_id, type_of
from hub.model.access import Row, Rule, all_hold
from hub.model.entity import Entity
from hub.model.field import EdgeSpec
from hub.model.filters import Comparison
from hub.model.operation import Input
from hub.model.types import Choice, camel, listed, optional

Permissions = dict[int | str, ColumnElement[bool]]
"""What a filter must be allowed, once each: by the rule of a field, by the name of an edge."""

_TYPES: dict[Any, Any] = {**Entity.type_annotation_map, timedelta: INTERVAL()}

LONGEST_SEARCH = 100
"""Characters of a text that is looked for: longer than any name that the hub keeps."""


def filtered(many: Many, frame: Frame, parameters: Parameters) -> list[ColumnElement[bool]]:
    """The filter, with the permission of each field it looks at beside it, outside any negation."""
    permissions: Permissions = {}
    condition = _combination(many.page.where, many, frame, parameters, permissions)
    return ([] if condition is None else [condition]) + list(permissions.values())


def _combination(
    where: Combination,
    many: Many,
    frame: Frame,
    parameters: Parameters,
    permissions: Permissions,
) -> ColumnElement[bool] | None:
    parts = []
    for part in where.parts:
        if isinstance(part, Combination):
            inner = _combination(part, many, frame, parameters, permissions)
            parts.append(true() if inner is None else inner)
            continue
        if part.access is None or part.rows is None:
            raise RuntimeError("A filter of the plan has not passed the guard.")
        if part.access.rule is not None:
            permissions[id(part.access.rule)] = all_hold(
                part.access.rule(frame.inner, frame.caller)
            )
        if part.rows.rule is not None and isinstance(part.spec, EdgeSpec):
            permissions[part.spec.name] = _behind(part.spec, part.rows.rule, frame)
        parts.append(_predicate(part, many, frame.inner, parameters))
    if where.kind == "any":
        return or_(false(), *parts)
    if where.kind == "none":
        return and_(true(), *(part.is_not(true()) for part in parts))
    return and_(*parts) if parts else None


def _behind(spec: EdgeSpec, rule: Rule, frame: Frame) -> ColumnElement[bool]:
    """Whether the caller may know of the row behind an edge, or there is none."""
    target = frame.caller.registry.target(spec)
    there = Frame(target, frame.caller.at_row(), frame.caller.number(), paged=False)
    key = getattr(frame.inner, spec.column)
    shown = all_hold(rule(there.inner, there.caller))  # before the rows, whose joins it asks for
    rows = there.rows(literal_column("1")).where(getattr(there.inner, spec.by) == key, shown)
    return rows.exists() if spec.required else or_(key.is_(None), rows.exists())


def _predicate(
    part: Predicate, many: Many, row: Row, parameters: Parameters
) -> ColumnElement[bool]:
    spec, comparison = part.spec, Comparison[part.comparison]
    value: Any = part.value
    column: Any
    if isinstance(spec, EdgeSpec):
        column = getattr(row, spec.column)
        type_name = spec.target.split(".")[1] if spec.by == "id" else None
    else:
        column = getattr(row, spec.name)
        type_name = many.noun.name if spec.name == "id" else None
    holds: ColumnElement[bool]
    match comparison:
        case Comparison.EQ:
            holds = column == parameters.key(value, type_name, column.type)
        case Comparison.IN:
            holds = column == func.any(parameters.keys(value, type_name, column.type))
        case Comparison.GTE:
            holds = column >= parameters.value(value, column.type)
        case Comparison.LTE:
            holds = column <= parameters.value(value, column.type)
        case Comparison.IS_NULL:
            holds = column.is_(None) if value.now else column.is_not(None)
        case Comparison.HAS:
            one = parameters.member(value, column.type)
            holds = column.op("@>", is_comparison=True)(one)
        case Comparison.CONTAINS:
            holds = _contains(column, parameters.made(value, searchable, Text()))
        case Comparison.UNDER:
            low = parameters.made(value, lambda v: division_range(v)[0], Text())
            high = parameters.made(value, lambda v: division_range(v)[1], Text())
            holds = and_(column >= low, column < high)
    return holds


def _contains(column: Any, text: Any) -> ColumnElement[bool]:
    """The index finds rows that have all single characters and pairs; the text then decides."""
    grams = func.hub_grams(column, type_=ARRAY(Text()))
    return and_(
        grams.op("@>", is_comparison=True)(func.hub_grams(text)),
        func.strpos(func.lower(column), func.lower(text)) > literal_column("0"),
    )


def searchable(text: str) -> str:
    """A text to look for; longer ones than any name are refused before they cost anything."""
    if len(text) > LONGEST_SEARCH:
        raise BadUserInput(
            f"A text to look for has at most {LONGEST_SEARCH} characters.",
            zh=f"搜索文字最多 {LONGEST_SEARCH} 个字符",
            maximum=LONGEST_SEARCH,
        )
    return text


def division_range(code: str) -> tuple[str, str]:
    """Codes of a division and all below it as a half-open range of text; of no code, none.

    GB/T 2260: a trailing pair of zeros stands for the whole level, 320600 for all of 3206xx.
    """
    if not code:
        return "", ""
    zeros = len(code) - len(code.rstrip("0"))
    pairs = min(zeros // 2, (len(code) - 1) // 2)
    prefix = code[: len(code) - 2 * pairs]
    return prefix, prefix + "~"


def own(many: Many, frame: Frame, parameters: Parameters) -> list[ColumnElement[bool]]:
    """The conditions of the room's read, called with bind parameters for its arguments."""
    read = many.noun.read
    if read is None or many.spec is not None:
        return []
    bound = arguments_of(read.arguments(), many.page.arguments, parameters)
    return list(read.condition(frame.inner, frame.caller, **bound))


def arguments_of(
    hints: Mapping[str, Any], trees: Iterable[tuple[str, Tree]], parameters: Parameters
) -> dict[str, Any]:
    """The arguments of a function of a room's, by their Python names."""
    given = dict(trees)
    return {name: _bound(given.get(camel(name)), hint, parameters) for name, hint in hints.items()}


def said(many: Many, name: str, parameters: Parameters) -> Any:
    """An argument of the list's read as a room sees it; None where there is none."""
    hints = many.noun.read.arguments() if many.noun.read and many.spec is None else {}
    tree = dict(many.page.arguments).get(camel(name))
    return _bound(tree, hints[name], parameters) if name in hints else None


def _bound(tree: Tree, hint: Any, parameters: Parameters) -> Any:
    """An argument as a rule sees it: None, a bind parameter, or an Input's fields as attributes.

    A Boolean comes as a Python value, for it is part of the plan's key.
    """
    if tree is None:
        return None
    hint, _ = optional(getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint)
    if isinstance(hint, type) and issubclass(hint, Input):
        fields = get_type_hints(hint, include_extras=True)
        return SimpleNamespace(
            **{n: _bound(tree.get(camel(n.rstrip("_"))), h, parameters) for n, h in fields.items()}
        )
    assert isinstance(tree, Slot)
    inner, many = listed(hint)
    if inner is bool and not many:
        return tree.now
    if inner is UUID:
        return parameters.made(tree, lambda value: decode_id(type_of(value), value), Uuid())
    kind = Text() if _is_a(inner, Choice) else _TYPES[inner]
    return parameters.value(tree, ARRAY(kind) if many else kind)


def _is_a(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def beyond(
    cursor: Cursor, order: tuple[Term, ...], row: Row, parameters: Parameters
) -> ColumnElement[bool]:
    """Rows strictly after (or before) the cursor.

    One row comparison where all directions agree and nothing is nullable, since an index serves it
    whole; otherwise a chain of ORs, term by term.
    """
    columns = [getattr(row, term.spec.name) for term in order]
    keys = [
        parameters.cursor_key(cursor.slot, i, term.spec.python_type, column.type)
        for i, (term, column) in enumerate(zip(order, columns, strict=True))
    ]
    upward = [term.descending is not cursor.after for term in order]
    if len(set(upward)) == 1 and not any(term.spec.nullable for term in order):
        left, right = tuple_(*columns), tuple_(*keys)
        return left > right if upward[0] else left < right
    chain: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for term, column, key, isnull, up in zip(
        order, columns, keys, cursor.nulls, upward, strict=True
    ):
        chain.append(and_(*same, _past(column, key, isnull, up, term.spec.nullable)))
        same.append(column.is_(None) if isnull else column == key)
    if not cursor.nulls[0] and not (upward[0] and order[0].spec.nullable):
        # Implied by the chain, and an index can begin there, which it cannot at an OR.
        leading = columns[0] >= keys[0] if upward[0] else columns[0] <= keys[0]
        return and_(leading, or_(*chain))
    return or_(*chain)


def _past(
    column: ColumnElement[Any], key: ColumnElement[Any], isnull: bool, up: bool, nullable: bool
) -> ColumnElement[bool]:
    """Nulls count as greater than everything, as in PostgreSQL's orders."""
    if isnull:
        return false() if up else column.is_not(None)
    if up:
        return or_(column > key, column.is_(None)) if nullable else column > key
    return column < key
