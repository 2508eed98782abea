"""Rows of the table of systems are served by operations that exist and proved by real tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from hub.app import core_schema, schema
from hub.reference import systems
from hub.reference.files import read

ROOT = Path(__file__).parents[2]
SERVED = read("served_systems")["served"]
SYSTEMS = read("seed_systems")["systems"]


def test_there_are_forty_eight_rows() -> None:
    assert [system["row"] for system in SYSTEMS] == list(range(1, 49))
    assert sum(systems.standing().values()) == 48
    assert len(systems.page().splitlines()) == 50


def test_what_is_served_is_a_system_once() -> None:
    keys = [record["key"] for record in SERVED]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= {system["key"] for system in SYSTEMS}


@pytest.mark.parametrize("record", SERVED, ids=lambda record: record["key"])
def test_operations_exist(record: dict[str, list[str]]) -> None:
    built = core_schema(schema())
    assert built.query_type is not None
    assert built.mutation_type is not None
    known = {*built.query_type.fields, *built.mutation_type.fields}
    assert set(record["operations"]) <= known
    assert record["operations"]


@pytest.mark.parametrize("record", SERVED, ids=lambda record: record["key"])
def test_tests_exist(record: dict[str, list[str]]) -> None:
    assert record["tests"]
    for name in record["tests"]:
        file, _, function = name.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        found = {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert function in found, name


def test_a_promise_is_never_shown_as_delivered() -> None:
    page = systems.page().splitlines()[2:]
    for line, system in zip(page, SYSTEMS, strict=True):
        for statement in system["statements"]:
            assert f"{systems.STATUS[statement['status']]} {statement['section']}" in line
            assert statement["quote_zh"] in line
