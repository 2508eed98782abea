"""Faults to sow into the engine, each of a kind that a careless change could bring.

A fault wraps a function of the engine; it must not crash by itself, since it is the comparison of
answers that has to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, func, or_, true
from sqlalchemy.types import Uuid

from hub.engine import (
    conditions,
    emit,
    guard,
    ids,
    lists,
    operation,
    outcomes,
    pages,
    planner,
    shape,
    text,
)
from hub.model.access import Row
from hub.subgraphs.talent import release

Sow = Callable[[pytest.MonkeyPatch], None]
FAULTS: dict[str, Sow] = {}


def fault(sow: Sow) -> Sow:
    """Register a fault under its name."""
    FAULTS[sow.__name__] = sow
    return sow


@fault
def row_rule_is_dropped(patch: pytest.MonkeyPatch) -> None:
    """Rows that do not exist for the caller are shown."""
    patch.setattr(emit.Emitter, "rows", lambda *_: [])


@fault
def consent_is_not_asked(patch: pytest.MonkeyPatch) -> None:
    checks = release._checks
    patch.setattr(
        release,
        "_checks",
        lambda *given: tuple(check for check in checks(*given) if check.reason != "CONSENT"),
    )


@fault
def field_rule_is_dropped(patch: pytest.MonkeyPatch) -> None:
    """What the row's rule withholds is shown."""
    patch.setattr(emit.Emitter, "allowed", lambda *_: None)


@fault
def scope_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    access = guard.Guard._access

    def lenient(self: guard.Guard, noun: Any, rule: Any, scope: str, group: str | None) -> Any:
        return access(self, noun, rule, min(self.caller.scopes, default=scope), group)

    patch.setattr(guard.Guard, "_access", lenient)


@fault
def plan_of_another_grant_is_reused(patch: pytest.MonkeyPatch) -> None:
    """The plan's key forgets that ids of any type may be asked for."""
    note = operation._Survey.note_scopes

    def forgetful(self: Any, parent: str, field: str) -> None:
        if field not in ("node", "nodes"):
            note(self, parent, field)

    patch.setattr(operation._Survey, "note_scopes", forgetful)


@fault
def plan_of_other_values_is_reused(patch: pytest.MonkeyPatch) -> None:
    """The plan's key forgets the values of Booleans."""
    value = shape._value

    def blind(given: Any) -> Any:
        return "given" if isinstance(given, bool) else value(given)

    patch.setattr(shape, "_value", blind)


@fault
def hidden_rows_are_counted(patch: pytest.MonkeyPatch) -> None:
    total = lists._Connection.total

    def all_of_them(self: Any) -> ColumnElement[Any]:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(self.emitter, "rows", lambda *_: [])
            return total(self)

    patch.setattr(lists._Connection, "total", all_of_them)


@fault
def page_has_one_row_more(patch: pytest.MonkeyPatch) -> None:
    plan = pages.plan_page
    patch.setattr(
        planner,
        "plan_page",
        lambda *given, **named: replace(plan(*given, **named), size=plan(*given, **named).size + 1),
    )


@fault
def cursor_includes_its_own_row(patch: pytest.MonkeyPatch) -> None:
    beyond = conditions.beyond

    def from_it_on(cursor: Any, order: Any, row: Row, parameters: Any) -> ColumnElement[bool]:
        key = parameters.cursor_key(cursor.slot, len(order) - 1, UUID, Uuid())
        return or_(beyond(cursor, order, row, parameters), row.id == key)

    patch.setattr(conditions, "beyond", from_it_on)


@fault
def cursor_forgets_nulls(patch: pytest.MonkeyPatch) -> None:
    past = conditions._past
    patch.setattr(
        conditions,
        "_past",
        lambda column, key, isnull, up, _nullable: past(column, key, isnull, up, False),
    )


@fault
def last_key_of_an_order_is_turned(patch: pytest.MonkeyPatch) -> None:
    order = pages.plan_page

    def turned(*given: Any, **named: Any) -> Any:
        page = order(*given, **named)
        last = replace(page.order[-1], descending=not page.order[-1].descending)
        return replace(page, order=(*page.order[:-1], last))

    patch.setattr(planner, "plan_page", turned)


@fault
def unknown_value_passes_a_filter(patch: pytest.MonkeyPatch) -> None:
    """A comparison with null counts as true."""
    predicate = conditions._predicate
    patch.setattr(
        conditions,
        "_predicate",
        lambda *given: func.coalesce(predicate(*given), true()),
    )


@fault
def text_is_not_escaped(patch: pytest.MonkeyPatch) -> None:
    written = text._written

    def raw(spec: Any, column: Any, seal: str) -> Any:
        plain = spec.python_type is str and not spec.many and not spec.sealed
        return ('"', column, '"') if plain else written(spec, column, seal)

    patch.setattr(text, "_written", raw)


@fault
def null_prints_nothing(patch: pytest.MonkeyPatch) -> None:
    """The coalesce around what may be null is lost."""
    for module in (text, emit, lists):
        patch.setattr(module, "or_null", lambda value: value)


@fault
def skip_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planner.Planner, "_included", lambda *_: True)


@fault
def release_leaves_no_trace(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> Iterator[Any]:
        return iter(())

    patch.setattr(outcomes.Outcomes, "released", nothing)


@fault
def refusal_leaves_no_trace(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> Iterator[Any]:
        return iter(())

    patch.setattr(outcomes.Outcomes, "refused", nothing)


@fault
def row_beyond_the_page_is_recorded(patch: pytest.MonkeyPatch) -> None:
    """The row that only tells whether there are more is said to have been released."""
    gathered = lists._Connection._gathered_ids

    def all_read(self: Any, element: Any) -> Any:
        if element is self.frame.person:
            return gathered(self, element)
        return ids.gathered(element)

    patch.setattr(lists._Connection, "_gathered_ids", all_read)
