"""The floors of the house: imports go one way, down, and rooms never import one another.

The picture is in `hub/README.md`; the list below is what it draws.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import hub

HOUSE = Path(hub.__file__).parent

FLOORS = (
    {"__main__"},
    {"cli"},
    {"app"},
    {"web"},
    {"engine", "subgraphs", "demo"},
    {"identity", "reference"},
    {"ledger"},
    {"model"},
    {"kit"},
    {"settings"},
)
"""From the roof down. Rooms on one floor are strangers to each other."""

ALLOWED = {
    ("demo", "subgraphs"): "invented data is made of the rooms' closed lists",
}
"""What crosses a floor all the same, and why."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the house by its dotted name below `hub`, with its source tree."""
    for file in HOUSE.rglob("*.py"):
        name = ".".join(file.relative_to(HOUSE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), ast.parse(file.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The house's own modules that a module imports, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("hub."):
                    yield alias.name.removeprefix("hub."), node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "hub":
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hub."):
            yield (node.module or "").removeprefix("hub."), node.lineno


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_every_room_stands_on_a_floor() -> None:
    rooms = {name.split(".")[0] for name, _ in modules() if name != "__init__"}
    known = {room for rooms in FLOORS for room in rooms}
    assert rooms == known


def test_imports_go_down() -> None:
    upward = []
    for name, tree in modules():
        room = name.split(".")[0]
        if room == "__init__":
            continue
        for target, line in imported(tree):
            other = target.split(".")[0]
            if other == room or (room, other) in ALLOWED:
                continue
            if floor_of(other) <= floor_of(room):
                upward.append(f"hub/{name.replace('.', '/')}.py:{line} imports hub.{target}")
    assert upward == []


def test_rooms_of_the_domain_never_import_one_another() -> None:
    crossing = []
    for name, tree in modules():
        parts = name.split(".")
        if parts[0] != "subgraphs" or len(parts) < 2:
            continue
        for target, line in imported(tree):
            other = target.split(".")
            if other[0] == "subgraphs" and other[1:2] != [parts[1]]:
                crossing.append(f"{name}:{line} imports hub.{target}")
    assert crossing == []


def test_imports_stand_at_the_top_of_the_file() -> None:
    inside = []
    for name, tree in modules():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside += [
                    f"{name}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert inside == []
