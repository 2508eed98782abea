"""What the rooms declared, checked once and then frozen.

`collect` reads the modules of the rooms; `seal` resolves names, derives what can be derived
(nullability, GraphQL names) and refuses what cannot be, naming file, line and a suggestion. The
sealed registry is the only thing that the engine, the schema printer and the tests look at.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import get_type_hints
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import Mapped

from hub.model.access import Group, Rule, everyone
from hub.model.action import Action
from hub.model.declared import check_action, check_life, described, known, refuse, scope_named
from hub.model.entity import Entity
from hub.model.field import EdgeSpec, FieldSpec
from hub.model.operation import Extension, FactSource, Read
from hub.model.types import Choice, camel, listed, optional


@dataclass(frozen=True, eq=False)
class Noun:
    """An entity as sealed: fields and edges by their GraphQL names."""

    name: str
    room: str
    entity: type[Entity]
    fields: dict[str, FieldSpec]
    edges: dict[str, EdgeSpec]
    read: Read | None

    @property
    def table(self) -> Table:
        return self.entity.__table__

    @property
    def scope(self) -> str:
        return self.entity.scope

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
    """The sealed whole: nouns by name, roots by name, facts by name."""

    def __init__(
        self,
        nouns: dict[str, Noun],
        facts: dict[str, FactSource],
        actions: dict[str, Action],
        rooms: tuple[str, ...],
    ) -> None:
        self.nouns = nouns
        self.facts = facts
        self.actions = actions
        self.rooms = rooms
        self.tables = {n.table: n for n in nouns.values()}
        self.plurals = {n.plural: n for n in nouns.values() if n.plural}
        self.singulars = {n.singular: n for n in nouns.values()}

    @property
    def scopes(self) -> frozenset[str]:
        """Every scope that some field or action asks for."""
        return frozenset(
            {a.scope for a in self.actions.values()}
            | {n.scopes_of(f) for n in self.nouns.values() for f in n.fields.values()}
            | {n.scopes_of(e) for n in self.nouns.values() for e in n.edges.values()}
        )

    def target(self, spec: EdgeSpec) -> Noun:
        """The noun that an edge leads to."""
        return self.nouns[spec.target.split(".")[1]]


def modules_of(package: ModuleType) -> Iterable[ModuleType]:
    """The package itself and every module in it, imported."""
    yield package
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        yield importlib.import_module(info.name)


def seal(rooms: Iterable[ModuleType]) -> Registry:
    """Collect what the rooms declare, check it, freeze it."""
    entities: dict[str, type[Entity]] = {}
    reads: dict[str, Read] = {}
    facts: dict[str, FactSource] = {}
    actions: dict[str, Action] = {}
    extensions: list[Extension] = []
    names = []
    for room in rooms:
        names.append(room.__name__.rsplit(".", 1)[-1])
        for module in modules_of(room):
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, Entity) and value is not Entity:
                    first = entities.setdefault(value.__name__, value)
                    refuse(
                        first is not value, value.declared, f"{value.__name__} is declared twice"
                    )
                elif isinstance(value, Read):
                    other = reads.setdefault(value.target, value)
                    refuse(
                        other is not value,
                        value.source,
                        f"{value.target} has a read already, at {other.source}",
                        "give that one the arguments of both",
                    )
                elif isinstance(value, FactSource):
                    refuse(
                        value.name.split(".")[0] != names[-1],
                        value.source,
                        f"the fact {value.name} is declared in the room {names[-1]}",
                        f"call it {names[-1]}.{value.name.split('.')[-1]}",
                    )
                    facts[value.name] = value
                elif isinstance(value, Action):
                    refuse(
                        actions.setdefault(value.name, value) is not value,
                        value.source,
                        f"there is another action {value.name}",
                    )
                elif isinstance(value, Extension) and value not in extensions:
                    extensions.append(value)
    for extension in extensions:
        _extend(entities, extension)
    for read in reads.values():
        known(read.target, entities, read.source, "a read of")
    nouns = {name: _noun(entity, reads.get(name)) for name, entity in entities.items()}
    for one in actions.values():
        check_action(one, nouns)
    registry = Registry(nouns, facts, actions, tuple(names))
    for noun in nouns.values():
        for name, spec in noun.edges.items():
            _resolve_edge(registry, noun, name, spec)
    _unique_roots(registry)
    return registry


def _extend(entities: dict[str, type[Entity]], extension: Extension) -> None:
    name = extension.target.split(".")[-1]
    entity = known(name, entities, extension.source, "an extension of")
    for attribute, spec in extension.edges.items():
        refuse(
            not spec.many,
            spec.source,
            f"{name}.{attribute} leads to one row, for which {name} has no column",
            "declare it with edges(...), or on the entity itself",
        )
        refuse(
            attribute in entity.own_edges and entity.own_edges[attribute] is not spec,
            extension.source,
            f"{name} has an edge {attribute} already",
        )
        spec.name = attribute
        entity.own_edges[attribute] = spec


def _noun(entity: type[Entity], read: Read | None) -> Noun:
    described(entity.__doc__ or "", entity.zh, entity.declared, entity.__name__)
    scope_named(entity.scope, entity.declared)
    refuse(
        entity.group is not None and entity.subject is None,
        entity.declared,
        f"{entity.__name__} holds personal data (a group) but names no subject",
        "add subject='<column with the person's id>' so that its reads can be audited",
    )
    columns = dict(entity.__table__.columns.items())
    for key in (*entity.keys, *filter(None, [entity.subject])):
        column = known(key, columns, entity.declared, f"{entity.__name__} has no column")
        refuse(
            key in entity.keys and not column.unique,
            entity.declared,
            f"{entity.__name__}.{key} is a key, but two rows may have the same",
            "declare the field with unique=True",
        )
    if entity.life is not None:
        check_life(entity.life, entity.__name__, columns, entity.declared)
    fields = {camel(name): _field(entity, spec) for name, spec in entity.own_fields.items()}
    edges = {camel(name): spec for name, spec in entity.own_edges.items()}
    return Noun(entity.__name__, entity.room, entity, fields, edges, read)


def _field(entity: type[Entity], spec: FieldSpec) -> FieldSpec:
    where = f"{entity.__name__}.{spec.name}"
    described(spec.doc, spec.zh, spec.source, where)
    annotation = get_type_hints(entity).get(spec.name)
    refuse(annotation is None, spec.source, f"{where} has no type", "annotate it Mapped[...]")
    if getattr(annotation, "__origin__", None) is Mapped:
        annotation = annotation.__args__[0]  # type: ignore[union-attr]  # checked one line above
    python_type, nullable = optional(annotation)
    python_type, many = listed(python_type)
    if isinstance(python_type, type) and issubclass(python_type, Choice):
        for member in python_type:
            described(member.doc, member.zh, spec.source, f"{python_type.__name__}.{member}")
    elif python_type is not UUID and spec.name != "id":
        refuse(
            python_type not in Entity.type_annotation_map,
            spec.source,
            f"{where} has the type {python_type}, which has no GraphQL form",
            "use str, int, bool, Fen, Json, Decimal, date, datetime, UUID or a Choice",
        )
    differs = (spec.group is not None and spec.group is not entity.group) or spec.release
    refuse(
        spec.sealed and (spec.filter or spec.sort or spec.search),
        spec.source,
        f"{where} is sealed and cannot be filtered or ordered by",
        "offer a blind index column beside it",
    )
    refuse(
        bool(differs) and spec.sort,
        spec.source,
        f"{where} is released row by row; an order by it would tell what is withheld",
        "drop sort=True",
    )
    if spec.scope or spec.group:
        scope_named(spec.scope or spec.group.scope, spec.source)  # type: ignore[union-attr]  # either
    deniable = bool(differs) or (spec.scope is not None and spec.scope != entity.scope)
    return replace(
        spec,
        python_type=python_type,
        nullable=nullable or deniable,
        many=many,
        safe=spec.safe or (isinstance(python_type, type) and issubclass(python_type, Choice)),
    )


def _resolve_edge(registry: Registry, noun: Noun, name: str, spec: EdgeSpec) -> None:
    where = f"{noun.name}.{name}"
    described(spec.doc, spec.zh, spec.source, where)
    room, _, target = spec.target.rpartition(".")
    other = known(target, registry.nouns, spec.source, f"{where} leads to")
    refuse(
        other.room != room,
        spec.source,
        f"{where}: {target} lives in {other.room}, not in {room or 'a room without a name'}",
        f"write '{other.room}.{target}'",
    )
    denied = registry.nouns[noun.name].scopes_of(spec) != noun.scope or other.scope != noun.scope
    if not spec.many:
        known(spec.by, other.keys, spec.source, f"{where}: {target} has no key")
        spec.nullable = not spec.required or denied or other.may_hide_rows
        return
    back = other.edges.get(camel(spec.by))
    refuse(
        back is None or back.many or back.target != f"{noun.room}.{noun.name}",
        spec.source,
        f"{where}: {target} has no to-one edge {spec.by} that leads to {noun.name}",
        f"declare `{spec.by} = edge('{noun.room}.{noun.name}', ...)` on {target}",
    )
    spec.nullable = denied or spec.group is not None or other.may_hide_rows


def _unique_roots(registry: Registry) -> None:
    seen: dict[str, Noun] = {}
    for noun in registry.nouns.values():
        for root in filter(None, (noun.singular, noun.plural)):
            other = seen.setdefault(root, noun)
            refuse(
                other is not noun,
                noun.entity.declared,
                f"{noun.name} and {other.name} would both be the root field {root}",
            )
