"""The README names what is there: every file, command, refusal and reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hub.identity
from hub.cli import clients, keys
from hub.identity import errors
from hub.identity.tokens import trusted
from tests.identity.conftest import SCOPES
from tests.identity.test_verify import FAULTS

ROOM = Path(hub.identity.__file__).parent
TEXT = (ROOM / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", [path.name for path in ROOM.rglob("[a-z]*.py")])
def test_file_is_described(file: str) -> None:
    assert f"`{file}`" in TEXT


def test_no_other_file_is_described() -> None:
    named = set(re.findall(r"^\| `(\w+\.py)`", TEXT, re.MULTILINE))

    assert named <= {path.name for path in ROOM.rglob("*.py")}


@pytest.mark.parametrize(
    ("group", "command"),
    [
        (group, command.callback)
        for group, desk in (("clients", clients.app), ("keys", keys.app))
        for command in desk.registered_commands
    ],
)
def test_command_is_described(group: str, command: object) -> None:
    name = getattr(command, "__name__", "").rstrip("_")

    assert re.search(rf"(hub {group} |\| ){name}\b", TEXT)


def test_example_of_trusted_issuers_is_in_order(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(issuers:.*?)```", TEXT, re.DOTALL)
    assert example
    file = tmp_path / "issuers.yaml"
    file.write_text(example[1])

    (issuer,) = trusted.load(file, "https://hub.example", SCOPES)

    assert issuer.scopes.ceiling == {"park:read", "talent:read.basic"}


@pytest.mark.parametrize("refusal", errors.OAuthError.__subclasses__())
def test_refusal_is_described(refusal: type[errors.OAuthError]) -> None:
    assert f"| `{refusal.error}` |" in TEXT


@pytest.mark.parametrize("reason", sorted({reason for _, reason in FAULTS.values()}))
def test_reason_is_described(reason: str) -> None:
    assert f"`{reason}`" in TEXT
