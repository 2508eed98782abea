"""The table and the ways are sharp: with a rule of the guard's switched off they tell of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import literal, true

from hub.engine import compiled, conditions, emit, guard
from hub.model.access import Grant, Said
from tests.access.table.asking import Desk
from tests.access.table.build import NO_TOKEN, Builder
from tests.access.table.narrowed import told_otherwise
from tests.access.table.table import differences, read
from tests.oracle.faults import FAULTS, Sow

PARTNER = "PARTNER  agreement, purpose and consent"


def token_is_not_asked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compiled.Compiled, "needs_no_token", lambda *_: True)


def statistics_release_persons(patch: pytest.MonkeyPatch) -> None:
    bounds = vars(Grant)["bounds"].func
    patch.setattr(
        Grant,
        "bounds",
        property(lambda self: bounds(self) | ({"purpose"} if self.purpose else set())),
    )


def what_lapsed_still_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Said, "today", literal(date(2026, 5, 1)))


@dataclass(frozen=True)
class Told:
    """A fault, and the cell that tells of it: of which line and caller, before and after."""

    sow: Sow
    room: str
    line: str
    caller: str
    cells: tuple[str, str]


CELLS = [
    Told(
        FAULTS["row_rule_is_dropped"],
        "project",
        "Project + in draft or withdrawn",
        PARTNER,
        ("-", "yes"),
    ),
    Told(
        FAULTS["consent_is_not_asked"],
        "talent",
        "Talent",
        "PARTNER  consent withdrawn",
        ("con", "yes"),
    ),
    Told(
        FAULTS["field_rule_is_dropped"],
        "talent",
        "Talent.phone",
        "PARTNER  consent to BASIC alone",
        ("con", "yes"),
    ),
    Told(token_is_not_asked_for, "platform", "Client.partner", NO_TOKEN, ("401", "yes")),
    Told(
        statistics_release_persons,
        "talent",
        "Degree",
        "DEPARTMENT  purpose STATISTICS",
        ("pur", "yes"),
    ),
    Told(
        what_lapsed_still_counts,
        "talent",
        "Talent",
        "PARTNER  agreement that lapsed",
        ("agr", "yes"),
    ),
]


@pytest.mark.parametrize("told", CELLS, ids=lambda told: told.sow.__name__)
async def test_fault_changes_a_cell(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    few = await desk.anew(*{told.caller, PARTNER} - {NO_TOKEN})
    told.sow(monkeypatch)
    found = await Builder(few).table(told.room)
    before, after = told.cells
    sentence = f"{told.line} for {told.caller}: the table says {before}, the answer {after}"
    assert sentence in differences(read(found.file, told.room), found)


async def test_scope_that_is_not_checked_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS["scope_is_not_checked"](monkeypatch)
    found = await Builder(await desk.anew(PARTNER)).table("cooperation")
    assert (
        "Division.parks: the table asks for reference:read + park:read, the engine for"
        " reference:read"
    ) in differences(read(found.file, "cooperation"), found)


def _forgetful(method: str) -> Sow:
    """Rows that do not exist for the caller are shown by one way alone."""

    def sow(patch: pytest.MonkeyPatch) -> None:
        original: Callable[..., Any] = getattr(emit.Emitter, method)

        def written(self: emit.Emitter, *given: Any) -> Any:
            with pytest.MonkeyPatch.context() as inner:
                inner.setattr(self, "rows", lambda *_: [])
                return original(self, *given)

        patch.setattr(emit.Emitter, method, written)

    return sow


def list_below_a_row_forgets_the_release(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard.Guard, "_implies_release", lambda *_: True)


def filter_forgets_the_row_behind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(conditions, "_behind", lambda *_: true())


BY_A_WAY: dict[str, tuple[Sow, str, str]] = {
    "hidden rows are counted": (FAULTS["hidden_rows_are_counted"], "Project", PARTNER),
    "look-up forgets the row rule": (_forgetful("lookup"), "Project", PARTNER),
    "edge forgets the row rule": (_forgetful("child"), "Project", PARTNER),
    "list below a row forgets the release": (
        list_below_a_row_forgets_the_release,
        "Division",
        "PARTNER  no consent",
    ),
    "filter forgets the row behind": (filter_forgets_the_row_behind, "Project", PARTNER),
    "filter below forgets the row behind": (filter_forgets_the_row_behind, "Programme", PARTNER),
}
"""What is wrong by one way only, the noun on the way to which it shows, and to whom."""


@pytest.mark.parametrize("fault", BY_A_WAY)
async def test_fault_is_seen_by_its_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    sow, noun, caller = BY_A_WAY[fault]

    few = await desk.anew(caller)
    await few.seen(few.columns[0])
    sow(monkeypatch)
    told = [each async for each in told_otherwise(few, few.registry.nouns[noun], set())]
    assert told != []
