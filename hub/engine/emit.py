"""Phase four: the plan is written down as one SQL statement. Mechanical: nothing is decided here.

Shape of the statement (`hub.engine.statement` puts its frame around the root fields):

    WITH <facts about the caller>, answer AS (
        SELECT r0.j AS j0, r0.l0 AS l0 ...
        FROM (SELECT) AS one LEFT JOIN LATERAL (<root field>) AS r0 ON true ...
    ), audit AS (INSERT INTO ledger.audit_entry ... SELECT ... FROM answer)
    SELECT convert_to(j0, 'UTF8') ... FROM answer

Every LATERAL returns its JSON as `j` and what rises from it as `l0`, `l1`, ... Here stand single
rows and their items; `hub.engine.lists` writes connections.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy import true as sql_true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import FromClause

from hub.engine import ids
from hub.engine.conditions import arguments_of
from hub.engine.frame import Frame, Lift, Lifts, Risen, Said, lifted, risen, written
from hub.engine.lists import connection
from hub.engine.parameters import Parameters
from hub.engine.plan import (
    Access,
    Computed,
    Item,
    Lookup,
    Lookups,
    Many,
    One,
    Path,
    Selection,
    Typename,
    Value,
    Withheld,
)
from hub.engine.text import (
    NULL,
    Piece,
    concatenate,
    literal,
    or_null,
    sealed_as,
    value_pieces,
    when,
)
from hub.model.access import Caller, Check, Row, Rule, all_hold
from hub.model.entity import Entity
from hub.model.registry import Noun, Registry
from hub.model.types import camel

_TYPES = Entity.type_annotation_map

Link = tuple[str, ColumnElement[Any]]
"""A column of the target and what it must equal: how rows belong to their parent."""

Gate = list[ColumnElement[bool]]
"""Conditions of the parent row under which a child is read at all."""

Body = tuple[Select[Any], Risen]


class Emitter:
    """Writes selections down; `parameters` collects what the statement must be given."""

    def __init__(self, caller: Caller, registry: Registry, parameters: Parameters) -> None:
        self.caller = caller
        self.registry = registry
        self.parameters = parameters
        self.row_checks: dict[tuple[Noun, Rule], tuple[Check, ...]] = {}
        """What decides on rows; those that are the same for all rows say why a list is empty."""
        self._last = -1
        caller.number = self.next

    def next(self) -> int:
        """The next number for the name of a row source."""
        self._last += 1
        return self._last

    def frame(self, noun: Noun, *, paged: bool, said: Said | None = None) -> Frame:
        return Frame(noun, self.caller.at_row(), self.next(), paged, said)

    def selection(self, selection: Selection, frame: Frame, gate: Gate) -> list[Piece]:
        """The JSON object of one row; its children and lifts are added to the frame."""
        access = stamped(selection.access)
        pieces: list[Piece] = ["{"]
        for position, item in enumerate(selection.items):
            pieces.append(f'{"," if position else ""}"{item.key}":')
            pieces.extend(self.item(item, frame, gate))
        pieces.append("}")
        if selection.noun.subject:
            lift = Lift(selection.path, selection.noun, access.group)
            frame.lifts[lift] = frame.whose()
        return pieces

    def item(self, item: Item, frame: Frame, gate: Gate) -> list[Piece]:
        if isinstance(item, Typename):
            return [f'"{item.name}"']
        if isinstance(item, Withheld):
            return [NULL]
        access = stamped(item.access)
        if isinstance(item, Computed):
            return [self.computed(item, frame)]
        allowed = self.allowed(item.path, access, frame)
        if isinstance(item, Value):
            pieces = self.value(item, frame)
        else:
            pieces = [self.child(item, frame, gate if allowed is None else [*gate, allowed])]
        return pieces if allowed is None else when(allowed, pieces)

    def value(self, item: Value, frame: Frame) -> list[Piece]:
        spec = item.spec
        row = frame.beside(spec.beside) if spec.beside else frame.outer
        column = spec.expression(row) if spec.expression else getattr(row, spec.name)
        seal = sealed_as(frame.noun.table.name, spec.name)
        return value_pieces(spec, column, frame.noun.name, seal)

    def computed(self, item: Computed, frame: Frame) -> ColumnElement[Any]:
        """A list of plain objects, as a subquery over what the room computes of the row."""
        spec = item.spec
        arguments = arguments_of(spec.arguments, item.arguments, self.parameters)
        source = spec.rows(frame.outer, **arguments).limit(literal_column(str(item.size)))
        name = f"c{self.next()}"
        pieces: list[Piece] = ["{"]
        for position, part in enumerate(item.items):
            pieces.append(f'{"," if position else ""}"{part.key}":')
            if isinstance(part, Typename):
                pieces.append(f'"{part.name}"')
            else:
                stamped(part.access)
                column = written(name, part.spec.name, _TYPES[part.spec.python_type])
                pieces += value_pieces(part.spec, column, spec.part.__name__, "")
        pieces.append("}")
        objects = func.string_agg(concatenate(pieces, short=True), literal(","), type_=Text())
        whole = concatenate(["[", func.coalesce(objects, literal("")), "]"])
        return select(whole).select_from(source.subquery(name)).scalar_subquery()

    def allowed(self, path: Path, access: Access, frame: Frame) -> ColumnElement[bool] | None:
        """Whether the row's rule lets this through (None: always), with a lift of the refusals."""
        if access.rule is None:
            return None
        failing, checks = frame.failing(access.rule)
        common = tuple(check for check in checks if not check.per_row)
        by_row = checks[len(common) :] or checks[-1:]
        first = len(checks) - len(by_row)
        for which, check in enumerate(by_row, first):
            lift = Lift(path, frame.noun, access.group, check, common)
            frame.lifts[lift] = frame.refused(access.rule, which, len(by_row))
        return failing.is_(None)

    def child(self, item: One | Many, frame: Frame, gate: Gate) -> ColumnElement[Any]:
        """An edge as a LATERAL of the frame; returns the reference to its JSON."""
        assert item.spec is not None
        row = frame.outer
        if isinstance(item, One):
            link = item.spec.by, getattr(row, item.spec.column)
            statement, lifts = self.one(item.selection, link, gate)
        else:
            back = self.registry.target(item.spec).edges[camel(item.spec.by)]
            link = back.column, getattr(row, back.by)
            statement, lifts = connection(self, item, link, gate, row)
        name = f"e{self.next()}"
        frame.laterals.append(statement.lateral(name))
        frame.lifts.update(risen(name, lifts))
        return or_null(written(name, "j", Text()))

    def one(self, selection: Selection, link: Link, gate: Gate) -> Body:
        """SELECT the JSON of the row whose column equals the link, if the caller may know of it."""
        frame = self.frame(selection.noun, paged=False)
        column, value = link
        belongs = getattr(frame.inner, column) == value
        exists = self.rows(selection.access, frame)
        json = concatenate(self.selection(selection, frame, []), short=is_short(selection))
        columns, lifts = lifted(frame.lifts, lambda element: element)
        statement: Select[Any] = select(json.label("j"), *columns)
        source = frame.with_children(frame.joined())
        return statement.select_from(source).where(belongs, *exists, *gate), lifts

    def rows(self, access: Access | None, frame: Frame) -> list[ColumnElement[bool]]:
        """The condition under which a row exists for the caller."""
        rule = stamped(access).rule
        if rule is None:
            return []
        checks = rule(frame.inner, frame.caller)
        self.row_checks.setdefault((frame.noun, rule), checks)
        return [all_hold(checks)]

    # Root fields that find rows by a key

    def absence(self, selection: Selection, path: Path) -> Lift | None:
        """What to say of persons who were asked for by id and not found, existing or not.

        Statement-wide checks that fail are named; else the first that is decided by the row.
        """
        noun, rule = selection.noun, stamped(selection.access).rule
        if not noun.subject or rule is None:
            return None
        checks = rule(Row(noun.table, noun.subject), self.caller.at_row())
        common = tuple(check for check in checks if not check.per_row)
        named = next((check for check in checks if check.per_row), checks[-1])
        return Lift(path, noun, noun.group.name if noun.group else None, named, common)

    def lookup(self, lookup: Lookup) -> Body:
        """One row by its id or by a natural key."""
        noun = lookup.selection.noun
        type_name = noun.name if lookup.by == "id" else None
        key = self.parameters.key(lookup.slot, type_name, noun.table.c[lookup.by].type)
        return self.one(lookup.selection, (lookup.by, key), [])

    def lookups(self, lookups: Lookups) -> Body:
        """`nodes`: a row for each id in its place, whatever its type."""
        types, keys = self.parameters.ids(lookups.slot)
        source: FromClause = (
            func.unnest(types, keys)
            .table_valued("type", "key", with_ordinality="place")
            .render_derived("asked")
        )
        found: list[ColumnElement[Any]] = []
        lifts: Lifts = {}
        for selection in lookups.selections:
            name = f"e{self.next()}"
            of_type = written("asked", "type", Text()) == literal(selection.noun.name)
            link = "id", written("asked", "key", Uuid())
            row, lifted_there = self.one(selection, link, [of_type])
            source = source.outerjoin(row.lateral(name), sql_true())
            json = written(name, "j", Text())
            found.append(json)
            lifts.update(risen(name, lifted_there))
            if (absent := self.absence(selection, selection.path)) is not None:
                key = written("asked", "key", Uuid())
                lifts[absent] = case((and_(of_type, json.is_(None)), key))
        listed = func.string_agg(
            func.coalesce(*found, literal(NULL)),
            aggregate_order_by(literal(","), written("asked", "place")),
            type_=Text(),
        )
        whole = concatenate(["[", func.coalesce(listed, literal("")), "]"])
        columns, gathered = lifted(lifts, ids.gathered)
        statement: Select[Any] = select(whole.label("j"), *columns)
        return statement.select_from(source), gathered


def is_short(selection: Selection) -> bool:
    """Whether the object of a row holds no list."""
    return not any(isinstance(item, Many) for item in selection.items)


def stamped(access: Access | None) -> Access:
    """The guard's stamp; a node without one must not reach the database."""
    if access is None:
        raise RuntimeError("A node of the plan has not passed the guard.")
    return access
