"""Hints name the command as it works for whoever reads them."""

from __future__ import annotations

import sys
from pathlib import Path

import asyncpg
import pytest

from hub.cli._calling import TYPED, called, program, spelt
from hub.cli._faults import told
from tests.terminal import typed


@pytest.fixture
def argv(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(TYPED, raising=False)
    monkeypatch.setattr(sys, "argv", ["/usr/local/bin/hub", "status"])
    return monkeypatch


def test_program_is_what_was_typed(argv: pytest.MonkeyPatch) -> None:
    assert program() == "hub"
    argv.setattr(sys, "argv", ["/somewhere/hub/__main__.py"])
    assert program() == f"{Path(sys.executable).name} -m hub"
    argv.setenv(TYPED, "../run")
    assert program() == "../run hub"


@pytest.mark.parametrize("option", [["--home", "a b"], ["--home=a b"]])
def test_home_that_was_named_is_named_again(argv: pytest.MonkeyPatch, option: list[str]) -> None:
    argv.setattr(sys, "argv", ["hub", *option, "clients", "list"])
    assert called() == "hub --home 'a b'"


def test_every_way_to_write_a_command_is_spelt(argv: pytest.MonkeyPatch) -> None:
    argv.setenv(TYPED, "./run")
    hint = "`hub up`, `./run hub db migrate`, `./run up`; the hub is up"
    assert spelt(hint) == "`./run hub up`, `./run hub db migrate`, `./run hub up`; the hub is up"


def test_hints_of_errors_and_usage_are_spelt(tmp_path: Path) -> None:
    told = typed("--home", tmp_path / "none", "clients", "list", TYPED_AS="./run")
    assert f"`./run hub --home {tmp_path}/none up`" in told.stderr
    assert "Usage: ./run hub clients" in typed("clients", "--help", TYPED_AS="./run").stdout


def test_setting_is_named_by_its_option_too_when_that_was_given(tmp_path: Path) -> None:
    given = typed("up", "--home", tmp_path, "--port", "70000")
    variable = typed("status", "--home", tmp_path, HUB_PORT="70000")
    assert "--port (HUB_PORT) = '70000'" in given.stderr
    assert "  HUB_PORT = '70000'" in variable.stderr
    assert (given.returncode, variable.returncode) == (1, 1)


def test_whatever_went_wrong_has_a_sentence_and_a_next_step() -> None:
    wrong = [
        told(error)
        for error in (
            KeyError("x"),
            FileNotFoundError(2, "No such file or directory", "/nowhere"),
            ConnectionResetError("peer"),
            asyncpg.UndefinedTableError('relation "park.park" does not exist'),
            asyncpg.InvalidPasswordError("password authentication failed"),
        )
    ]
    assert [error.message for error in wrong] == [
        "A fault of the hub's own: KeyError: 'x'",
        "/nowhere: No such file or directory.",
        "The database: peer.",
        'The database lacks what this code asks of it: relation "park.park" does not exist.',
        "The database: password authentication failed.",
    ]
    assert all("`" in error.next_step or "HUB_LOG_LEVEL" in error.next_step for error in wrong)


def test_debugging_shows_the_trace_besides(tmp_path: Path) -> None:
    missing = ("--home", tmp_path / "none", "clients", "list")
    assert "Traceback" not in typed(*missing).stderr
    assert "Traceback" in typed(*missing, HUB_LOG_LEVEL="debug").stderr
