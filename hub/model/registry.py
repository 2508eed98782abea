"""What the rooms declared, as sealed: the one thing that engine, schema and tests look at.

`hub.model.collect` finds the declarations and `hub.model.seal` checks them; here is what they make.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as data_field
from functools import cached_property

from sqlalchemy import Table

from hub.model.access import Group, Rule, everyone
from hub.model.action import Action
from hub.model.count import Count
from hub.model.entity import Entity
from hub.model.field import ComputedSpec, EdgeSpec, FieldSpec
from hub.model.job import Job
from hub.model.operation import FactSource, Read
from hub.model.types import camel


@dataclass(frozen=True, eq=False)
class Noun:
    """An entity as sealed: fields and edges by their GraphQL names."""

    name: str
    room: str
    entity: type[Entity]
    fields: dict[str, FieldSpec]
    edges: dict[str, EdgeSpec]
    read: Read | None
    computed: dict[str, ComputedSpec] = data_field(default_factory=dict)

    @property
    def table(self) -> Table:
        return self.entity.__table__

    @property
    def scope(self) -> str:
        return self.entity.scope

    @property
    def row_scopes(self) -> frozenset[str]:
        """What decides over the rows of it: its scope, and the one that lets more of them exist."""
        return frozenset({self.scope} | ({self.entity.wider} if self.entity.wider else set()))

    @property
    def group(self) -> Group | None:
        return self.entity.group

    @property
    def rows(self) -> Rule:
        """Which rows exist for a caller: the entity's rule and its group's release."""
        release = self.group.release if self.group else everyone
        return release & self.entity.rows

    @property
    def subject(self) -> str | None:
        return self.entity.subject

    @property
    def keys(self) -> tuple[str, ...]:
        """Python names of the keys that identify one row, `id` first."""
        return ("id", *self.entity.keys)

    @cached_property
    def key_arguments(self) -> dict[str, str]:
        """Arguments of the look-up at the root: GraphQL name -> Python name of the key."""
        return {camel(key): key for key in self.keys}

    @property
    def singular(self) -> str:
        """Root field that looks up one row; a name in capitals only at the first letter."""
        return self.name[:1].lower() + self.name[1:]

    @property
    def plural(self) -> str | None:
        return camel(self.entity.plural) if self.entity.plural else None

    def scopes_of(self, spec: FieldSpec | EdgeSpec) -> str:
        """The scope that a field of this noun asks for."""
        return spec.scope or (spec.group.scope if spec.group else self.scope)

    @cached_property
    def may_hide_rows(self) -> bool:
        return self.group is not None or self.entity.rows is not everyone


class Registry:
    """The sealed whole: nouns, roots, facts and actions by name, counts by metric."""

    def __init__(
        self,
        nouns: dict[str, Noun],
        facts: dict[str, FactSource],
        actions: dict[str, Action],
        counts: dict[str, Count],
        rooms: tuple[str, ...],
        jobs: dict[str, Job] | None = None,
    ) -> None:
        self.nouns = nouns
        self.facts = facts
        self.actions = actions
        self.counts = counts
        self.rooms = rooms
        self.jobs = jobs or {}
        self.tables = {n.table: n for n in nouns.values()}
        self.plurals = {n.plural: n for n in nouns.values() if n.plural}
        self.singulars = {n.singular: n for n in nouns.values()}

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Every scope that some field or action asks for."""
        return frozenset(
            {a.scope for a in self.actions.values()}
            | {scope for n in self.nouns.values() for scope in n.row_scopes}
            | {n.scopes_of(f) for n in self.nouns.values() for f in n.fields.values()}
            | {n.scopes_of(e) for n in self.nouns.values() for e in n.edges.values()}
        )

    def target(self, spec: EdgeSpec) -> Noun:
        """The noun that an edge leads to."""
        return self.nouns[spec.target.split(".")[1]]
