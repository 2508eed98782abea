"""Connections as SQL: a page of rows, and an aggregate that makes JSON of it.

    SELECT concat('{"edges":[', string_agg(concat(...), ',' ORDER BY p3.code, p3.id), ']}') AS j
    FROM (SELECT t3.code, t3.id FROM park.workspace AS t3 WHERE ... ORDER BY ... LIMIT 20) AS p3
    LEFT JOIN LATERAL (...) AS e5 ON true

The order stands in the aggregate again, because a join may shuffle what the page had sorted. One
row more than the page is read only where it is asked whether there are more; children of that row
are not read, nor is it audited.

A page whose rows have nothing beside them is aggregated as it comes: an array of its rows keeps
their order, a slice of it leaves out the row too many, and its ends are where the cursors point.
That costs a fifth less than numbering the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import FromClause

from hub.engine import conditions, ids
from hub.engine.frame import Frame, Lift, lifted, written
from hub.engine.pages import fingerprint
from hub.engine.plan import (
    Cursor,
    CursorText,
    Edge,
    Many,
    Node,
    One,
    PageInfo,
    Term,
    TotalCount,
    Typename,
    Value,
)
from hub.engine.text import Piece, concatenate, literal, or_null
from hub.model.access import Row

if TYPE_CHECKING:
    from hub.engine.emit import Body, Emitter, Gate, Link

_NUMBERED = (func.row_number().over().label("rn"), func.count().over().label("cnt"))
"""Columns that say where a row stands on its page, and how many there are."""

FEW = 10
"""So many persons, or less, are named in the ledger when they are counted (handbook, pitfalls:
a small cell points to persons)."""


def connection(
    emitter: Emitter, many: Many, link: Link | None, gate: Gate, parent: Row | None = None
) -> Body:
    """SELECT the JSON of a connection: always exactly one row."""
    return _Connection(emitter, many, link, gate, parent).body()


@dataclass
class _Connection:
    emitter: Emitter
    many: Many
    link: Link | None
    gate: Gate
    parent: Row | None

    def __post_init__(self) -> None:
        self.order = self.many.page.order
        parameters = self.emitter.parameters
        self.frame = self.emitter.frame(
            self.many.noun,
            paged=True,
            said=lambda name: conditions.said(self.many, name, parameters),
        )
        if self.link is not None and self.link[0] == self.many.noun.subject:
            self.frame.person = self.link[1]
        asked = {name for part in self.many.parts for name in _page_info_fields(part)}
        self.more = ("hasPreviousPage" if self.many.page.backward else "hasNextPage") in asked
        nodes = [
            item.selection
            for part in self.many.parts
            if isinstance(part, Edge)
            for item in part.items
            if isinstance(item, Node)
        ]
        self.shows_rows = bool(nodes)
        self.as_it_comes = not self.many.page.backward and not any(
            isinstance(item, One | Many) or (isinstance(item, Value) and item.spec.beside)
            for node in nodes
            for item in node.items
        )
        self.counts = any(isinstance(part, TotalCount) for part in self.many.parts)
        self.ends = self.more or bool(asked & {"startCursor", "endCursor"})
        self.numbered = self.ends and not self.as_it_comes
        self.place = written(self.frame.name, "rn", Integer())
        self.size: ColumnElement[Any] = literal_column(str(self.many.page.size), Integer())
        self.on_page = [self.place <= self.size] if self.more and self.numbered else []

    def body(self) -> Body:
        where = [*self.narrowed(self.frame), *self._cursors(), *self.gate]
        pieces: list[Piece] = ["{"]
        for number, part in enumerate(self.many.parts):
            pieces.append(f'{"," if number else ""}"{part.key}":')
            if isinstance(part, Typename):
                pieces.append(f'"{part.name}"')
            elif isinstance(part, TotalCount):
                pieces.append(self.total())
            elif isinstance(part, PageInfo):
                pieces += self.page_info(part)
            else:
                pieces += self.edges(part)
        pieces.append("}")
        # Without an aggregate over it the page would not become one row, but as many as it has.
        read = self.ends or any(isinstance(part, Edge) for part in self.many.parts)
        if read and not self.shows_rows:
            self._tell_of_persons()
        columns, lifts = lifted(self.frame.lifts, self._gathered_ids)
        if self.counts and self.many.noun.subject:
            columns.append(self._counted().label(f"l{len(columns)}"))
            lifts[self._lift("totalCount")] = columns[-1]
        statement: Select[Any] = select(concatenate(pieces).label("j"), *columns)
        if read:
            source = self.frame.with_children(self.page(where))
            statement = statement.select_from(source)
        return statement, lifts

    def page(self, where: list[ColumnElement[bool]]) -> FromClause:
        """The rows of the page, with the columns that are used and the keys of the order."""
        frame, backward = self.frame, self.many.page.backward
        for term in self.order:
            getattr(frame.outer, term.spec.name)
        columns = (
            element if element.key == name else element.label(name)
            for name, element in frame.used.items()
        )
        rows: Select[Any] = (
            frame.rows(*columns)
            .where(*where)
            .order_by(*order_by(frame.inner, self.order, reverse=backward))
            .limit(literal_column(str(self.many.page.size + int(self.more))))
        )
        if not self.numbered:
            return rows.subquery(frame.name)
        name = f"n{frame.number}"
        return (
            select(literal_column(f"{name}.*"), *_NUMBERED)
            .select_from(rows.subquery(name))
            .subquery(frame.name)
        )

    # Which rows belong to the list

    def narrowed(self, frame: Frame) -> list[ColumnElement[bool]]:
        """Link, row rule, filter, the read's own conditions; cursors are a matter of the page."""
        where: list[ColumnElement[bool]] = []
        if self.link is not None:
            where.append(getattr(frame.inner, self.link[0]) == self.link[1])
        if self.parent is not None and self.many.spec is not None and self.many.spec.among:
            where.append(self.many.spec.among(self.parent, frame.inner))
        where += self.emitter.rows(self.many.rows, frame)
        where += conditions.filtered(self.many, frame, self.emitter.parameters)
        where += conditions.own(self.many, frame, self.emitter.parameters)
        return where

    def _cursors(self) -> list[ColumnElement[bool]]:
        return [self._beyond(cursor, self.frame) for cursor in self.many.page.cursors]

    def _beyond(self, cursor: Cursor, frame: Frame) -> ColumnElement[bool]:
        return conditions.beyond(cursor, self.order, frame.inner, self.emitter.parameters)

    def total(self) -> ColumnElement[Any]:
        """How many rows of the list the caller may see, whatever the page."""
        frame = self.emitter.frame(self.many.noun, paged=False)
        where = self.narrowed(frame)
        return frame.rows(func.count()).where(*where, *self.gate).scalar_subquery()

    def _counted(self) -> ColumnElement[Any]:
        """The persons whom a total of few is about: with a filter it says something of each."""
        frame = self.emitter.frame(self.many.noun, paged=False)
        where = self.narrowed(frame)  # before the rows, whose joins it asks for
        subject = frame.inner.subject.label("subject")
        limit: ColumnElement[Any] = literal_column(str(FEW + 1))
        few = frame.rows(subject).where(*where, *self.gate).limit(limit)
        found = few.subquery(f"n{frame.number}")
        few_enough = func.count() <= literal_column(str(FEW))
        persons = case((few_enough, ids.gathered(found.c.subject, always=True)))
        return select(persons).select_from(found).scalar_subquery()

    # What is shown of it

    def edges(self, part: Edge) -> list[Piece]:
        """`[{...}, ...]` in the list's order."""
        pieces: list[Piece] = ["{"]
        for number, item in enumerate(part.items):
            pieces.append(f'{"," if number else ""}"{item.key}":')
            if isinstance(item, Typename):
                pieces.append(f'"{item.name}"')
            elif isinstance(item, CursorText):
                pieces += ['"', self.cursor(self.keys()), '"']
            else:
                pieces += self.emitter.selection(item.selection, self.frame, self.on_page)
        pieces.append("}")
        nodes = [item.selection for item in part.items if isinstance(item, Node)]
        short = not any(isinstance(item, Many) for node in nodes for item in node.items)
        json = concatenate(pieces, short=short)
        return ["[", func.coalesce(self._listed(json), literal("")), "]"]

    def _listed(self, json: ColumnElement[str]) -> ColumnElement[Any]:
        if self.as_it_comes:
            return self._gathered_texts(json)
        order = order_by(self.frame.outer, self.order)
        return self._only_page(
            func.string_agg(json, aggregate_order_by(literal(","), *order), type_=Text())
        )

    def keys(self) -> list[ColumnElement[Any]]:
        """The row's values of the order."""
        return [getattr(self.frame.outer, term.spec.name) for term in self.order]

    def cursor(self, keys: list[ColumnElement[Any]]) -> ColumnElement[str]:
        """Hex of `["<order>", keys...]`."""
        name = literal(fingerprint(self.many.noun, self.order))
        parts = cast(func.json_build_array(name, *keys), Text())
        return func.encode(func.convert_to(parts, literal("UTF8")), literal("hex"), type_=Text())

    def page_info(self, part: PageInfo) -> list[Piece]:
        pieces: list[Piece] = ["{"]
        for number, (key, name) in enumerate(part.fields):
            pieces.append(f'{"," if number else ""}"{key}":')
            match name:
                case "__typename":
                    pieces.append('"PageInfo"')
                case "hasNextPage" | "hasPreviousPage":
                    pieces.append(cast(self._has_more(forward=name == "hasNextPage"), Text()))
                case _:
                    pieces.append(self._end(last=name == "endCursor"))
        return [*pieces, "}"]

    def _has_more(self, *, forward: bool) -> ColumnElement[bool]:
        """Rows cut off by the page's size, or rows on the far side of a cursor."""
        found: list[ColumnElement[bool]] = []
        if forward != self.many.page.backward:
            found.append(func.count() > self.size)
        for cursor in self.many.page.cursors:
            if cursor.after is not forward:
                frame = self.emitter.frame(self.many.noun, paged=False)
                where = [*self.narrowed(frame), self._beyond(cursor, frame).is_not(true())]
                rows = frame.rows(literal_column("1")).where(*where, *self.gate)
                found.append(rows.exists())
        return or_(false(), *found)

    def _end(self, *, last: bool) -> ColumnElement[str]:
        """The cursor of the page's first or last row; made for that row alone."""
        if self.as_it_comes:
            return self._end_of_array(last=last)
        quoted = _quoted(self.cursor(self.keys()))
        read = written(self.frame.name, "cnt", Integer())
        farthest = func.least(read, self.size) if self.more else read
        first_read = last is self.many.page.backward
        at_end = self.place == (literal_column("1", Integer()) if first_read else farthest)
        return or_null(func.min(quoted).filter(at_end))

    def _end_of_array(self, *, last: bool) -> ColumnElement[str]:
        count = func.count()
        place = func.least(count, self.size) if self.more else count
        at = place if last else literal_column("1", Integer())
        ends = [func.array_agg(key, type_=ARRAY(key.type))[at] for key in self.keys()]
        return or_null(case((count > literal_column("0"), _quoted(self.cursor(ends)))))

    def _lift(self, *below: str) -> Lift:
        noun = self.many.noun
        return Lift((*self.many.path, *below), noun, noun.group.name if noun.group else None)

    def _tell_of_persons(self) -> None:
        """That a row is there, and where, says something of its person: she rises with it."""
        if self.many.noun.subject:
            self.frame.lifts[self._lift()] = self.frame.whose()

    def _gathered_texts(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """The rows' texts with commas between, in the page's order, which rows come in."""
        if not self.more:
            return func.string_agg(element, literal(","), type_=Text())
        rows = func.array_agg(element, type_=ARRAY(Text()))
        page = rows[literal_column("1", Integer()) : self.size]
        return func.array_to_string(page, literal(","), type_=Text())

    def _gathered_ids(self, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """What rises from the rows of the page, and not from the row beyond it."""
        if element is self.frame.person:  # once, if there is a row at all
            rows = self._only_page(func.count())
            return case((rows > literal_column("0"), element))
        if self.as_it_comes and self.more and isinstance(element.type, Uuid):
            every = func.array_agg(element, type_=ids.IDS)
            page = every[literal_column("1", Integer()) : self.size]
            return func.array_remove(page, null(), type_=ids.IDS)
        always = self.frame.in_each_row(element)
        return ids.gathered(element, *self.on_page, always=always)

    def _only_page(self, aggregate: Any) -> ColumnElement[Any]:
        return ids.filtered(aggregate, *self.on_page)


def _quoted(text: ColumnElement[str]) -> ColumnElement[str]:
    return literal('"').concat(text).concat(literal('"'))


def _page_info_fields(part: object) -> list[str]:
    return [name for _, name in part.fields] if isinstance(part, PageInfo) else []


def order_by(
    row: Row, order: tuple[Term, ...], *, reverse: bool = False
) -> list[ColumnElement[Any]]:
    """The terms over a row; PostgreSQL puts nulls last when ascending, first when descending."""
    return [
        column.desc() if term.descending is not reverse else column.asc()
        for term in order
        for column in [getattr(row, term.spec.name)]
    ]
