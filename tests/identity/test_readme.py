"""The README names what is there: every file, command, refusal and reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hub.identity
from hub.cli import clients
from hub.identity import errors
from tests.identity.test_verify import FAULTS

ROOM = Path(hub.identity.__file__).parent
TEXT = (ROOM / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", [path.name for path in ROOM.rglob("[a-z]*.py")])
def test_file_is_described(file: str) -> None:
    assert f"`{file}`" in TEXT


def test_no_other_file_is_described() -> None:
    named = set(re.findall(r"^\| `(\w+\.py)`", TEXT, re.MULTILINE))

    assert named <= {path.name for path in ROOM.rglob("*.py")}


@pytest.mark.parametrize("command", [one.callback for one in clients.app.registered_commands])
def test_command_is_described(command: object) -> None:
    name = getattr(command, "__name__", "").rstrip("_")

    assert re.search(rf"(hub clients |\| ){name}\b", TEXT)


@pytest.mark.parametrize("refusal", errors.OAuthError.__subclasses__())
def test_refusal_is_described(refusal: type[errors.OAuthError]) -> None:
    assert f"| `{refusal.error}` |" in TEXT


@pytest.mark.parametrize("reason", sorted({reason for _, reason in FAULTS.values()}))
def test_reason_is_described(reason: str) -> None:
    assert f"`{reason}`" in TEXT
