"""How a room's own questions are declared.

Every entity with a `plural` has a connection and a singular look-up at the root without a word of
code; a `@read` adds arguments to that connection:

    @read("Workspace")
    def workspaces(row: Row, caller: Caller, during: Period | None) -> Conditions:
        '''Workspaces, or those nobody holds in a period.'''
        if during:
            yield ~exists().where(...)

A read yields conditions on the row. It is called when a statement is planned: an argument that is
absent is None, any other is a bind expression (an `Input` has its fields as attributes), so that a
plan serves every value. Filters, order, paging, access and JSON are the engine's. A field that is
computed from the row may look at the argument too: `row.said("during")`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from sqlalchemy import ColumnElement, Select

from hub.model.access import Caller
from hub.model.field import EdgeSpec, Source

Conditions = Iterator[ColumnElement[bool]]


class Input:
    """Base of input objects: annotated attributes are fields, `Doc` describes them."""


@dataclass(frozen=True)
class Doc:
    """Description of an argument or input field, in both languages: `Annotated[T, Doc(en, zh)]`."""

    doc: str
    zh: str


@dataclass(frozen=True)
class Ref:
    """The value is the id of an object of this noun: `Annotated[UUID, Ref("Park"), Doc(...)]`."""

    target: str


def ref_of(hint: Any) -> Ref | None:
    """The `Ref` of an annotation, if it has one."""
    return next((note for note in getattr(hint, "__metadata__", ()) if isinstance(note, Ref)), None)


@dataclass(frozen=True)
class Read:
    """A declared read: the entity whose connection it widens, and its extra arguments."""

    target: str
    condition: Callable[..., Conditions]
    source: Source

    def arguments(self) -> dict[str, Any]:
        """Name -> annotation (with `Annotated` kept) of the arguments after row and caller."""
        hints = get_type_hints(self.condition, include_extras=True)
        names = list(inspect.signature(self.condition).parameters)[2:]
        return {name: hints[name] for name in names}


def read(target: str) -> Callable[[Callable[..., Conditions]], Read]:
    """Declare the decorated function as the read of `target` (an entity of the same room)."""

    def make(condition: Callable[..., Conditions]) -> Read:
        return Read(target, condition, Source.caller())

    return make


@dataclass(frozen=True)
class FactSource:
    """A declared fact about the caller; see `hub.model.access.Fact`."""

    name: str
    query: Callable[[Caller], Select[Any]]
    source: Source

    def __call__(self, caller: Caller) -> Select[Any]:
        return self.query(caller)


def fact(name: str) -> Callable[[Callable[[Caller], Select[Any]]], FactSource]:
    """Declare a query of at most one row that other rooms' rules may use as `caller.fact(name)`.

    The name is `room.what`; the registry refuses a fact under another room's name.
    """

    def make(query: Callable[[Caller], Select[Any]]) -> FactSource:
        return FactSource(name, query, Source.caller())

    return make


@dataclass(frozen=True)
class Extension:
    """Edges that a room adds to another room's entity."""

    target: str
    edges: dict[str, EdgeSpec]
    source: Source


def extend(target: str, **added: EdgeSpec) -> Extension:
    """Add edges to another room's entity: `extend("talent.Talent", reservations=edges(...))`."""
    return Extension(target, added, Source.caller())
