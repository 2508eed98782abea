"""Who sees what, as a table that people read: `table/<room>.txt`, kept equal to real answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.app import registry
from tests.access.table.asking import Desk
from tests.access.table.build import UNSEEN, Builder
from tests.access.table.table import FOLDER, Table, differences, read

ROOMS = sorted({noun.room for noun in registry().nouns.values()})


@pytest.fixture(scope="session")
def builder(desk: Desk) -> Builder:
    return Builder(desk)


@pytest.mark.parametrize("room", ROOMS)
async def test_table_says_what_the_engine_answers(
    builder: Builder, room: str, request: pytest.FixtureRequest
) -> None:
    found = await builder.table(room)
    if request.config.getoption("--regenerate"):
        found.file.write_text(found.text(), "utf-8")
        return
    assert list(differences(read(found.file, room), found)) == []
    assert found.file.read_text("utf-8") == found.text(), "only the wording of the table differs"


def test_every_entity_field_and_edge_is_in_the_table_once() -> None:
    written = [
        line.name for room in ROOMS for line in committed(room).lines if "+" not in line.name
    ]
    declared = [
        name
        for noun in registry().nouns.values()
        for name in (
            noun.name,
            *(f"{noun.name}.{part}" for part in (*noun.fields, *noun.edges)),
        )
    ]
    assert sorted(written) == sorted(declared)


def test_no_table_is_left_of_a_room_that_is_gone() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.txt")) == ROOMS


def test_no_cell_is_undecided() -> None:
    """Rows of a kind are treated alike, and nothing is null without a word."""
    words = {"yes", "msk", "-", "401", "403", "agr", "con", "pur", "bou", "vis"}
    cells = {cell for room in ROOMS for line in committed(room).lines for cell in line.cells}
    assert cells <= words


def test_every_field_is_shown_to_somebody() -> None:
    """Else nothing is withheld by withholding it: the world must have something to leak there."""
    lines = [line for room in ROOMS for line in committed(room).lines]
    assert [line.name for line in lines if line.scopes == UNSEEN] == []
    assert {line.name for line in lines if not line.scopes} == {
        line.name for line in lines if not line.label.startswith(".")
    }


def test_difference_names_the_cell() -> None:
    table = committed("talent")
    first, *others = table.lines
    place = table.callers.index("PARTNER  consent withdrawn")
    cells = (*first.cells[:place], "yes", *first.cells[place + 1 :])
    assert list(
        differences(table, replace(table, lines=(first._replace(cells=cells), *others)))
    ) == ["Consent for PARTNER  consent withdrawn: the table says bou, the answer yes"]


def test_field_or_caller_that_is_not_in_the_table_is_told() -> None:
    table = committed("talent")
    others = table.lines[:-1]
    assert list(differences(replace(table, lines=others), table)) == [
        "Talent.reservations: not in the table"
    ]
    assert list(differences(table, replace(table, lines=others))) == [
        "Talent.reservations: in the table, but there is no such thing"
    ]
    fewer = tuple(line._replace(cells=line.cells[1:]) for line in table.lines)
    assert list(differences(replace(table, callers=table.callers[1:], lines=fewer), table)) == [
        "anybody, without a token: not in the table"
    ]


def committed(room: str) -> Table:
    return read(FOLDER / f"{room}.txt", room)
