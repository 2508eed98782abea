"""Strawberry's types made at run time: enums, inputs and resolvers from declarations.

Strawberry reads classes, annotations and signatures; these functions make them. Everything is made
afresh for each schema, since strawberry keeps state on the classes.
"""

from __future__ import annotations

import inspect
import keyword
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from hub.model.filters import orders
from hub.model.registry import Noun
from hub.model.types import Choice, optional, words_of


def describe(doc: str, zh: str) -> str:
    """The one form of a description: English, then Chinese."""
    return f"{' '.join(doc.split())}\n\n{zh}"


def enum_type(cls: type[Choice]) -> Any:
    """A closed list, each code with its meaning in both languages."""
    members = {member.value: describe(member.doc, member.zh) for member in cls}
    return closed_list(cls.__name__, members, describe(*words_of(cls)))


def order_type(noun: Noun) -> Any:
    """The orders of a list, `SEATS_DESC`."""
    members = {
        value: describe(
            f"By {spec.name}, {'descending' if descending else 'ascending'}.",
            f"按{spec.zh}{'降序' if descending else '升序'}",
        )
        for value, (spec, descending) in orders(noun).items()
    }
    doc = describe(f"How a list of {noun.name} is ordered.", "排序方式")
    return closed_list(f"{noun.name}Order", members, doc)


def closed_list(name: str, members: dict[str, str], doc: str) -> Any:
    """An enum of codes with their descriptions, whose members are texts as the columns are."""
    made = StrEnum(name, {code: code for code in members})  # type: ignore[misc]  # at run time
    enum: Any = strawberry.enum(made, name=name, description=doc)
    for value in enum.__strawberry_definition__.values:
        value.description = members[value.value]
    return enum


def object_type(name: str, fields: dict[str, tuple[Any, str]], doc: str) -> Any:
    """A plain object type: field -> (type, description)."""
    namespace: dict[str, Any] = {"__annotations__": {}}
    for field, (kind, text) in fields.items():
        namespace[attribute(field)] = strawberry.field(name=field, description=text)
        namespace["__annotations__"][attribute(field)] = kind
    return strawberry.type(type(name, (), namespace), name=name, description=doc)


def input_type(name: str, fields: dict[str, tuple[Any, str]], doc: str) -> Any:
    namespace: dict[str, Any] = {"__annotations__": {}}
    for field, (kind, text) in fields.items():
        default = {"default": strawberry.UNSET} if _is_optional(kind) else {}
        namespace[attribute(field)] = strawberry.field(
            name=field, description=text or None, **default
        )
        namespace["__annotations__"][attribute(field)] = kind
    return strawberry.input(type(name, (), namespace), name=name, description=doc)


def append(cls: Any, name: str, field: Any) -> None:
    """Add a field to a type that exists already, so that types may refer to one another."""
    field.python_name = name
    field.origin = cls
    cls.__strawberry_definition__.fields.append(field)


def resolver(name: str, arguments: dict[str, tuple[Any, str]], returns: Any) -> Any:
    """A resolver with this signature for strawberry to read; the engine answers in its place."""

    def compiled() -> None:
        raise RuntimeError(f"{name} is answered by the engine, not by a resolver")

    parameters = [
        inspect.Parameter(
            attribute(argument),
            inspect.Parameter.KEYWORD_ONLY,
            default=strawberry.UNSET if _is_optional(kind) else inspect.Parameter.empty,
            annotation=Annotated[
                kind, strawberry.argument(name=argument, description=text or None)
            ],
        )
        for argument, (kind, text) in arguments.items()
    ]
    compiled.__signature__ = inspect.Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]  # read by inspect
    compiled.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": returns}
    compiled.__name__ = name
    return compiled


def attribute(name: str) -> str:
    """`from` and `not` are words of Python: `from_`, `not_`."""
    return name + "_" if keyword.iskeyword(name) else name


def _is_optional(kind: Any) -> bool:
    return optional(kind)[1]
