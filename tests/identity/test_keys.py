"""Signing keys: made once, private on disk, all of them verify."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from hub.identity.tokens import keys
from hub.kit.errors import SetupError


def kid_of(directory: Path) -> str:
    return keys.load(directory).kid


def test_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    directory = tmp_path / "keys"

    first = keys.load(directory)

    file = directory / "0001.json"
    assert [path.name for path in directory.iterdir()] == ["0001.json"]
    assert (file.stat().st_mode & 0o777, directory.stat().st_mode & 0o777) == (0o600, 0o700)
    assert keys.load(directory).kid == first.kid == first.signing.thumbprint()


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
        keys.load(tmp_path)
        return []

    monkeypatch.setattr(keys, "_files", overtaken)
    keys.load(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["0001.json"]


def test_newest_key_signs_and_older_ones_verify(tmp_path: Path) -> None:
    old = keys.load(tmp_path)

    keys.add(tmp_path)
    both = keys.load(tmp_path)

    assert both.kid != old.kid
    assert both.public(old.kid) is not None
    assert [key["kid"] for key in both.jwks()["keys"]] == [both.kid, old.kid]


def test_number_of_a_removed_key_is_not_used_again(tmp_path: Path) -> None:
    for _ in range(2):
        keys.add(tmp_path)
    (tmp_path / "0001.json").unlink()

    assert keys.add(tmp_path).name == "0003.json"


def test_published_keys_hold_nothing_private(tmp_path: Path) -> None:
    (published,) = keys.load(tmp_path).jwks()["keys"]

    assert published.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.add(tmp_path).chmod(0o640)

    with pytest.raises(SetupError, match="read by others"):
        keys.load(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kty": "EC", "crv": "P-256"}'])
def test_broken_key_file_is_told_and_not_replaced(tmp_path: Path, text: str) -> None:
    file = keys.add(tmp_path)
    file.write_text(text)

    with pytest.raises(SetupError, match=r"0001\.json"):
        keys.load(tmp_path)
    assert file.read_text() == text


def test_setting_wins_and_makes_no_file(tmp_path: Path) -> None:
    one, two = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    single = json.dumps(one.as_dict(private=True))
    several = json.dumps({"keys": [key.as_dict(private=True) for key in (two, one)]})

    assert keys.load(tmp_path / "keys", single).kid == one.thumbprint()
    loaded = keys.load(tmp_path / "keys", several)

    assert loaded.kid == two.thumbprint()
    assert loaded.public(one.thumbprint()) is not None
    assert not (tmp_path / "keys").exists()


P384 = json.dumps(ECKey.generate_key("P-384").as_dict(private=True))
PUBLIC = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))


@pytest.mark.parametrize("text", ["x", "[]", "5", "{}", '{"keys": []}', P384, PUBLIC])
def test_setting_without_a_private_es256_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetupError):
        keys.load(tmp_path, text)


@pytest.mark.parametrize("kid", [None, 1, "", "unknown", ["a"]])
def test_unknown_key_id_is_no_key(tmp_path: Path, kid: object) -> None:
    assert keys.load(tmp_path).public(kid) is None
