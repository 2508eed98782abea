"""A mutation as data: what is asked of each root field's payload, and how it is planned.

The objects of a payload are look-ups like those of a query: planned, guarded, written as one
statement, and kept. What the action itself returns (row results, refusals) is shown from Python.
The input is no part of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_type_hints

from graphql import FieldNode

from hub.engine.arguments import Slot
from hub.engine.plan import (
    Location,
    Lookup,
    Lookups,
    Path,
    Refused,
    Root,
    Typename,
    Withheld,
)
from hub.engine.planner import Planner, located
from hub.model.access import Reason
from hub.model.action import Action
from hub.model.operation import ref_of
from hub.model.registry import Noun
from hub.model.types import camel, listed, optional

MAX_OBJECTS = 500
"""At most so many objects are in a payload's list: as many as a batch has rows."""


@dataclass(frozen=True)
class Shown:
    """A value of the action's own, with what is asked of it when it is an object or a list."""

    key: str
    name: str
    inner: tuple[Shown | Typename, ...] | None = None


@dataclass(frozen=True)
class Object:
    """One object or a list of them, read back: `root` is how."""

    key: str
    name: str
    noun: Noun
    root: Lookup | Lookups

    @property
    def many(self) -> bool:
        return isinstance(self.root, Lookups)


@dataclass(frozen=True)
class Act:
    """One root field of a mutation."""

    key: str
    action: Action
    node: FieldNode
    parts: tuple[Typename | Shown | Object, ...]
    location: Location

    @property
    def objects(self) -> tuple[Object, ...]:
        """The parts that are read back, in order."""
        return tuple(part for part in self.parts if isinstance(part, Object))


def slot_of(name: str) -> str:
    """The variable that holds the ids of a payload's field; no client's variable is called so."""
    return f"={name}"


class MutationPlanner(Planner):
    """Plans the root fields of a mutation."""

    def acts(self) -> tuple[Act | Typename, ...]:
        """In the order in which they are carried out."""
        fields = self._collect([self.operation.definition.selection_set], "Mutation")
        acts = tuple(self._act(key, nodes) for key, nodes in fields.items())
        self.limits.check_plan(self.nodes, self.sources, self.comparisons)
        self.limits.check_changes(sum(isinstance(act, Act) for act in acts))
        return acts

    def _act(self, key: str, nodes: list[FieldNode]) -> Act | Typename:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, "Mutation")
        action = self.registry.actions[name]
        type_name = action.payload.__name__
        fields = self._collect(self._below(nodes), type_name)
        hints = hints_of(cast(Any, action.payload))
        parts = tuple(
            self._payload_part(hints, k, found, type_name, (key, k)) for k, found in fields.items()
        )
        return Act(key, action, nodes[0], parts, located(nodes[0]))

    def _payload_part(
        self, hints: dict[str, Any], key: str, nodes: list[FieldNode], owner: str, path: Path
    ) -> Typename | Shown | Object:
        name = nodes[0].name.value
        ref = ref_of(hints[name]) if name in hints else None
        if ref is None:
            return self._shown(key, nodes, owner)
        noun = self.registry.nouns[ref.target]
        if not listed(optional(hints[name].__origin__)[0])[1]:
            self._count(1, source=True)
            slot = Slot(noun.name, slot_of(name))
            selection = self._selection(noun, nodes, path, 1)
            return Object(
                key, name, noun, Lookup(key, path, "id", slot, selection, located(nodes[0]))
            )
        self._count(MAX_OBJECTS, source=True)
        slot = Slot([], slot_of(name))
        selection = self._selection(noun, nodes, (*path, "*"), MAX_OBJECTS)
        return Object(key, name, noun, Lookups(key, path, slot, (selection,), located(nodes[0])))

    def _shown(self, key: str, nodes: list[FieldNode], owner: str) -> Shown | Typename:
        name = nodes[0].name.value
        if name == "__typename":
            return Typename(key, owner)
        below = self._below(nodes)
        if not below:
            return Shown(key, name)
        kind: Any = self.schema.type_map[owner].fields[name].type  # type: ignore[attr-defined]  # an object
        while hasattr(kind, "of_type"):
            kind = kind.of_type
        fields = self._collect(below, kind.name)
        inner = tuple(self._shown(k, found, kind.name) for k, found in fields.items())
        return Shown(key, name, inner)


def null_if_refused(asked: Lookup | Lookups, found: Root) -> Root:
    """An object of a payload whose scope the token lacks is null, not an error."""
    if isinstance(found, Refused):
        return Withheld(found.key, asked.path, Reason.SCOPE, found.scope)
    return found


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """GraphQL name -> annotation of a payload's fields."""
    return {camel(n): hint for n, hint in get_type_hints(cls, include_extras=True).items()}
