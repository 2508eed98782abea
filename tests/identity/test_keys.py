"""Signing keys in files and in the setting: made once, private on disk, all of them verify."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from hub.identity.tokens import key_files
from hub.identity.tokens.keys import SigningKey
from hub.kit.errors import SetupError


def add(directory: Path, number: int, signs_from: float = 0) -> Path:
    assert key_files.make(directory, number, SigningKey.made(signs_from))
    return directory / f"{number:04}.json"


def kid_of(directory: Path) -> str:
    return key_files.load(directory).kid


def test_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    directory = tmp_path / "keys"

    first = key_files.load(directory)

    file = directory / "0001.json"
    assert [path.name for path in directory.iterdir()] == ["0001.json"]
    assert (file.stat().st_mode & 0o777, directory.stat().st_mode & 0o777) == (0o600, 0o700)
    assert key_files.load(directory).kid == first.kid == first.signing.thumbprint()


def test_workers_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    directory = tmp_path / "keys"

    with multiprocessing.get_context("spawn").Pool(4) as workers:
        kids = workers.map(kid_of, [directory] * 16)

    assert len(set(kids)) == 1
    assert len(list(directory.iterdir())) == 1


def test_worker_that_comes_second_takes_the_key_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second sees no key, and the first makes one before the second makes its own."""

    def overtaken(_: Path) -> list[Path]:
        monkeypatch.undo()
        key_files.load(tmp_path)
        return []

    monkeypatch.setattr(key_files, "_files", overtaken)
    key_files.load(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["0001.json"]


def test_newest_key_signs_and_older_ones_verify(tmp_path: Path) -> None:
    old = key_files.load(tmp_path).kid

    add(tmp_path, 2)
    both = key_files.load(tmp_path)

    assert both.kid != old
    assert both.public(old) is not None
    assert [key["kid"] for key in both.jwks()["keys"]] == [both.kid, old]


def test_number_that_is_taken_keeps_its_key(tmp_path: Path) -> None:
    kid = key_files.load(tmp_path).kid

    assert not key_files.make(tmp_path, 1, SigningKey.made(0))

    assert key_files.load(tmp_path).kid == kid


def test_process_knows_a_key_as_soon_as_it_is_there_and_no_longer(tmp_path: Path) -> None:
    """A hundred changes as fast as they can be made: none is overlooked."""
    serving = key_files.load(tmp_path)
    first = serving.kid
    for _ in range(100):
        add(tmp_path, 2)
        newest, old = key_files.read(tmp_path)
        assert serving.kid == newest.key.kid
        assert serving.public(old.key.kid) is not None
        key_files.remove(newest)
        assert serving.kid == first
        assert serving.public(newest.key.kid) is None


def test_second_change_in_the_same_instant_is_seen(tmp_path: Path) -> None:
    """A file system's clock may tick so slowly that the directory looks as it did."""
    serving = key_files.load(tmp_path)
    before = serving.kid
    looked = tmp_path.stat().st_mtime_ns

    add(tmp_path, 2)
    os.utime(tmp_path, ns=(looked, looked))

    assert serving.kid != before


def test_process_goes_on_with_its_keys_when_the_files_cannot_be_read(tmp_path: Path) -> None:
    serving = key_files.load(tmp_path)
    kid = serving.kid

    broken = add(tmp_path, 2)
    broken.write_text("")

    assert serving.kid == kid
    broken.unlink()
    add(tmp_path, 2)
    time.sleep(key_files.RETRY)
    assert serving.kid != kid


def test_revoked_key_is_not_read_again(tmp_path: Path) -> None:
    serving = key_files.load(tmp_path)
    old = serving.kid
    add(tmp_path, 2)

    serving.revoke([old])
    add(tmp_path, 3)

    assert serving.public(old) is None
    assert len(serving.jwks()["keys"]) == 2


def test_published_keys_hold_nothing_private(tmp_path: Path) -> None:
    (published,) = key_files.load(tmp_path).jwks()["keys"]

    assert published.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    add(tmp_path, 1).chmod(0o640)

    with pytest.raises(SetupError, match="read by others"):
        key_files.load(tmp_path)


def with_moment(moment: str) -> str:
    return json.dumps(SigningKey.made(7).jwk()).replace(": 7", f": {moment}")


@pytest.mark.parametrize("moment", ["0", "7", "7.5"])
def test_key_has_a_moment(tmp_path: Path, moment: str) -> None:
    add(tmp_path, 1).write_text(with_moment(moment))

    assert key_files.load(tmp_path).current().signs_from == float(moment)


BROKEN = ["", "{}", "[]", '{"kty": "EC", "crv": "P-256"}']
MOMENTS = ['"soon"', "NaN", "1e999", "-1", "true", "null", str(10**400)]


@pytest.mark.parametrize("text", [*BROKEN, *map(with_moment, MOMENTS)])
def test_broken_key_file_is_told_and_not_replaced(tmp_path: Path, text: str) -> None:
    file = add(tmp_path, 1)
    file.write_text(text)

    with pytest.raises(SetupError, match=r"0001\.json"):
        key_files.load(tmp_path)
    assert file.read_text() == text


def test_setting_wins_and_makes_no_file(tmp_path: Path) -> None:
    one, two = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    single = json.dumps(one.as_dict(private=True))
    several = json.dumps({"keys": [key.as_dict(private=True) for key in (two, one)]})

    assert key_files.load(tmp_path / "keys", single).kid == one.thumbprint()
    loaded = key_files.load(tmp_path / "keys", several)

    assert loaded.kid == two.thumbprint()
    assert loaded.public(one.thumbprint()) is not None
    assert not (tmp_path / "keys").exists()


P384 = json.dumps(ECKey.generate_key("P-384").as_dict(private=True))
PUBLIC = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))


@pytest.mark.parametrize("text", ["x", "[]", "5", "{}", '{"keys": []}', P384, PUBLIC])
def test_setting_without_a_private_es256_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetupError):
        key_files.load(tmp_path, text)


@pytest.mark.parametrize("kid", [None, 1, "", "unknown", ["a"]])
def test_unknown_key_id_is_no_key(tmp_path: Path, kid: object) -> None:
    assert key_files.load(tmp_path).public(kid) is None
