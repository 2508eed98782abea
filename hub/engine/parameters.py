"""What a statement must be given at run time: every value is a parameter, none is SQL text.

`Parameters` hands out a bind parameter for each value of the operation and remembers how to fetch
it, so that a cached statement is run with nothing but the variables and the grant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, BindParameter, Integer, Text, Uuid, bindparam

from hub.engine.arguments import Slot
from hub.kit.errors import BadUserInput
from hub.kit.ids import decode_cursor, decode_id, type_of, uuid7
from hub.kit.sql import sendable
from hub.model.access import Grant
from hub.model.scalars import read_date, read_date_time, read_decimal


@dataclass(frozen=True)
class Run:
    """What one run of a statement is given."""

    variables: Mapping[str, Any]
    grant: Grant
    document: str
    now: datetime

    @cached_property
    def operation(self) -> UUID:
        """Names the operation in the ledger; made when that is told of it."""
        return uuid7()

    def with_variables(self, more: Mapping[str, Any]) -> Run:
        """The same operation with further values."""
        other = replace(self, variables={**self.variables, **more})
        other.__dict__["operation"] = self.operation
        return other


Fetch = Callable[[Run], Any]

CALLER: dict[str, Fetch] = {
    "caller_client": lambda run: run.grant.client,
    "caller_sub": lambda run: run.grant.sub or None,
    "caller_audience": lambda run: run.grant.audience.value,
    "caller_partner": lambda run: run.grant.partner,
    "caller_talent": lambda run: run.grant.talent,
    "caller_parks": lambda run: list(run.grant.parks),
    "caller_departments": lambda run: list(run.grant.departments),
    "caller_purpose": lambda run: run.grant.purpose,
    "caller_token": lambda run: run.grant.token_id,
    "caller_operation": lambda run: run.operation,
    "caller_document": lambda run: run.document,
    "caller_now": lambda run: run.now,
}
"""How the parameters that rules and the ledger use are fetched."""


class Parameters:
    """Bind parameters of one statement, by name, with how each is fetched."""

    def __init__(self) -> None:
        self.fetch: dict[str, Fetch] = dict(CALLER)

    def _bind(self, fetch: Fetch, kind: Any) -> BindParameter[Any]:
        name = f"v{len(self.fetch) - len(CALLER)}"
        self.fetch[name] = lambda run: sendable(fetch(run))
        return bindparam(name, type_=kind, required=True)

    def value(self, slot: Slot, kind: Any) -> BindParameter[Any]:
        """The slot's value as it is."""
        return self._bind(lambda run: slot.value(run.variables), kind)

    def made(self, slot: Slot, make: Callable[[Any], Any], kind: Any) -> BindParameter[Any]:
        """What `make` makes of the slot's value."""
        return self._bind(lambda run: make(slot.value(run.variables)), kind)

    def key(self, slot: Slot, type_name: str | None, kind: Any) -> BindParameter[Any]:
        """A key: an opaque id of a type, or (type None) a natural key or bare UUID as it is."""
        if type_name is None:
            return self.made(slot, bare_uuid, kind) if _is_uuid(kind) else self.value(slot, kind)
        return self.made(slot, lambda value: decode_id(type_name, value), kind)

    def keys(self, slot: Slot, type_name: str | None, kind: Any) -> BindParameter[Any]:
        """Several keys; ids of other types and malformed ones are left out."""
        read: Callable[[Any], Any] = bare_uuid
        if type_name is not None:
            read = partial(decode_id, type_name)
        elif not _is_uuid(kind):
            return self.value(slot, ARRAY(kind))
        return self.made(
            slot, lambda values: [k for v in values if (k := read(v)) is not None], ARRAY(kind)
        )

    def member(self, slot: Slot, kind: ARRAY[Any]) -> BindParameter[Any]:
        """One value as an array, for `@>`; a malformed UUID is null, which no array contains."""
        read = bare_uuid if _is_uuid(kind.item_type) else None
        return self.made(slot, lambda value: [read(value) if read else value], kind)

    def ids(self, slot: Slot) -> tuple[BindParameter[Any], BindParameter[Any]]:
        """Mixed ids as two arrays: their types and their keys (null for a malformed one)."""
        types = self.made(slot, lambda values: [type_of(v) for v in values], ARRAY(Text()))
        keys = self.made(
            slot, lambda values: [decode_id(type_of(v), v) for v in values], ARRAY(Uuid())
        )
        return types, keys

    def cursor_key(self, slot: Slot, place: int, python_type: Any, kind: Any) -> BindParameter[Any]:
        """One key of a cursor; BadUserInput at run time when it is not of the order's type."""
        bits = 32 if isinstance(kind, Integer) and not isinstance(kind, BigInteger) else 64
        return self.made(slot, lambda value: _cursor_key(value, place, python_type, bits), kind)


def bare_uuid(value: Any) -> UUID | None:
    """A UUID as an answer shows it; None for any other text."""
    try:
        return UUID(value) if len(value) == 36 else None
    except ValueError:
        return None


def _is_uuid(kind: Any) -> bool:
    return isinstance(kind, Uuid)


def _cursor_key(value: Any, place: int, python_type: Any, bits: int) -> Any:
    decoded = decode_cursor(value)
    assert decoded is not None  # the planner has seen it
    raw = decoded[1][place]
    try:
        if python_type is int or getattr(python_type, "__supertype__", None) is int:
            return _whole(raw, bits)
        read: Callable[[Any], Any] = _READERS.get(python_type, _text)
        return read(raw)
    except (TypeError, ValueError):
        raise BadUserInput(
            "A cursor holds a key that is not of its order's type.",
            zh="游标内容无效",
            next_step="Begin again without a cursor.",
        ) from None


def _whole(raw: Any, bits: int) -> int:
    limit = 1 << bits - 1
    if isinstance(raw, bool) or not isinstance(raw, int) or not -limit <= raw < limit:
        raise ValueError
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise TypeError
    return read_decimal(raw)


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


_READERS: dict[Any, Callable[[Any], Any]] = {
    UUID: lambda raw: UUID(_text(raw)),
    datetime: read_date_time,
    date: read_date,
    bool: _boolean,
    Decimal: _decimal,
}
