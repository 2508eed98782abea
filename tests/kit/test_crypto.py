"""Sealed texts open with their key and context only; blind indexes find without opening."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kit import crypto
from hub.kit.crypto import Sealer, SealError
from hub.kit.errors import SetupError

SEALER = Sealer(b"a" * 32)
OTHER = Sealer(b"b" * 32)
PHONE = "talent.phone"


@given(st.text())
def test_sealed_text_opens_to_itself(text: str) -> None:
    assert SEALER.open(SEALER.seal(text, PHONE), PHONE) == text


def test_seal_tells_nothing_of_the_text() -> None:
    first, second = SEALER.seal("+8612000000001", PHONE), SEALER.seal("+8612000000001", PHONE)
    assert first != second
    assert first.startswith("v1.")
    assert "8612" not in first


def test_seal_with_another_key_does_not_open() -> None:
    with pytest.raises(SealError):
        OTHER.open(SEALER.seal("text", PHONE), PHONE)


def test_seal_of_another_context_does_not_open() -> None:
    with pytest.raises(SealError):
        SEALER.open(SEALER.seal("text", PHONE), "talent.email")


@pytest.mark.parametrize("broken", ["", "v1.", "v2.AAAA", "v1.é", "v1.AAAA", "plain text", "v1.*"])
def test_what_is_no_seal_does_not_open(broken: str) -> None:
    with pytest.raises(SealError):
        SEALER.open(broken, PHONE)


def test_changed_seal_does_not_open() -> None:
    sealed = SEALER.seal("text", PHONE)
    last = "A" if sealed[-2] != "A" else "B"
    with pytest.raises(SealError):
        SEALER.open(sealed[:-2] + last + sealed[-1], PHONE)


def test_error_does_not_quote_the_value() -> None:
    with pytest.raises(SealError) as raised:
        SEALER.open("v1.secret-looking", PHONE)
    assert "secret" not in str(raised.value)


def test_blind_is_the_same_for_the_same_and_another_for_anything_else() -> None:
    blind = SEALER.blind("+8612000000001", PHONE)
    assert blind == SEALER.blind("+8612000000001", PHONE)
    assert blind != SEALER.blind("+8612000000002", PHONE)
    assert blind != SEALER.blind("+8612000000001", "talent.email")
    assert blind != OTHER.blind("+8612000000001", PHONE)


def test_blind_does_not_run_context_into_text() -> None:
    assert SEALER.blind("bc", "a") != SEALER.blind("c", "ab")


def test_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    crypto.make(directory)
    crypto.make(directory)
    sealed = crypto.load(directory).seal("text", PHONE)
    assert crypto.load(directory).open(sealed, PHONE) == "text"
    assert stat.S_IMODE((directory / "data.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert [file.name for file in directory.iterdir()] == ["data.key"]


def test_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    crypto.make(tmp_path)
    (tmp_path / "data.key").chmod(0o644)
    with pytest.raises(SetupError, match="read by others"):
        crypto.load(tmp_path)


def test_key_that_is_missing_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is missing"):
        crypto.load(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_setting_wins_over_the_file(tmp_path: Path) -> None:
    text = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE"
    sealed = crypto.load(tmp_path, text).seal("text", PHONE)
    assert SEALER.open(sealed, PHONE) == "text"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", ["short", "not base64url!", "ÄÖÜ"])
def test_setting_that_is_no_key_is_told(tmp_path: Path, setting: str) -> None:
    with pytest.raises(SetupError):
        crypto.load(tmp_path, setting)
