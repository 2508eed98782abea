"""`seal()`: what the rooms declare, checked once and then frozen.

It resolves names, derives what can be derived (nullability, GraphQL names) and refuses what cannot
be, naming file, line and what to write instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import get_type_hints
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Uuid
from sqlalchemy.orm import Mapped

from hub.model.collect import collect
from hub.model.count import EVIDENCE, Count
from hub.model.declared import (
    check_action,
    check_choice,
    check_life,
    described,
    known,
    refuse,
    scope_named,
)
from hub.model.entity import Entity
from hub.model.field import ComputedSpec, EdgeSpec, FieldSpec
from hub.model.operation import Doc, Extension, Read
from hub.model.registry import Noun, Registry
from hub.model.types import Choice, camel, listed, optional


def seal(rooms: Iterable[ModuleType]) -> Registry:
    """The registry of these rooms; raises DeclarationError for the first mistake in them."""
    found = collect(rooms)
    for extension in found.extensions:
        _extend(found.entities, extension)
    for count in found.counts.values():
        _count(found.entities, count)
    for read in found.reads.values():
        known(read.target, found.entities, read.source, "a read of")
    nouns = {name: _noun(entity, found.reads.get(name)) for name, entity in found.entities.items()}
    for one in found.actions.values():
        check_action(one, nouns)
    for work in found.jobs.values():
        refuse(not work.doc, work.source, f"the job {work.name} does not say what it does")
    registry = Registry(
        nouns, found.facts, found.actions, found.counts, tuple(found.rooms), found.jobs
    )
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


def _count(entities: dict[str, type[Entity]], count: Count) -> None:
    """Let the evidence lead to the objects of a count; several counts may share an edge."""
    counted = known(count.noun, entities, count.source, f"{count.metric} counts")
    refuse(
        counted.room != count.metric.split(".")[0],
        count.source,
        f"{count.metric} counts rows of {counted.room}",
        "declare it in the room that has them",
    )
    evidence = known(EVIDENCE.split(".")[-1], entities, count.source, "what is counted is shown by")
    spec = count.edge(counted.room)
    evidence.own_edges.setdefault(spec.name, spec)
    if spec.column not in evidence.__table__.c:
        evidence.__table__.append_column(Column(spec.column, Uuid()))


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
    computed = {camel(name): _computed(entity, spec) for name, spec in entity.own_computed.items()}
    return Noun(entity.__name__, entity.room, entity, fields, edges, read, computed)


def _computed(entity: type[Entity], spec: ComputedSpec) -> ComputedSpec:
    where = f"{entity.__name__}.{spec.name}"
    described(spec.doc, spec.zh, spec.source, where)
    hints = get_type_hints(spec.rows, include_extras=True)
    spec.arguments = {
        name: hints[name] for name in list(inspect.signature(spec.rows).parameters)[1:]
    }
    for name, hint in get_type_hints(spec.part, include_extras=True).items():
        words = next((note for note in hint.__metadata__ if isinstance(note, Doc)), Doc("", ""))
        described(words.doc, words.zh, spec.source, f"{spec.part.__name__}.{name}")
        kind, nullable = optional(hint.__origin__)
        refuse(
            kind not in Entity.type_annotation_map,
            spec.source,
            f"{spec.part.__name__}.{name} has the type {kind}, which a computed list cannot hold",
            "use str, int, bool, Fen, Decimal, date or datetime",
        )
        plain = FieldSpec(words.doc, words.zh, name=name, python_type=kind, nullable=nullable)
        spec.fields[camel(name.rstrip("_"))] = plain
    return spec


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
        check_choice(python_type, spec.source)
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
        spec.safe and spec.expression is None and not _shaped(entity, spec.name),
        spec.source,
        f"{where} is said to be safe, but no constraint says how it is written",
        f"add CheckConstraint(\"{spec.name} ~ '^[...]$'\"), or drop safe=True",
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
    refuse(
        deniable and spec.name in entity.keys,
        spec.source,
        f"{where} asks for more than its row; a look-up by it would tell what is withheld",
        f"take {spec.name!r} out of keys=, or let the row's own scope protect it",
    )
    return replace(
        spec,
        python_type=python_type,
        nullable=nullable or deniable,
        many=many,
        safe=spec.safe or (isinstance(python_type, type) and issubclass(python_type, Choice)),
    )


def _shaped(entity: type[Entity], name: str) -> bool:
    """Whether a constraint keeps a text to a pattern, so that no quote can be in it."""
    checks = (c for c in entity.__table__.constraints if isinstance(c, CheckConstraint))
    return any(str(check.sqltext).startswith(f"{name} ~ '^") for check in checks)


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
