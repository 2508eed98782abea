"""Where a row comes from in the statement, and what rises from it.

Every row source is a `Frame`. A list is a page (`p3`: filter, order, limit) with an aggregate
around it; one row is read straight from its table (`t4`). What stands around a page refers to its
columns by written names (`p3.seats`), never through SQLAlchemy's FROM objects: SQLAlchemy
correlates one level only, and a LIMIT subquery inside a LATERAL would silently become a cross join.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    Select,
    case,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from hub.engine.plan import Path
from hub.kit.sql import DIALECT
from hub.model.access import Caller, Check, Row, Rule, aliased, all_hold
from hub.model.field import Beside
from hub.model.registry import Noun

_quote = DIALECT.identifier_preparer.quote


@dataclass(frozen=True, eq=False)
class Lift:
    """Ids that rise to the top of the statement beside the JSON (see `hub.engine.ids`).

    A lift without a check: ids of the persons whom the rows are about. With one: ids of the rows in
    which the values at `path` were withheld, because `check` did not hold or before it one of
    `common`, checks that are the same for all rows of a statement.
    """

    path: Path
    noun: Noun
    group: str | None = None
    check: Check | None = None
    common: tuple[Check, ...] = ()


Lifts = dict[Lift, ColumnElement[Any]]

Risen = dict[Lift, Label[Any]]
"""What a statement lifts, and in which of its columns; what is the same rises in one."""


def lifted(
    lifts: Lifts, gathered: Callable[[ColumnElement[Any]], ColumnElement[Any]]
) -> tuple[list[Label[Any]], Risen]:
    """The columns `l0`, `l1`, ... of a statement, each `gathered` from the rows' ids."""
    columns: dict[int, Label[Any]] = {}
    for element in lifts.values():
        if id(element) not in columns:
            columns[id(element)] = gathered(element).label(f"l{len(columns)}")
    return list(columns.values()), {lift: columns[id(each)] for lift, each in lifts.items()}


def risen(source: str, lifts: Risen) -> Lifts:
    """What a statement lifts, as the one around it refers to it."""
    columns = {label: written(source, label.name, label.type) for label in lifts.values()}
    return {lift: columns[label] for lift, label in lifts.items()}


def written(source: str, name: str, kind: Any = None) -> ColumnElement[Any]:
    """A reference by name: `p3.seats`."""
    return literal_column(f"{source}.{_quote(name)}", kind)


Said = Callable[[str], Any]


class Named(Row):
    """A row referred to by written names; notes which columns of its table are used."""

    def __init__(
        self,
        name: str,
        noun: Noun,
        used: dict[str, ColumnElement[Any]],
        inner: Row,
        said: Said | None,
    ) -> None:
        super().__init__(noun.table, noun.subject)
        self._name, self._used, self._inner, self._said = name, used, inner, said

    def said(self, argument: str) -> ColumnElement[Any] | None:
        return self._said(argument) if self._said else None

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        column = self.table.c[name]
        self._used[column.name] = getattr(self._inner, name)
        return written(self._name, column.name, column.type)

    @property
    def subject(self) -> ColumnElement[Any]:
        assert self._subject is not None
        column: ColumnElement[Any] = getattr(self, self._subject)
        return column


class Found(Row):
    """What was looked up beside a row, referred to by written names."""

    def __init__(self, name: str, query: Select[Any]) -> None:
        self._name = name
        super().__init__(query.lateral(name))

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        column = self.table.c[name]
        return written(self._name, column.name, column.type)


@dataclass
class Frame:
    """One row source: its table under an alias, and for a list the name of the page around it.

    `inner` is the row inside the page, where rules and filters look at it; `outer` the row as JSON
    is made of it, by written names: for a single row too, whose lists are pages of their own.
    """

    noun: Noun
    caller: Caller
    number: int
    paged: bool
    said: Said | None = None
    """The arguments of the read whose list it is."""
    person: ColumnElement[Any] | None = None
    """Whom all rows are about, where the list is one person's."""

    used: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    laterals: list[FromClause] = field(default_factory=list)
    lifts: Lifts = field(default_factory=dict)
    _beside: dict[Beside, Found] = field(default_factory=dict)
    _subject: ColumnElement[Any] | None = None
    _refused: dict[tuple[Rule, int], ColumnElement[Any]] = field(default_factory=dict)
    _failing: dict[Rule, tuple[ColumnElement[Any], tuple[Check, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = aliased(self.noun.table, f"t{self.number}")
        self.inner = Row(self.table, self.noun.subject)
        self.name = f"p{self.number}" if self.paged else f"t{self.number}"
        self.outer: Row = Named(self.name, self.noun, self.used, self.inner, self.said)

    def beside(self, look_up: Beside) -> Row:
        """What is looked up beside each row: once, however many fields are made of it."""
        if look_up not in self._beside:
            found = Found(f"b{self.number}_{len(self._beside)}", look_up(self.outer))
            self._beside[look_up] = found
            self.laterals.append(found.table)
        return self._beside[look_up]

    def whose(self) -> ColumnElement[Any]:
        """The id of the person whom a row is about, of the list's where it is one person's."""
        if self.person is not None:
            return self.person
        if self._subject is None:
            self._subject = self.outer.subject
        return self._subject

    def in_each_row(self, element: ColumnElement[Any]) -> bool:
        """Whether no row lacks it: each row is about somebody."""
        return element is self._subject

    def failing(self, rule: Rule) -> tuple[ColumnElement[Any], tuple[Check, ...]]:
        """Number of the first check of a rule that does not hold here (null: all hold).

        Checks that are the same for all rows come first.
        """
        if rule not in self._failing:
            checks = tuple(sorted(rule(self.inner, self.caller), key=lambda check: check.per_row))
            whens = [
                (all_hold([check]).is_not(true()), literal_column(str(number), Integer()))
                for number, check in enumerate(checks)
            ]
            number = case(*whens, else_=null()) if whens else null()
            self._failing[rule] = self._export(f"why{len(self._failing)}", number), checks
        return self._failing[rule]

    def refused(self, rule: Rule, which: int, how_many: int) -> ColumnElement[Any]:
        """The row's id where it failed the check `which` of a rule.

        The first of the checks that are decided by the row stands for those before it too; where
        there is but one (`how_many`), whatever failed is its.
        """
        if (rule, which) not in self._refused:
            failing, checks = self.failing(rule)
            refused: ColumnElement[bool] = failing.is_not(None)
            if how_many > 1:
                number: ColumnElement[Any] = literal_column(str(which))
                first = which == len(checks) - how_many
                refused = failing <= number if first else failing == number
            self._refused[rule, which] = case((refused, self.outer.id))
        return self._refused[rule, which]

    def _export(self, label: str, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """An expression over the table, as the page's outside sees it."""
        if not self.paged:
            return element
        self.used[label] = element.label(label)
        return written(self.name, label, element.type)

    def joined(self) -> FromClause:
        """The table with what its rules looked up."""
        source: FromClause = self.table
        for other, on in self.caller.joins.values():
            source = source.outerjoin(other, on)
        return source

    def rows(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """SELECT from the rows; everything that is not theirs belongs to the statement around.

        Left to itself, SQLAlchemy would put a table that stands two levels up into this FROM.
        """
        source = self.joined()
        own = (self.table, *(other for other, _ in self.caller.joins.values()))
        return select(*columns).select_from(source).correlate_except(*own)

    def with_children(self, source: FromClause) -> FromClause:
        """The source with the edges of its rows beside it."""
        for lateral in self.laterals:
            source = source.outerjoin(lateral, true())
        return source
