"""Orders, cursors and pages (Relay cursor connections) over a list of rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, get_named_type, is_non_null_type

from tests.oracle.memory import Row
from tests.oracle.shapes import column, snake
from tests.oracle.values import json_key


class Refused(Exception):
    """The whole request is refused with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Term:
    """One key of an order."""

    field: str
    column: str
    type_name: str
    nullable: bool
    descending: bool

    def rank(self, value: Any) -> tuple[bool, Any]:
        """What the key sorts by: unknown is greater than everything that is known."""
        return (value is None, 0 if value is None else value)


Keys = list[Any]


@dataclass(frozen=True)
class Order:
    """The terms, of which the id is always the last."""

    noun: str
    terms: tuple[Term, ...]

    @property
    def fingerprint(self) -> str:
        names = (_python_name(term.field) + str(term.descending) for term in self.terms)
        return hashlib.sha256("|".join((self.noun, *names)).encode()).hexdigest()[:8]

    def keys(self, row: Row) -> Keys:
        return [row[term.column] for term in self.terms]

    def sorted(self, rows: list[Row]) -> list[Row]:
        found = list(rows)
        for term in reversed(self.terms):
            found.sort(key=lambda row: term.rank(row[term.column]), reverse=term.descending)
        return found

    def cursor(self, row: Row) -> str:
        parts = ", ".join([f'"{self.fingerprint}"', *map(json_key, self.keys(row))])
        return f"[{parts}]".encode().hex()

    def opened(self, cursor: str) -> Keys:
        """The keys in a cursor; it must have been made for this noun and order."""
        try:
            name, *keys = json.loads(bytes.fromhex(cursor).decode())
            if name != self.fingerprint:
                raise ValueError("another order")
            return [_key(term, key) for term, key in zip(self.terms, keys, strict=True)]
        except (ValueError, TypeError):
            raise Refused("BAD_USER_INPUT") from None

    def beyond(self, row: Row, keys: Keys, *, after: bool) -> bool:
        """Whether the row stands strictly after (or before) a place."""
        for term, ours, theirs in zip(self.terms, self.keys(row), keys, strict=True):
            mine, place = term.rank(ours), term.rank(theirs)
            if mine != place:
                return ((mine > place) is not term.descending) is after
        return False


def order(kind: GraphQLObjectType, values: list[str] | None) -> Order:
    """The order asked for; what would follow the id can decide nothing."""
    fields = {snake(name).upper(): name for name in kind.fields}
    terms: list[Term] = []
    for value in [*(values or []), "ID"]:
        name, _, direction = value.rpartition("_") if value != "ID" else ("ID", "", "")
        field = fields[name]
        if any(term.field == field for term in terms):
            continue
        down = direction == "DESC" if direction else bool(terms and terms[-1].descending)
        terms.append(_term(kind, field, down))
        if field == "id":
            break
    return Order(kind.name, tuple(terms))


def _term(kind: GraphQLObjectType, field: str, descending: bool) -> Term:
    shown = kind.fields[field].type
    nullable = not is_non_null_type(shown)
    return Term(field, column(kind.name, field), get_named_type(shown).name, nullable, descending)


@dataclass(frozen=True)
class Page:
    """The rows of a page, and what `pageInfo` says of the rest."""

    order: Order
    rows: list[Row]
    total: int
    has_next: bool
    has_previous: bool
    backward: bool


@dataclass(frozen=True)
class Place:
    """The arguments of a page, read and found good."""

    order: Order
    size: int
    backward: bool
    after: Keys | None
    before: Keys | None

    def page(self, rows: list[Row]) -> Page:
        """The page of a list; the flags count what stands on the far side of a cursor too."""
        whole, found = self.order.sorted(rows), self.order.sorted(rows)
        outside = {True: False, False: False}
        for keys, after in ((self.after, True), (self.before, False)):
            if keys is not None:
                found = [r for r in found if self.order.beyond(r, keys, after=after)]
                outside[after] = any(not self.order.beyond(r, keys, after=after) for r in whole)
        cut = len(found) > self.size
        page = found[-self.size :] if self.backward else found[: self.size]
        return Page(
            self.order,
            page,
            len(whole),
            has_next=outside[False] or (cut and not self.backward),
            has_previous=outside[True] or (cut and self.backward),
            backward=self.backward,
        )


def place(kind: GraphQLObjectType, arguments: dict[str, Any], largest: int) -> Place:
    """The page that the arguments ask for; Refused when they are none."""
    first, last = arguments.get("first"), arguments.get("last")
    if (first is None) == (last is None):
        raise Refused("BAD_USER_INPUT")
    size = last if first is None else first
    assert size is not None
    if not 1 <= size <= largest:
        raise Refused("BAD_USER_INPUT")
    wanted = order(kind, arguments.get("orderBy"))
    after, before = arguments.get("after"), arguments.get("before")
    return Place(
        wanted,
        size,
        first is None,
        None if after is None else wanted.opened(after),
        None if before is None else wanted.opened(before),
    )


def _key(term: Term, key: Any) -> Any:
    """A key of a cursor as its column holds it; ValueError or TypeError when it is none."""
    if key is None:
        if not term.nullable:
            raise ValueError("this key is never null")
        return None
    match term.type_name:
        case "ID":
            return UUID(key)
        case "Date":
            return date.fromisoformat(key)
        case "DateTime":
            return datetime.fromisoformat(key)
        case "Int" | "Fen" if isinstance(key, int) and not isinstance(key, bool):
            return key
        case "Int" | "Fen":
            raise TypeError("not a whole number")
    if not isinstance(key, str):
        raise TypeError("not a text")
    return key


def _python_name(field: str) -> str:
    return "from_" if field == "from" else snake(field)
