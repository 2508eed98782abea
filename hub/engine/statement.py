"""The root fields together as one statement, with the audit of what it releases.

`hub.engine.emit` writes the root fields. Here they get their frame: one row with the JSON of each
root field and the lifts, the INSERT of the audit rows in the same statement (nothing is released
without a record), and what the answer must say of values that were withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    Uuid,
    case,
    cast,
    func,
    null,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from hub.engine import ids
from hub.engine.emit import Emitter, stamped
from hub.engine.frame import Lift, risen, written
from hub.engine.lists import connection
from hub.engine.outcomes import Denied, Outcomes
from hub.engine.parameters import Fetch, Parameters, Run
from hub.engine.plan import (
    Lookup,
    Lookups,
    Many,
    Plan,
    Withheld,
)
from hub.engine.text import SEAL, literal
from hub.engine.walk import lists, withheld
from hub.kit.sql import DIALECT
from hub.ledger.reads import Outcome, audit_of_reads
from hub.model.access import Caller, Check, all_hold
from hub.model.action import GIVEN
from hub.model.registry import Registry


@dataclass(frozen=True)
class Statement:
    """SQL with how to fetch its parameters, and how to read the columns of its one row.

    `roots`: place in the plan -> column with the JSON of that root field (null when no row).
    """

    sql: str
    parameters: tuple[Fetch, ...]
    roots: Mapping[int, str]
    denied: tuple[Denied, ...]
    withheld: tuple[Withheld, ...]
    audited: bool
    sealed: bool

    def arguments(self, run: Run) -> list[Any]:
        """The values to run with, in the order of $1, $2, ..."""
        return [fetch(run) for fetch in self.parameters]


EMPTY = Statement("", (), {}, (), (), audited=False, sealed=False)
"""Nothing to run."""


def write(plan: Plan, caller: Caller, registry: Registry, beside: CTE | None = None) -> Statement:
    """The statement for all root fields that have rows; its SQL is empty when there are none.

    `beside` is what the same statement does besides; its columns are added, and its `given` values
    are looked for among the variables of the run.
    """
    return Writer(plan, caller, registry, beside).statement()


class Writer:
    """Collects the columns of the statement root by root."""

    def __init__(self, plan: Plan, caller: Caller, registry: Registry, beside: CTE | None) -> None:
        self.plan = plan
        self.caller = caller
        self.beside = beside
        self.parameters = Parameters()
        self.emitter = Emitter(caller, registry, self.parameters)
        self.source: FromClause = select().subquery("one")
        self.columns: dict[str, ColumnElement[Any]] = {}
        self.roots: dict[int, str] = {}
        self.persons: list[tuple[Lift, str]] = []
        self._named: dict[tuple[object, ...], str] = {}
        self.denied: list[Denied] = []
        self.outcomes: list[Outcome] = []

    def statement(self) -> Statement:
        known = tuple(withheld(self.plan.roots))
        for place, root in enumerate(self.plan.roots):
            if isinstance(root, Many | Lookup | Lookups):
                self.root(place, root)
        for many in lists(self.plan.roots):
            self.rows_withheld(many)
        query = self.whole()
        if query is None:
            return replace(EMPTY, withheld=known)
        if self.beside is not None:
            query = query.add_columns(*self.beside.c)
        query = self.caller.with_facts(query)
        compiled = query.compile(dialect=DIALECT)
        names = compiled.positiontup or []
        return Statement(
            sql=str(compiled),
            parameters=tuple(self.fetch(name, compiled.params) for name in names),
            roots=self.roots,
            denied=tuple(self.denied),
            withheld=known,
            audited=bool(self.outcomes),
            sealed=SEAL in str(compiled),
        )

    def fetch(self, name: str, constants: Mapping[str, Any]) -> Fetch:
        """How a parameter is fetched; a constant that a room wrote into a rule is one too."""
        if name in self.parameters.fetch:
            return self.parameters.fetch[name]
        if name.startswith(GIVEN):
            return lambda run: run.variables[name]
        value = constants[name]
        return lambda _: value

    def root(self, place: int, root: Many | Lookup | Lookups) -> None:
        """Add one root field as a LATERAL with its columns."""
        name = f"r{place}"
        if isinstance(root, Many):
            body, lifts = connection(self.emitter, root, None, [])
        elif isinstance(root, Lookup):
            body, lifts = self.emitter.lookup(root)
        else:
            body, lifts = self.emitter.lookups(root)
        self.source = self.source.outerjoin(body.lateral(name), true())
        self.roots[place] = f"j{place}"
        self.columns[f"j{place}"] = written(name, "j", Text())
        for lift, element in risen(name, lifts).items():
            self.lift(lift, element)
        if isinstance(root, Lookup) and root.selection.noun.subject:
            self.look_up_of_person(place, root)

    def lift(self, lift: Lift, element: ColumnElement[Any]) -> None:
        """A column for what rises from the rows, and one for a reason that all rows share."""
        column = self._column("l", element, element)
        if lift.check is None:
            self.persons.append((lift, column))
            return
        reason = None
        if lift.common:
            reason = self._column("w", first_failing(lift.common), *lift.common)
        self.denied.append(Denied(lift, column, reason))

    def rows_withheld(self, many: Many) -> None:
        """Say why a list is empty where that is the same for all of its rows."""
        noun, rule = many.noun, stamped(many.rows).rule
        if rule is None:
            return
        checks = self.emitter.row_checks.get((noun, rule), ())
        common = tuple(check for check in checks if not check.per_row)
        if common:
            lift = Lift(many.path, noun, noun.group.name if noun.group else None, None, common)
            reason = self._column("w", first_failing(common), noun, rule)
            self.denied.append(Denied(lift, None, reason))

    def _column(self, letter: str, element: ColumnElement[Any], *same: object) -> str:
        """The name of a column; what is made of the same objects shares one."""
        key = letter, *map(id, same)
        if key not in self._named:
            self._named[key] = f"{letter}{len(self._named)}"
            self.columns[self._named[key]] = element
        return self._named[key]

    def look_up_of_person(self, place: int, root: Lookup) -> None:
        """Nothing found says why alike, whether or not the person exists."""
        key = self.parameters.key(root.slot, root.selection.noun.name, Uuid())
        nothing = self.columns[f"j{place}"].is_(None)
        if (lift := self.emitter.absence(root.selection, root.path)) is not None:
            self.lift(lift, case((nothing, key)))

    def whole(self) -> Select[Any] | None:
        """The columns of all roots, behind an audit where a person's data is among them."""
        inner = select(*(element.label(name) for name, element in self.columns.items()))
        answer = inner.select_from(self.source).cte("answer")
        told = Outcomes(self.plan, self.caller, self.parameters, answer, self.persons, self.denied)
        self.outcomes = list(told)
        if not self.outcomes:
            shown = [self._shown(name, element) for name, element in self.columns.items()]
            return select(*shown).select_from(self.source) if shown else None
        audit = audit_of_reads(answer if self.columns else None, self.outcomes)
        entries = select(func.count()).select_from(audit).scalar_subquery().label("entries")
        silent = {column for _, column in self.persons} - {denied.ids for denied in self.denied}
        names = [name for name in self.columns if name not in silent]
        return select(*(self._shown(name, answer.c[name]) for name in names), entries)

    @staticmethod
    def _shown(name: str, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """JSON leaves as bytes, so that the driver does not decode what is only passed on."""
        if name.startswith("j"):
            element = func.convert_to(element, literal("UTF8"))
        elif name.startswith("l"):
            element = ids.as_text(element)
        return element.label(name)


def first_failing(checks: Sequence[Check]) -> ColumnElement[Any]:
    """The place of the first check that does not hold, as text; null when all hold.

    For checks that are the same for all rows, since no row is in sight here.
    """
    whens = [(all_hold([c]).is_not(true()), literal(str(n))) for n, c in enumerate(checks)]
    return case(*whens) if whens else cast(null(), Text())
