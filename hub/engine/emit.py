"""Phase four: the plan is written down as one SQL statement. Mechanical: nothing is decided here.

Shape of the statement:

    WITH <facts about the caller>, answer AS MATERIALIZED (
        SELECT format('{"parks":%s}', r0.j) AS j, r0.l0 ...
        FROM (SELECT) LEFT JOIN LATERAL (<root field>) r0 ON true ...
    ), audit AS (INSERT INTO ledger.audit ... SELECT ... FROM answer)
    SELECT convert_to(j, 'UTF8'), l0, ... FROM answer

Every row source is a `Frame`. A list is a page (`p3`: filter, order, limit) with an aggregate
around it; one row is read straight from its table (`t4`). What stands around a page refers to its
columns by written names (`p3.seats`), never through SQLAlchemy's FROM objects: SQLAlchemy correlates
one level only, and a LIMIT subquery inside a LATERAL would silently become a cross join.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import FromClause, Lateral

from hub.engine import conditions
from hub.engine.pages import fingerprint
from hub.engine.parameters import Parameters
from hub.engine.plan import (
    Access,
    CursorText,
    Edge,
    Item,
    Lookup,
    Lookups,
    Many,
    One,
    PageInfo,
    Path,
    Selection,
    Term,
    TotalCount,
    Typename,
    Value,
    Withheld,
)
from hub.engine.text import NULL, Piece, concatenate, literal, or_null, value_pieces, when
from hub.model.access import Caller, Check, Row, Rule, all_hold
from hub.model.registry import Noun, Registry
from hub.model.types import camel

_NAMES = literal_column("''").type  # Text without a length


@dataclass(frozen=True, eq=False)
class Lift:
    """A text of comma-separated ids that rises to the top of the statement beside the JSON.

    kind `subject`: ids of the persons whom the rows are about; `denied`: ids of the rows in which
    the values at `path` were withheld because `check` did not hold.
    """

    kind: str
    path: Path
    noun: Noun
    group: str | None = None
    check: Check | None = None


Lifts = dict[Lift, ColumnElement[Any]]


class Named(Row):
    """A row that is referred to by written names, and notes which of its columns are used."""

    def __init__(self, name: str, noun: Noun, used: dict[str, ColumnElement[Any]], inner: Row):
        super().__init__(noun.table, noun.subject)
        self._name, self._used, self._inner = name, used, inner

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        column = self.table.c[name]
        self._used[column.name] = getattr(self._inner, name)
        return written(self._name, column.name, column.type)

    @property
    def subject(self) -> ColumnElement[Any]:
        assert self._subject is not None
        return getattr(self, self._subject)  # type: ignore[no-any-return]  # a column


def written(source: str, name: str, kind: Any = None) -> ColumnElement[Any]:
    """A reference by name: `p3.seats`."""
    quoted = f'"{name}"' if not name.isidentifier() or name in _RESERVED else name
    return literal_column(f"{source}.{quoted}", kind)


_RESERVED = frozenset(("on", "from", "to", "user", "order", "group", "end", "window", "default"))


@dataclass
class Frame:
    """One row source: its table under an alias, and for a list the name of the page around it."""

    noun: Noun
    caller: Caller
    number: int
    paged: bool
    used: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    laterals: list[Lateral] = field(default_factory=list)
    lifts: Lifts = field(default_factory=dict)
    reasons: dict[int, tuple[ColumnElement[Any], tuple[Check, ...]]] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = self.noun.table.alias(f"t{self.number}")
        self.inner = Row(self.table, self.noun.subject)
        self.name = f"p{self.number}" if self.paged else f"t{self.number}"
        self.outer: Row = (
            Named(self.name, self.noun, self.used, self.inner) if self.paged else self.inner
        )

    def export(self, label: str, element: ColumnElement[Any], kind: Any) -> ColumnElement[Any]:
        """An expression over the table, as the page's outside sees it."""
        if not self.paged:
            return element
        self.used[label] = element.label(label)
        return written(self.name, label, kind)

    def failing(self, rule: Rule) -> tuple[ColumnElement[Any], tuple[Check, ...]]:
        """Number of the first check of a rule that does not hold here (null: all hold)."""
        if id(rule) not in self.reasons:
            checks = rule(self.inner, self.caller)
            whens = [
                (all_hold([check]).is_not(true()), literal_column(str(i)))
                for i, check in enumerate(checks)
            ]
            element = case(*whens, else_=null()) if whens else null()
            self.reasons[id(rule)] = (
                self.export(f"why{len(self.reasons)}", cast(element, Integer()), Integer()),
                checks,
            )
            self.kept.append(rule)  # keeps the id taken
        return self.reasons[id(rule)]

    def joined(self) -> FromClause:
        """The table with what its rules looked up."""
        source: FromClause = self.table
        for other, on in self.caller.joins.values():
            source = source.outerjoin(other, on)
        return source


class Emitter:
    """Writes selections down; `parameters` collects what the statement must be given."""

    def __init__(self, caller: Caller, registry: Registry, parameters: Parameters) -> None:
        self.caller = caller
        self.registry = registry
        self.parameters = parameters
        self._last = -1
        caller.number = self.next

    def next(self) -> int:
        self._last += 1
        return self._last

    def frame(self, noun: Noun, *, paged: bool) -> Frame:
        return Frame(noun, self.caller.at_row(), self.next(), paged)

    # Rows

    def selection(
        self, selection: Selection, frame: Frame, gate: list[ColumnElement[bool]]
    ) -> list[Piece]:
        """The JSON object of one row; its children and lifts are added to the frame."""
        access = stamped(selection.access)
        pieces: list[Piece] = ["{"]
        for position, item in enumerate(selection.items):
            pieces.append(f'{"," if position else ""}"{item.key}":')
            pieces.extend(self.item(item, frame, gate))
        pieces.append("}")
        if selection.noun.subject:
            lift = Lift("subject", selection.path, selection.noun, access.group)
            frame.lifts[lift] = cast(frame.outer.subject, Text())
        return pieces

    def item(self, item: Item, frame: Frame, gate: list[ColumnElement[bool]]) -> list[Piece]:
        if isinstance(item, Typename):
            return [f'"{item.name}"']
        if isinstance(item, Withheld):
            return [NULL]
        access = stamped(item.access)
        allowed = self.allowed(item.path, access, frame)
        if isinstance(item, Value):
            pieces = self.value(item, frame)
        else:
            inner = gate if allowed is None else [*gate, allowed]
            pieces = [self.child(item, frame, inner)]
        return pieces if allowed is None else when(allowed, pieces)

    def value(self, item: Value, frame: Frame) -> list[Piece]:
        spec = item.spec
        column = (
            spec.expression(frame.outer) if spec.expression else getattr(frame.outer, spec.name)
        )
        seal = f"{frame.noun.table.name}.{spec.name}"
        return value_pieces(spec, column, frame.noun.name, seal)

    def allowed(self, path: Path, access: Access, frame: Frame) -> ColumnElement[bool] | None:
        """Whether the row's rule lets this through (None: always), with a lift for each refusal."""
        if access.rule is None:
            return None
        failing, checks = frame.failing(access.rule)
        identity = cast(frame.outer.id, Text())
        for number, check in enumerate(checks):
            lift = Lift("denied", path, frame.noun, access.group, check)
            frame.lifts[lift] = case((failing == literal_column(str(number)), identity))
        return failing.is_(None)

    def child(
        self, item: One | Many, frame: Frame, gate: list[ColumnElement[bool]]
    ) -> ColumnElement[Any]:
        """An edge as a LATERAL of the frame; returns the reference to its JSON."""
        target = self.registry.target(item.spec) if item.spec else frame.noun
        assert item.spec is not None
        if isinstance(item, One):
            link = (
                "id" if item.spec.by == "id" else item.spec.by,
                getattr(frame.outer, item.spec.column),
            )
            statement, lifts = self.one(item.selection, link, gate)
        else:
            back = target.edges[camel(item.spec.by)]
            link = (back.column, getattr(frame.outer, back.by))
            statement, lifts = self.many(item, link, gate)
        name = f"e{self.next()}"
        frame.laterals.append(statement.lateral(name))
        for number, lift in enumerate(lifts):
            frame.lifts[lift] = written(name, f"l{number}", Text())
        return or_null(written(name, "j", Text()))

    # One row

    def one(
        self,
        selection: Selection,
        link: tuple[str, ColumnElement[Any]],
        gate: list[ColumnElement[bool]],
    ) -> tuple[Select[Any], list[Lift]]:
        """SELECT the JSON of the row whose column equals the link, if the caller may know of it."""
        frame = self.frame(selection.noun, paged=False)
        column, value = link
        where = [
            getattr(frame.inner, column) == value,
            *self.rows(selection.access, frame),
            *gate,
        ]
        pieces = self.selection(selection, frame, [])
        return self._finish(frame, concatenate(pieces), where)

    def _finish(
        self, frame: Frame, json: ColumnElement[str], where: list[ColumnElement[bool]]
    ) -> tuple[Select[Any], list[Lift]]:
        columns = [json.label("j")]
        columns += [e.label(f"l{i}") for i, e in enumerate(frame.lifts.values())]
        source = frame.joined()
        for lateral in frame.laterals:
            source = source.outerjoin(lateral, true())
        return select(*columns).select_from(source).where(*where), list(frame.lifts)

    def rows(self, access: Access | None, frame: Frame) -> list[ColumnElement[bool]]:
        """The condition under which a row exists for the caller."""
        rule = stamped(access).rule
        return [] if rule is None else [all_hold(rule(frame.inner, frame.caller))]

    # Lists

    def many(
        self,
        many: Many,
        link: tuple[str, ColumnElement[Any]] | None,
        gate: list[ColumnElement[bool]],
    ) -> tuple[Select[Any], list[Lift]]:
        """SELECT the JSON of a connection: always exactly one row."""
        frame = self.frame(many.noun, paged=True)
        where = self.narrowed(many, frame, link) + gate
        order, page = many.page.order, many.page
        overflow = _wants_overflow(many)
        position = written(frame.name, "rn", Integer())
        limit = literal_column(str(page.size))
        counted = position <= limit if overflow else None
        pieces: list[Piece] = ["{"]
        for number, part in enumerate(many.parts):
            pieces.append(f'{"," if number else ""}"{part.key}":')
            if isinstance(part, Typename):
                pieces.append(f'"{part.name}"')
            elif isinstance(part, TotalCount):
                pieces.append(self.total(many, link, gate))
            elif isinstance(part, PageInfo):
                pieces += self.page_info(part, many, frame, link, gate, limit, counted)
            else:
                pieces += self.edges(part, many, frame, counted)
        pieces.append("}")
        lifts = dict(frame.lifts)
        columns: list[ColumnElement[Any]] = [concatenate(pieces).label("j")]
        for number, element in enumerate(lifts.values()):
            gathered = func.string_agg(element, literal(","), type_=Text())
            columns.append(
                (gathered.filter(counted) if counted is not None else gathered).label(f"l{number}")
            )
        if not _reads_rows(many):
            return select(*columns), list(lifts)
        reverse = page.backward
        inner = (
            select(
                *(e if k == e.key else e.label(k) for k, e in self._columns(frame, order).items())
            )
            .select_from(frame.joined())
            .where(*where)
            .order_by(*_order_by(frame.inner, order, reverse))
            .limit(literal_column(str(page.size + (1 if overflow else 0))))
        )
        source: FromClause
        if overflow:
            numbered = inner.subquery(f"n{frame.number}")
            source = select(numbered, func.row_number().over().label("rn")).subquery(frame.name)
        else:
            source = inner.subquery(frame.name)
        for lateral in frame.laterals:
            source = source.outerjoin(lateral, true())
        return select(*columns).select_from(source), list(lifts)

    @staticmethod
    def _columns(frame: Frame, order: tuple[Term, ...]) -> dict[str, ColumnElement[Any]]:
        for term in order:
            getattr(frame.outer, term.spec.name)
        return frame.used

    def narrowed(
        self,
        many: Many,
        frame: Frame,
        link: tuple[str, ColumnElement[Any]] | None,
        *,
        cursors: bool = True,
    ) -> list[ColumnElement[bool]]:
        """Which rows belong to the list: link, row rule, filter, the read's own, cursors."""
        where: list[ColumnElement[bool]] = []
        if link is not None:
            where.append(getattr(frame.inner, link[0]) == link[1])
        where += self.rows(many.rows, frame)
        where += conditions.filtered(many, frame, self.parameters)
        where += conditions.own(many, frame, self.parameters)
        if cursors:
            for cursor in many.page.cursors:
                where.append(
                    conditions.beyond(cursor, many.page.order, frame.inner, self.parameters)
                )
        return where

    def total(
        self,
        many: Many,
        link: tuple[str, ColumnElement[Any]] | None,
        gate: list[ColumnElement[bool]],
    ) -> ColumnElement[Any]:
        """How many rows of the list the caller may see, whatever the page."""
        frame = self.frame(many.noun, paged=False)
        where = self.narrowed(many, frame, link, cursors=False)
        return (
            select(func.count()).select_from(frame.joined()).where(*where, *gate).scalar_subquery()
        )

    def edges(
        self, part: Edge, many: Many, frame: Frame, counted: ColumnElement[bool] | None
    ) -> list[Piece]:
        gate = [] if counted is None else [counted]
        pieces: list[Piece] = ["{"]
        for number, item in enumerate(part.items):
            pieces.append(f'{"," if number else ""}"{item.key}":')
            if isinstance(item, Typename):
                pieces.append(f'"{item.name}"')
            elif isinstance(item, CursorText):
                pieces += ['"', self.cursor(many, frame), '"']
            else:
                pieces += self.selection(item.selection, frame, gate)
        pieces.append("}")
        listed = func.string_agg(
            concatenate(pieces),
            aggregate_order_by(literal(","), *_order_by(frame.outer, many.page.order)),
            type_=Text(),
        )
        if counted is not None:
            listed = listed.filter(counted)  # type: ignore[assignment]  # a FunctionFilter is one too
        return ["[", func.coalesce(listed, literal("")), "]"]

    def cursor(self, many: Many, frame: Frame) -> ColumnElement[str]:
        """Hex of `["<order>", keys...]` for the row of the frame."""
        keys = [getattr(frame.outer, term.spec.name) for term in many.page.order]
        name = fingerprint(many.noun, many.page.order)
        parts = func.json_build_array(literal(name), *keys)
        return func.encode(
            func.convert_to(cast(parts, Text()), literal("UTF8")), literal("hex"), type_=Text()
        )

    def page_info(
        self,
        part: PageInfo,
        many: Many,
        frame: Frame,
        link: tuple[str, ColumnElement[Any]] | None,
        gate: list[ColumnElement[bool]],
        limit: ColumnElement[Any],
        counted: ColumnElement[bool] | None,
    ) -> list[Piece]:
        overflow = func.count() > limit
        pieces: list[Piece] = ["{"]
        for number, (key, name) in enumerate(part.fields):
            pieces.append(f'{"," if number else ""}"{key}":')
            if name == "__typename":
                pieces.append('"PageInfo"')
            elif name in ("hasNextPage", "hasPreviousPage"):
                forward = name == "hasNextPage"
                more = [overflow] if forward != many.page.backward else []
                more += [
                    self.outside(cursor, many, link, gate)
                    for cursor in many.page.cursors
                    if cursor.after is not forward
                ]
                whole = more[0] if more else false()
                for other in more[1:]:
                    whole = whole | other
                pieces.append(cast(whole, Text()))
            else:
                pieces.append(self._end(many, frame, counted, last=name == "endCursor"))
        return [*pieces, "}"]

    def _end(
        self, many: Many, frame: Frame, counted: ColumnElement[bool] | None, *, last: bool
    ) -> ColumnElement[str]:
        quoted = literal('"').concat(self.cursor(many, frame)).concat(literal('"'))
        order = _order_by(frame.outer, many.page.order, last)
        gathered: Any = func.array_agg(aggregate_order_by(quoted, *order))
        if counted is not None:
            gathered = gathered.filter(counted)
        return or_null(type_coerce(gathered, ARRAY(Text()))[1])

    def outside(
        self,
        cursor: Any,
        many: Many,
        link: tuple[str, ColumnElement[Any]] | None,
        gate: list[ColumnElement[bool]],
    ) -> ColumnElement[bool]:
        """Whether the list has rows on the far side of a cursor."""
        frame = self.frame(many.noun, paged=False)
        where = self.narrowed(many, frame, link, cursors=False)
        beyond = conditions.beyond(cursor, many.page.order, frame.inner, self.parameters)
        return (
            select(literal_column("1"))
            .select_from(frame.joined())
            .where(*where, *gate, beyond.is_not(true()))
            .exists()
        )

    # Roots

    def lookup(self, lookup: Lookup) -> tuple[Select[Any], list[Lift]]:
        noun = lookup.selection.noun
        kind = noun.table.c[lookup.by].type
        value = self.parameters.key(lookup.slot, noun.name if lookup.by == "id" else None, kind)
        return self.one(lookup.selection, (lookup.by, value), [])

    def lookups(self, lookups: Lookups) -> tuple[Select[Any], list[Lift]]:
        """`nodes`: a row for each id in its place, whatever its type."""
        types, keys = self.parameters.ids(lookups.slot)
        asked = (
            func.unnest(types, keys)
            .table_valued("type", "key", with_ordinality="place")
            .render_derived("asked")
        )
        source: FromClause = asked
        json: list[ColumnElement[Any]] = []
        lifts: Lifts = {}
        for selection in lookups.selections:
            name = f"e{self.next()}"
            statement, found = self.one(
                selection,
                ("id", written("asked", "key", Uuid())),
                [written("asked", "type", Text()) == literal(selection.noun.name)],
            )
            source = source.outerjoin(statement.lateral(name), true())
            json.append(written(name, "j", Text()))
            for number, lift in enumerate(found):
                lifts[lift] = written(name, f"l{number}", Text())
        item = func.coalesce(*json, literal(NULL))
        listed = func.string_agg(
            item, aggregate_order_by(literal(","), written("asked", "place")), type_=Text()
        )
        columns: list[ColumnElement[Any]] = [
            concatenate(["[", func.coalesce(listed, literal("")), "]"]).label("j")
        ]
        columns += [
            func.string_agg(e, literal(","), type_=Text()).label(f"l{i}")
            for i, e in enumerate(lifts.values())
        ]
        return select(*columns).select_from(source), list(lifts)


def stamped(access: Access | None) -> Access:
    """The guard's stamp; a node without one must not reach the database."""
    if access is None:
        raise RuntimeError("A node of the plan has not passed the guard.")
    return access


def _order_by(row: Row, order: tuple[Term, ...], reverse: bool = False) -> list[ColumnElement[Any]]:
    """The terms over a row; PostgreSQL puts nulls last when ascending, first when descending."""
    return [
        getattr(row, t.spec.name).desc()
        if t.descending is not reverse
        else getattr(row, t.spec.name).asc()
        for t in order
    ]


def _wants_overflow(many: Many) -> bool:
    """Whether one row more than the page must be read, to know whether there is one."""
    wanted = "hasPreviousPage" if many.page.backward else "hasNextPage"
    return any(
        isinstance(part, PageInfo) and any(name == wanted for _, name in part.fields)
        for part in many.parts
    )


def _reads_rows(many: Many) -> bool:
    return any(isinstance(part, Edge | PageInfo) for part in many.parts)
