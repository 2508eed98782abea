"""What an action is given and what it returns, between Python and GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast, get_type_hints
from uuid import UUID

from hub.engine.arguments import Slot, Tree
from hub.engine.mutation import Shown
from hub.engine.plan import Typename
from hub.kit.ids import decode_id, encode_id
from hub.model.action import NOWHERE, Once, Part, Payload
from hub.model.operation import Input, Ref, ref_of
from hub.model.types import camel, city_time, listed, optional

# What the action returned, as the client asked for it


def show(shown: Shown, values: Mapping[str, Any]) -> Any:
    """The value of a field of the payload, ready for JSON."""
    return _project(values.get(shown.name), shown.inner)


def _project(value: Any, inner: tuple[Shown | Typename, ...] | None) -> Any:
    if value is None or inner is None:
        return value
    if isinstance(value, list):
        return [_project(each, inner) for each in value]
    return {
        part.key: part.name
        if isinstance(part, Typename)
        else _project(value.get(part.name), part.inner)
        for part in inner
    }


def plain(part: Part) -> dict[str, Any]:
    """What an action returned as plain data: objects as opaque ids, instants as text."""
    values = part.__dict__
    return {
        shown: value if (value := values.get(name)) is None or write is None else write(value)
        for name, shown, write in _writers(cast(Any, type(part)))
    }


def lasting(values: Mapping[str, Any], payload: type[Payload]) -> dict[str, Any]:
    """What an idempotency key keeps of a payload's plain data: all but what is shown once."""
    fleeting = _shown_once(cast(Any, payload))
    return {name: value for name, value in values.items() if name not in fleeting}


@cache
def _shown_once(cls: Any) -> frozenset[str]:
    """GraphQL names of the payload's fields with `Once`."""
    hints = get_type_hints(cls, include_extras=True)
    once = (name for name, hint in hints.items() if Once() in hint.__metadata__)
    return frozenset(map(camel, once))


def opaque(values: Mapping[str, Any], payload: type[Payload]) -> dict[str, Any]:
    """The same for some fields of a payload by their Python names, as a refusal shows them."""
    return {
        shown: values[name] if write is None or values[name] is None else write(values[name])
        for name, shown, write in _writers(cast(Any, payload))
        if name in values
    }


Convert = Callable[[Any], Any]


@cache
def _writers(cls: Any) -> list[tuple[str, str, Convert | None]]:
    """Python name, GraphQL name, and how a value is written where it is not JSON already."""
    hints = get_type_hints(cls, include_extras=True)
    return [(name, camel(name), _writer(hint)) for name, hint in hints.items()]


def _writer(hint: Any) -> Convert | None:
    ref = ref_of(hint)
    kind, many = listed(optional(hint.__origin__)[0])
    one = _writer_of(kind, ref)
    if one is None or not many:
        return one
    return lambda values: [None if value is None else one(value) for value in values]


def _writer_of(kind: Any, ref: Ref | None) -> Convert | None:
    if ref is not None:
        return lambda value: encode_id(ref.target, value)
    if kind is UUID:
        return str
    if kind is datetime:
        return city_time
    return plain if isinstance(kind, type) and issubclass(kind, Part) else None


# What the client sent, as the action takes it


def given_input(cls: type[Input], tree: Mapping[str, Any]) -> Any:
    """An instance of the input's class; what is absent is None."""
    made = cls.__new__(cls)
    values = made.__dict__
    for name, python, read in _readers(cast(Any, cls)):
        value = tree.get(name)
        values[python] = value if value is None or read is None else read(value)
    return made


def settled(tree: Tree, variables: Mapping[str, Any]) -> Any:
    """The plain value of an argument with its variables."""
    if isinstance(tree, Slot):
        return tree.value(variables)
    if isinstance(tree, list):
        return [settled(part, variables) for part in tree]
    if isinstance(tree, dict):
        return {name: settled(part, variables) for name, part in tree.items()}
    return tree


@cache
def _readers(cls: Any) -> list[tuple[str, str, Convert | None]]:
    """GraphQL name, Python name, and how a value is read that is not taken as it is."""
    hints = get_type_hints(cls, include_extras=True)
    return [(camel(name.rstrip("_")), name, _reader(hint)) for name, hint in hints.items()]


def _reader(hint: Any) -> Convert | None:
    ref = ref_of(hint)
    kind, many = listed(optional(hint.__origin__)[0])
    one = _reader_of(kind, ref)
    if one is None or not many:
        return one
    return lambda values: [one(value) for value in values]


def _reader_of(kind: Any, ref: Ref | None) -> Convert | None:
    if ref is not None:
        return lambda value: decode_id(ref.target, value) or NOWHERE
    if isinstance(kind, type) and issubclass(kind, Input):
        return lambda value: given_input(kind, value)
    if isinstance(kind, type) and issubclass(kind, str) and kind is not str:
        return lambda value: kind(str(value))
    return None
