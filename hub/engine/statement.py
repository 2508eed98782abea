"""The root fields together as one statement, with the audit of what it releases.

`hub.engine.emit` writes the root fields. Here they get their frame: one row with the JSON of each
root field and the lifts, the INSERT of the audit rows in the same statement (nothing is released
without a record), and what the answer must say of values that were withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, select, true
from sqlalchemy.sql.selectable import FromClause

from hub.engine.emit import Emitter
from hub.engine.frame import DIALECT, Lift, written
from hub.engine.lists import connection
from hub.engine.parameters import Fetch, Parameters, Run
from hub.engine.plan import (
    Edge,
    Lookup,
    Lookups,
    Many,
    Node,
    One,
    Path,
    Plan,
    Root,
    Selection,
    Value,
    Withheld,
)
from hub.engine.text import SEAL, literal
from hub.ledger.reads import Outcome, audit_of_reads
from hub.model.access import Caller, Check, Evidence, Group, Row, all_hold
from hub.model.registry import Registry


@dataclass(frozen=True)
class Missing:
    """A look-up of a person that found nothing: the column says which check to name."""

    root: int
    path: Path
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Statement:
    """SQL with how to fetch its parameters, and how to read its one row.

    The row is: the JSON of each root field that has rows (`roots` are their places in the plan), a
    column per rule that withheld something, a column per `Missing`, and the number of audit entries
    where the statement writes any.
    """

    sql: str
    parameters: tuple[Fetch, ...]
    roots: tuple[int, ...]
    denied: tuple[Lift, ...]
    missing: tuple[Missing, ...]
    withheld: tuple[Withheld, ...]
    audited: bool
    sealed: bool

    def arguments(self, run: Run) -> list[Any]:
        """The values to run with, in the order of $1, $2, ..."""
        return [fetch(run) for fetch in self.parameters]


EMPTY = Statement("", (), (), (), (), (), audited=False, sealed=False)
"""Nothing to run."""


def write(plan: Plan, caller: Caller, registry: Registry) -> Statement:
    """The statement for all root fields that have rows; its SQL is empty when there are none."""
    return Writer(plan, caller, registry).statement()


class Writer:
    """Collects the columns of the statement root by root."""

    def __init__(self, plan: Plan, caller: Caller, registry: Registry) -> None:
        self.plan = plan
        self.caller = caller
        self.parameters = Parameters()
        self.emitter = Emitter(caller, registry, self.parameters)
        self.source: FromClause = select().subquery("one")
        self.columns: dict[str, ColumnElement[Any]] = {}
        self.roots: list[int] = []
        self.lifts: list[Lift] = []
        self.missing: list[Missing] = []
        self.outcomes: list[Outcome] = []

    def statement(self) -> Statement:
        withheld = tuple(_withheld(self.plan.roots))
        for place, root in enumerate(self.plan.roots):
            if isinstance(root, Many | Lookup | Lookups):
                self.root(place, root)
        if not self.roots:
            return replace(EMPTY, withheld=withheld)
        query = self.whole()
        compiled = query.compile(dialect=DIALECT)
        names = compiled.positiontup or []
        return Statement(
            sql=str(compiled),
            parameters=tuple(self.fetch(name, compiled.params) for name in names),
            roots=tuple(self.roots),
            denied=tuple(lift for lift in self.lifts if lift.kind == "denied"),
            missing=tuple(self.missing),
            withheld=withheld,
            audited=bool(self.outcomes),
            sealed=SEAL in str(compiled),
        )

    def fetch(self, name: str, constants: Mapping[str, Any]) -> Fetch:
        """How a parameter is fetched; a constant that a room wrote into a rule is one too."""
        if name in self.parameters.fetch:
            return self.parameters.fetch[name]
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
        self.roots.append(place)
        self.columns[f"j{place}"] = written(name, "j", Text())
        for number, lift in enumerate(lifts):
            self.columns[f"l{len(self.lifts)}"] = written(name, f"l{number}", Text())
            self.lifts.append(lift)
        if isinstance(root, Lookup) and root.selection.noun.subject:
            self.look_up_of_person(place, root)

    def look_up_of_person(self, place: int, root: Lookup) -> None:
        """Nothing found says why alike, whether or not the person exists."""
        noun = root.selection.noun
        checks = noun.rows(Row(noun.table, noun.subject), self.caller.at_row())
        if not checks:
            return
        first = [c for c in checks if not c.per_row]
        last = next((c for c in reversed(checks) if c.per_row), checks[-1])
        told = (*first, last)
        whens = [(all_hold([c]).is_not(true()), literal(str(i))) for i, c in enumerate(first)]
        which = case(*whens, else_=literal(str(len(first)))) if whens else literal("0")
        nothing = written(f"r{place}", "j", Text()).is_(None)
        self.columns[f"m{len(self.missing)}"] = case((nothing, which))
        self.missing.append(Missing(place, root.path, told))

    def whole(self) -> Select[Any]:
        """The columns of all roots, behind an audit where a person's data is among them."""
        inner = select(*(e.label(name) for name, e in self.columns.items()))
        inner = inner.select_from(self.source)
        answer = inner.cte("answer")
        silent = {f"l{n}" for n, lift in enumerate(self.lifts) if lift.kind == "subject"}
        shown = [name for name in self.columns if name not in silent]
        self.outcomes = self.audited(answer)
        if not self.outcomes:
            columns = [self._shown(n, self.columns[n]).label(n) for n in shown]
            return select(*columns).select_from(self.source)
        audit = audit_of_reads(answer, self.outcomes, self.evidence())
        entries = select(func.count()).select_from(audit).scalar_subquery().label("entries")
        return select(*(self._shown(n, answer.c[n]).label(n) for n in shown), entries)

    @staticmethod
    def _shown(name: str, element: ColumnElement[Any]) -> ColumnElement[Any]:
        """JSON leaves as bytes, so that the driver does not decode what is only passed on."""
        return func.convert_to(element, literal("UTF8")) if name.startswith("j") else element

    # What the ledger is told

    def audited(self, answer: Any) -> list[Outcome]:
        """An outcome per entity released, per reason withheld, per person not found."""
        outcomes = []
        subjects: dict[str, list[int]] = {}
        for number, lift in enumerate(self.lifts):
            if lift.kind == "subject":
                subjects.setdefault(lift.noun.name, []).append(number)
        groups = released_groups(self.plan)
        for entity, numbers in subjects.items():
            lift = self.lifts[numbers[0]]
            assert lift.noun.group is not None
            ids = func.concat_ws(literal(","), *(answer.c[f"l{n}"] for n in numbers), type_=Text())
            outcomes.append(
                Outcome(entity, lift.noun.group, ids, tuple(sorted(groups.get(entity, ()))))
            )
        refused: dict[tuple[str, str, str], list[int]] = {}
        for number, lift in enumerate(self.lifts):
            if lift.kind == "denied" and lift.noun.subject and lift.check:
                key = (lift.noun.name, lift.group or "", lift.check.reason.value)
                refused.setdefault(key, []).append(number)
        for (entity, group, reason), numbers in refused.items():
            lift = self.lifts[numbers[0]]
            assert lift.noun.group is not None
            outcomes.append(
                Outcome(
                    entity,
                    lift.noun.group,
                    func.concat_ws(
                        literal(","), *(answer.c[f"l{n}"] for n in numbers), type_=Text()
                    ),
                    (group,) if group else (),
                    literal(reason),
                )
            )
        for number, missing in enumerate(self.missing):
            outcomes.append(self.not_found(answer, number, missing))
        return outcomes

    def not_found(self, answer: Any, number: int, missing: Missing) -> Outcome:
        root = self.plan.roots[missing.root]
        assert isinstance(root, Lookup)
        noun = root.selection.noun
        assert noun.group is not None
        key = self.parameters.key(root.slot, noun.name, noun.table.c.id.type)
        which = answer.c[f"m{number}"]
        reasons = {str(i): literal(c.reason.value) for i, c in enumerate(missing.checks)}
        return Outcome(
            noun.name,
            noun.group,
            case((which.is_not(None), cast(key, Text()))),
            (noun.group.name,),
            case(reasons, value=which),
        )

    def evidence(self) -> dict[str, Evidence]:
        """Legal basis and agreement behind each group that is audited."""
        found: dict[str, Evidence] = {}
        for outcome in self.outcomes:
            group: Group = outcome.group
            if group.name not in found:
                found[group.name] = group.evidence(self.caller)
        return found


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
    for selection in selections(roots):
        for item in selection.items:
            if isinstance(item, Withheld):
                yield item
