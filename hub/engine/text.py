"""JSON built as text by PostgreSQL: the one place that knows quotes, escapes and coalesce.

What is short is joined with `||`, which is quickest but copies what is to its left each time; what
holds a list is joined with `concat`, which copies each part once. Two traps: `concat` prints
nothing for a null and `||` is null altogether, so that every argument made here is non-null; and
`concat` takes at most a hundred arguments, so that long objects are cut into chunks. Free text goes
through `to_json`; what can hold no quote or backslash (numbers, ids, codes of closed lists) is
written between quotes as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import concat_op

from hub.model.field import FieldSpec
from hub.model.types import Fen, Json

Piece = str | ColumnElement[Any]
CHUNK = 90

NULL = "null"
SEAL = "\x1a"
"""Stands before and after a sealed value. No JSON text holds a raw control character, so that
nobody can forge the mark through a value."""


def literal(text: str) -> ColumnElement[str]:
    """A SQL string literal. Only for text of ours: names, keys, JSON punctuation."""
    return literal_column("'" + text.replace("'", "''") + "'", Text())


class Bars(FunctionElement[str]):
    """`a || b || c`, flat, however many there are."""

    name = "bars"
    type = Text()
    inherit_cache = True


@compiles(Bars)
def _written_with_bars(element: Bars, compiler: Any, **kw: Any) -> str:
    parts = [part.self_group(against=concat_op) for part in element.clauses]
    return " || ".join(compiler.process(part, **kw) for part in parts)


def concatenate(pieces: Iterable[Piece], *, short: bool = False) -> ColumnElement[str]:
    """The pieces as one text, literals merged; `short` when no list is among them."""
    arguments: list[ColumnElement[Any]] = []
    said = ""
    for piece in pieces:
        if isinstance(piece, str):
            said += piece
            continue
        if said:
            arguments.append(literal(said))
        arguments.append(piece)
        said = ""
    if said and not arguments:
        return cast(literal(said), Text())  # by itself a literal has no type for an aggregate
    if said:
        arguments.append(literal(said))
    if len(arguments) == 1 and isinstance(arguments[0].type, Text):
        return arguments[0]
    if short:
        return Bars(*arguments)
    while len(arguments) > CHUNK:
        arguments[:CHUNK] = [func.concat(*arguments[:CHUNK], type_=Text())]
    return func.concat(*arguments, type_=Text())


def value_pieces(
    spec: FieldSpec, column: ColumnElement[Any], type_name: str, seal: str
) -> list[Piece]:
    """A field's value as JSON; `seal` names the context that a sealed value is opened with."""
    if spec.name == "id":
        return [f'"{type_name}:', column, '"']
    before, inner, after = _written(spec, column, seal)
    if not spec.nullable and spec.expression is None:
        return [before, inner, after]
    whole: ColumnElement[str] = cast(inner, Text())
    if before:
        whole = literal(before).concat(whole).concat(literal(after))
    return [or_null(whole)]


def sealed_as(table: str, field: str) -> str:
    """The context of a sealed field's values, which are of no use as another field's."""
    return f"{table}.{field}"


def _written(
    spec: FieldSpec, column: ColumnElement[Any], seal: str
) -> tuple[str, ColumnElement[Any], str]:
    """(text before, column or expression, text after) of a value that is not null."""
    kind = spec.python_type
    if spec.many:
        return "", func.to_json(column, type_=Json_()), ""
    if spec.sealed:
        return f"{SEAL}{seal}:", column, SEAL
    if kind is int or kind is float:
        return "", column, ""
    if kind is bool or kind is Json:
        return "", cast(column, Text()), ""
    if kind is Fen or kind is date or kind is Decimal or spec.safe:
        return '"', column, '"'
    assert kind is str or kind is datetime or hasattr(kind, "hex"), kind
    return "", func.to_json(column, type_=Json_()), ""


def Json_() -> Text:  # noqa: N802 - reads as a type where it is used
    """What to_json yields is used as text only."""
    return Text()


def or_null(text: ColumnElement[Any]) -> ColumnElement[str]:
    """The text, or JSON's null where SQL's null would print nothing."""
    return func.coalesce(text, literal(NULL), type_=Text())


def when(condition: ColumnElement[bool], pieces: list[Piece]) -> list[Piece]:
    """The pieces where the condition holds, else null."""
    return [case((condition, concatenate(pieces, short=True)), else_=literal(NULL))]
