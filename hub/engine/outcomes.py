"""What a statement tells the ledger: which persons were released or withheld, and why.

Every outcome becomes an audit entry if it names anybody; what is recorded when stands in the
ledger's README.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Uuid,
    case,
    column,
    func,
    select,
)

from hub.engine.arguments import Slot
from hub.engine.frame import Lift
from hub.engine.ids import IDS, as_array, joined
from hub.engine.parameters import Parameters
from hub.engine.plan import Lookups, Many, One, Plan, Refused, Selection, Value, Withheld
from hub.engine.text import literal
from hub.engine.walk import selections
from hub.ledger.reads import Outcome
from hub.model.access import Caller, Check, Reason
from hub.model.registry import Noun


@dataclass(frozen=True)
class Denied:
    """A column with ids of rows in which something was withheld, and how to say why.

    Without such a column (None) it is a list, whose rows are all withheld if a reason is there.
    The column `reason` holds the place in `lift.common` of a check that failed for all rows (null:
    they held, and `lift.check` failed row by row).
    """

    lift: Lift
    ids: str | None
    reason: str | None


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of one statement.

    `persons`: what rises because it is shown, and in which column of `answer`; `denied`: what rises
    because something was withheld.
    """

    plan: Plan
    caller: Caller
    parameters: Parameters
    answer: CTE
    persons: Sequence[tuple[Lift, str]]
    denied: Sequence[Denied]

    def __iter__(self) -> Iterator[Outcome]:
        yield from self.released()
        yield from self.refused()
        yield from self.withheld()
        yield from self.known_before()

    def released(self) -> Iterator[Outcome]:
        """An outcome for each kind of object about persons."""
        groups = released_groups(self.plan)
        by_noun: dict[Noun, list[str]] = {}
        for lift, name in self.persons:
            by_noun.setdefault(lift.noun, []).append(name)
            groups.setdefault(lift.noun.name, set()).update([lift.group] if lift.group else [])
        for noun, columns in by_noun.items():
            yield self.outcome(noun, self.ids(columns), groups[noun.name])

    def refused(self) -> Iterator[Outcome]:
        """An outcome for each group withheld from persons shown, and for persons not shown."""
        by_reason: dict[tuple[Noun, str, Check], list[Denied]] = {}
        for denied in self.denied:
            lift = denied.lift
            if lift.noun.subject and lift.group and lift.check and denied.ids:
                by_reason.setdefault((lift.noun, lift.group, lift.check), []).append(denied)
        for (noun, group, check), found in by_reason.items():
            rows = self.ids([denied.ids for denied in found if denied.ids])
            which = self.answer.c[found[0].reason] if found[0].reason else None
            reason = told(which, found[0].lift.common, check)
            yield self.outcome(noun, whose(noun, rows), {group}, reason)

    def withheld(self) -> Iterator[Outcome]:
        """An outcome for each group withheld from all persons shown, as was known beforehand."""
        by_reason: dict[tuple[Noun, str, Reason], list[str]] = {}
        for selection in selections(self.plan.roots):
            shown = [
                name
                for lift, name in self.persons
                if (lift.noun, lift.path) == (selection.noun, selection.path)
            ]
            for item in selection.items:
                if isinstance(item, Withheld) and item.group:
                    by_reason.setdefault((selection.noun, item.group, item.reason), []).extend(
                        shown
                    )
        for (noun, group, reason), columns in by_reason.items():
            if columns:
                yield self.outcome(noun, self.ids(columns), {group}, literal(reason.value))

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
            keys: ColumnElement[Any] = self.parameters.keys(slot, noun.name, Uuid())
        else:
            keys = as_array(self.parameters.key(slot, noun.name, Uuid()))
        yield self.outcome(noun, whose(noun, keys), {noun.group.name}, literal(reason.value))

    def ids(self, columns: Sequence[str]) -> ColumnElement[Any]:
        """The ids of several columns, each column once."""
        return joined([self.answer.c[name] for name in dict.fromkeys(columns)])

    def outcome(
        self,
        noun: Noun,
        ids: ColumnElement[Any],
        groups: set[str],
        reason: ColumnElement[str] | None = None,
    ) -> Outcome:
        evidence = noun.entity.grounds(self.caller)
        return Outcome(noun.name, evidence, ids, tuple(sorted(groups)), reason)


def told(
    which: ColumnElement[Any] | None, checks: Sequence[Check], otherwise: Check
) -> ColumnElement[str]:
    """The reason of the check at the place `which`, or of `otherwise`."""
    last = literal(otherwise.reason.value)
    if which is None or not checks:
        return last
    whens = [(which == literal(str(n)), literal(c.reason.value)) for n, c in enumerate(checks)]
    return case(*whens, else_=last)


def whose(noun: Noun, ids: ColumnElement[Any]) -> ColumnElement[Any]:
    """The persons whom rows are about.

    An id that names no row is recorded as it was sent: were it not, the missing entry would tell
    the caller that there is none.
    """
    if noun.subject in (None, "id"):
        return ids
    row = noun.table.c
    asked = func.unnest(ids).table_valued(column("id", Uuid())).render_derived("asked")
    person = func.coalesce(row[noun.subject], asked.c.id)
    return (
        select(func.array_agg(person, type_=IDS))
        .select_from(asked.outerjoin(noun.table, row.id == asked.c.id))
        .scalar_subquery()
    )


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
