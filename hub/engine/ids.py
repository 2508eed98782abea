"""Ids that rise beside the JSON, from the rows up to the ledger and to `extensions.access`.

In a row it is one id or null. A page gathers its rows' into an array, which goes into the ledger
as it is. Arrays of several pages are of several lengths, which PostgreSQL cannot gather into one:
from there on ids rise as text, with commas between. The column's type says which of these it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, cast, func, null
from sqlalchemy.dialects.postgresql import array

from hub.engine.text import literal

IDS = ARRAY(Uuid())


def gathered(
    element: ColumnElement[Any], *where: ColumnElement[bool], always: bool = False
) -> ColumnElement[Any]:
    """An aggregate of the rows' ids; null where there is none. `always`: each row has one."""
    if isinstance(element.type, Uuid):
        some = where if always else (*where, element.is_not(None))
        return filtered(func.array_agg(element, type_=IDS), *some)
    return filtered(func.string_agg(as_text(element), literal(","), type_=Text()), *where)


def filtered(aggregate: Any, *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """An aggregate over the rows for which the conditions hold."""
    found: ColumnElement[Any] = aggregate.filter(*where) if where else aggregate
    return found


def as_text(element: ColumnElement[Any]) -> ColumnElement[str]:
    """With commas between; null where there is none, so that nothing is gathered of it."""
    match element.type:
        case Uuid():
            return cast(element, Text())
        case ARRAY():
            listed = func.array_to_string(element, literal(","), type_=Text())
            return func.nullif(listed, literal(""), type_=Text())
        case _:
            return element


def as_array(element: ColumnElement[Any]) -> ColumnElement[Any]:
    """As the ledger keeps it; null or empty where there is none."""
    match element.type:
        case Uuid():
            return func.array_remove(array([element]), null(), type_=IDS)
        case ARRAY():
            return element
        case _:
            return cast(func.string_to_array(element, literal(",")), IDS)


def joined(elements: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Several of them as one array; PostgreSQL takes a null among arrays for an empty one."""
    first, *others = map(as_array, elements)
    for other in others:
        first = func.array_cat(first, other, type_=IDS)
    return first
