"""The root fields together as one statement, with the audit of what it releases.

`hub.engine.emit` writes the root fields. Here they get their frame: one row with the JSON of each
root field and the lifts, the INSERT of the audit rows in the same statement (nothing is released
without a record), and what the answer must say of values that were withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    type_coerce,
)
from sqlalchemy.sql.selectable import FromClause

from hub.engine.arguments import Slot
from hub.engine.emit import Emitter
from hub.engine.frame import Lift, risen, written
from hub.engine.lists import connection
from hub.engine.parameters import Fetch, Parameters, Run
from hub.engine.plan import (
    Edge,
    Lookup,
    Lookups,
    Many,
    Node,
    One,
    Plan,
    Refused,
    Root,
    Selection,
    Value,
    Withheld,
)
from hub.engine.text import SEAL, literal
from hub.kit.sql import DIALECT
from hub.ledger.reads import Outcome, audit_of_reads
from hub.model.access import Caller, Check, Evidence, Reason, all_hold
from hub.model.action import GIVEN
from hub.model.registry import Noun, Registry


@dataclass(frozen=True)
class Denied:
    """A column with ids of rows in which something was withheld, and how to say why.

    The column `reason` holds the place in `lift.common` of a check that failed for all rows (null:
    they held, and `lift.check` failed row by row).
    """

    lift: Lift
    ids: str
    reason: str | None


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
        withheld = tuple(_withheld(self.plan.roots))
        for place, root in enumerate(self.plan.roots):
            if isinstance(root, Many | Lookup | Lookups):
                self.root(place, root)
        query = self.whole()
        if query is None:
            return replace(EMPTY, withheld=withheld)
        if self.beside is not None:
            query = query.add_columns(*self.beside.c)
        compiled = query.compile(dialect=DIALECT)
        names = compiled.positiontup or []
        return Statement(
            sql=str(compiled),
            parameters=tuple(self.fetch(name, compiled.params) for name in names),
            roots=self.roots,
            denied=tuple(self.denied),
            withheld=withheld,
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
        for lift, ids in risen(name, lifts).items():
            self.lift(lift, ids)
        if isinstance(root, Lookup) and root.selection.noun.subject:
            self.look_up_of_person(place, root)

    def lift(self, lift: Lift, ids: ColumnElement[str]) -> None:
        """A column for what rises from the rows, and one for a reason that all rows share."""
        column = self._column("l", ids, ids)
        if lift.check is None:
            self.persons.append((lift, column))
            return
        reason = None
        if lift.common:
            reason = self._column("w", first_failing(lift.common), *lift.common)
        self.denied.append(Denied(lift, column, reason))

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
            self.lift(lift, case((nothing, cast(key, Text()))))

    def whole(self) -> Select[Any] | None:
        """The columns of all roots, behind an audit where a person's data is among them."""
        inner = select(*(element.label(name) for name, element in self.columns.items()))
        answer = inner.select_from(self.source).cte("answer")
        self.outcomes = [
            *self.released(answer),
            *self.refused(answer),
            *self.withheld(answer),
            *self.known_before(),
        ]
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
        return element.label(name)

    # What the ledger is told

    def released(self, answer: CTE) -> Iterator[Outcome]:
        """An outcome for each kind of object about persons."""
        groups = released_groups(self.plan)
        by_noun: dict[Noun, list[str]] = {}
        for lift, column in self.persons:
            by_noun.setdefault(lift.noun, []).append(column)
            groups.setdefault(lift.noun.name, set()).update([lift.group] if lift.group else [])
        for noun, columns in by_noun.items():
            yield self.outcome(noun, joined(answer, columns), groups[noun.name])

    def refused(self, answer: CTE) -> Iterator[Outcome]:
        """An outcome for each group withheld from persons shown, and for persons not shown."""
        by_reason: dict[tuple[Noun, str, Check], list[Denied]] = {}
        for denied in self.denied:
            lift = denied.lift
            if lift.noun.subject and lift.group and lift.check:
                by_reason.setdefault((lift.noun, lift.group, lift.check), []).append(denied)
        for (noun, group, check), found in by_reason.items():
            ids = joined(answer, [denied.ids for denied in found])
            which = answer.c[found[0].reason] if found[0].reason else None
            reason = told(which, found[0].lift.common, check)
            yield self.outcome(noun, ids, {group}, reason)

    def withheld(self, answer: CTE) -> Iterator[Outcome]:
        """An outcome for each group withheld from all persons shown, as was known beforehand."""
        by_reason: dict[tuple[Noun, str, Reason], list[str]] = {}
        for selection in selections(self.plan.roots):
            shown = [
                column
                for lift, column in self.persons
                if (lift.noun, lift.path) == (selection.noun, selection.path)
            ]
            for item in selection.items:
                if isinstance(item, Withheld) and item.group:
                    by_reason.setdefault((selection.noun, item.group, item.reason), []).extend(
                        shown
                    )
        for (noun, group, reason), columns in by_reason.items():
            if columns:
                yield self.outcome(noun, joined(answer, columns), {group}, literal(reason.value))

    def known_before(self) -> Iterator[Outcome]:
        """Look-ups of persons that are refused or withheld before anything runs."""
        for root in self.plan.roots:
            withheld = root.withheld if isinstance(root, Lookups) else [root]
            for each in withheld:
                if isinstance(each, Refused | Withheld) and each.slot and each.noun:
                    reason = each.reason if isinstance(each, Withheld) else Reason.SCOPE
                    yield from self.asked_for(each.noun, each.slot, reason)

    def asked_for(self, noun: Noun, slot: Slot, reason: Reason) -> Iterator[Outcome]:
        """The persons whose ids stand in a slot; of another key there is none to be named."""
        if noun.group is None:
            return
        if isinstance(slot.now, list):
            keys = self.parameters.keys(slot, noun.name, Uuid())
            ids: ColumnElement[str] = func.array_to_string(keys, literal(","), type_=Text())
        else:
            ids = cast(self.parameters.key(slot, noun.name, Uuid()), Text())
        yield self.outcome(noun, ids, {noun.group.name}, literal(reason.value))

    def outcome(
        self,
        noun: Noun,
        ids: ColumnElement[str],
        groups: set[str],
        reason: ColumnElement[str] | None = None,
    ) -> Outcome:
        evidence = noun.group.evidence(self.caller) if noun.group else Evidence()
        return Outcome(noun.name, evidence, ids, tuple(sorted(groups)), reason)


def first_failing(checks: Sequence[Check]) -> ColumnElement[Any]:
    """The place of the first check that does not hold, as text; null when all hold.

    For checks that are the same for all rows, since no row is in sight here.
    """
    whens = [(all_hold([c]).is_not(true()), literal(str(n))) for n, c in enumerate(checks)]
    return case(*whens) if whens else cast(null(), Text())


def told(
    which: ColumnElement[Any] | None, checks: Sequence[Check], otherwise: Check
) -> ColumnElement[str]:
    """The reason of the check at the place `which`, or of `otherwise`."""
    last = literal(otherwise.reason.value)
    if which is None or not checks:
        return last
    whens = [(which == literal(str(n)), literal(c.reason.value)) for n, c in enumerate(checks)]
    return case(*whens, else_=last)


def joined(answer: CTE, columns: Sequence[str]) -> ColumnElement[str]:
    """The ids of several columns as one text."""
    columns = list(dict.fromkeys(columns))
    if len(columns) == 1:
        return type_coerce(answer.c[columns[0]], Text())
    return func.concat_ws(literal(","), *(answer.c[name] for name in columns), type_=Text())


def released_groups(plan: Plan) -> dict[str, set[str]]:
    """Entity -> field groups that the plan reads of it, if the row's rules allow."""
    groups: dict[str, set[str]] = {}

    def note(selection: Selection) -> None:
        own = groups.setdefault(selection.noun.name, set())
        if selection.noun.group:
            own.add(selection.noun.group.name)
        for item in selection.items:
            if isinstance(item, Value | One | Many) and item.access and item.access.group:
                own.add(item.access.group)

    for selection in selections(plan.roots):
        note(selection)
    return groups


def selections(roots: tuple[Root, ...]) -> Iterator[Selection]:
    """Every selection of rows in a plan, outermost first."""
    for root in roots:
        if isinstance(root, Many):
            yield from _of_many(root)
        elif isinstance(root, Lookup):
            yield from _of_selection(root.selection)
        elif isinstance(root, Lookups):
            for selection in root.selections:
                yield from _of_selection(selection)


def _of_many(many: Many) -> Iterator[Selection]:
    for part in many.parts:
        if isinstance(part, Edge):
            for item in part.items:
                if isinstance(item, Node):
                    yield from _of_selection(item.selection)


def _of_selection(selection: Selection) -> Iterator[Selection]:
    yield selection
    for item in selection.items:
        if isinstance(item, One):
            yield from _of_selection(item.selection)
        elif isinstance(item, Many):
            yield from _of_many(item)


def _withheld(roots: tuple[Root, ...]) -> Iterator[Withheld]:
    """What the guard withheld before running, wherever it stands in the plan."""
    for root in roots:
        if isinstance(root, Withheld):
            yield root
        elif isinstance(root, Lookups):
            yield from root.withheld
    for selection in selections(roots):
        for item in selection.items:
            if isinstance(item, Withheld):
                yield item
