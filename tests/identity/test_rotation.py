"""Rotation of signing keys: nobody is surprised by a key, and no key goes too early."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from hub.identity.grants.granted import Granted
from hub.identity.tokens import jose, key_files, rotation
from hub.identity.tokens.keys import CACHED, SigningKey, SigningKeys
from hub.identity.tokens.mint import LONGEST_LIFE, Mint, resource
from hub.identity.tokens.nonces import SLOT, SLOTS, Nonces
from hub.identity.tokens.rotation import KEPT, LEAD, State
from hub.kit.errors import BadUserInput
from tests.identity.test_verify import ISSUER, Clock, client


@pytest.fixture
def clock() -> Clock:
    made = Clock()
    made.time = 1_900_000_000.5
    return made


def states(directory: Path, now: float) -> list[State]:
    return [stage.state for stage in rotation.stages(directory, now)]


def jwks_of(keys: SigningKeys) -> set[str]:
    return {key["kid"] for key in keys.jwks()["keys"]}


def token(keys: SigningKeys, clock: Clock) -> jose.Unverified:
    granted = Granted(("park:read",), client().bounds(), resource(ISSUER))
    return jose.read(Mint(keys, ISSUER, clock=clock).access_token(client(), granted).text)


def test_key_goes_through_its_stages(tmp_path: Path, clock: Clock) -> None:
    keys = key_files.load(tmp_path, clock=clock)
    first = keys.kid

    made, retired = rotation.rotate(tmp_path, now=clock())
    assert (made.signs_from, retired) == (int(clock() + LEAD), [])
    assert states(tmp_path, clock()) == [State.WAITS, State.SIGNS]
    assert keys.kid == first

    clock.time += LEAD
    assert states(tmp_path, clock()) == [State.SIGNS, State.VERIFIES]
    assert keys.kid == made.kid

    clock.time += KEPT - 1
    assert rotation.retire(tmp_path, now=clock()) == []
    clock.time += 1
    assert states(tmp_path, clock()) == [State.SIGNS, State.ENDED]
    assert rotation.retire(tmp_path, now=clock()) == [first]
    assert jwks_of(keys) == {made.kid}


def test_verifier_that_keeps_the_keys_for_their_max_age_meets_no_stranger(
    tmp_path: Path, clock: Clock
) -> None:
    """Two hours of rotation after rotation: each second a token, good at three verifiers.

    One of them fetched the keys just before the first rotation, the others at other moments; each
    fetches again only when `max-age` is over, and each token is tried until it ends.
    """
    keys = key_files.load(tmp_path, clock=clock)
    begun = clock()
    cached = {offset: (begun - offset, jwks_of(keys)) for offset in (0, 100, CACHED - 1)}
    tokens: list[jose.Unverified] = []
    for second in range(7200):
        clock.time = begun + second
        if second % (LEAD + KEPT) == 0:
            rotation.rotate(tmp_path, now=clock())
        tokens.append(token(keys, clock))
        for offset, (fetched, _) in cached.items():
            if clock() >= fetched + CACHED:
                cached[offset] = (clock(), jwks_of(keys))
        in_force = [tokens[-1], *(one for one in tokens[-LONGEST_LIFE::60])]
        for one in in_force:
            assert all(one.kid in known for _, known in cached.values())
    assert len({one.kid for one in tokens}) == 8


def test_second_rotation_waits_for_the_first_unless_it_must_be_now(
    tmp_path: Path, clock: Clock
) -> None:
    keys = key_files.load(tmp_path, clock=clock)
    first = keys.kid
    waiting, _ = rotation.rotate(tmp_path, now=clock())

    with pytest.raises(BadUserInput, match="waits already"):
        rotation.rotate(tmp_path, now=clock())
    made, _ = rotation.rotate(tmp_path, lead=0, now=clock())

    assert made.kid == waiting.kid == keys.kid
    assert jwks_of(keys) == {first, made.kid}


def test_key_of_before_keys_had_a_moment_is_kept_until_its_successors_file_is_old(
    tmp_path: Path,
) -> None:
    for number in (1, 2):
        key_files.make(tmp_path, number, SigningKey.made(0))
    written = key_files.read(tmp_path)[0].written

    assert states(tmp_path, written + KEPT - 1) == [State.SIGNS, State.VERIFIES]
    assert states(tmp_path, written + KEPT) == [State.SIGNS, State.ENDED]


def test_clock_that_was_set_back_leaves_a_key_that_signs(tmp_path: Path, clock: Clock) -> None:
    keys = key_files.load(tmp_path, clock=clock)
    first = keys.kid
    rotation.rotate(tmp_path, now=clock())

    clock.time -= 86_400

    assert keys.kid == first


def rotated(directory: Path) -> str | None:
    try:
        return rotation.rotate(directory)[0].kid
    except BadUserInput:
        return None


def test_of_many_rotations_at_once_one_is_made(tmp_path: Path) -> None:
    key_files.load(tmp_path)

    with multiprocessing.get_context("spawn").Pool(4) as operators:
        made = operators.map(rotated, [tmp_path] * 16)

    assert len([kid for kid in made if kid]) == 1
    assert len(key_files.read(tmp_path)) == 2
    assert [path.suffix for path in tmp_path.iterdir()] == [".json", ".json"]


def test_what_a_killed_process_left_is_swept_and_what_one_writes_is_not(tmp_path: Path) -> None:
    key_files.load(tmp_path)
    old, new = tmp_path / "old.new", tmp_path / "new.new"
    for path in (old, new):
        path.write_text("half a k")
    written = old.stat().st_mtime - key_files.LEFT_BEHIND - 1
    os.utime(old, (written, written))

    rotation.rotate(tmp_path)

    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("victim", [State.WAITS, State.SIGNS, State.VERIFIES])
def test_another_key_signs_when_one_is_revoked(tmp_path: Path, clock: Clock, victim: State) -> None:
    clock.time = time.time()
    for number, ago in ((1, 5000), (2, 100)):
        key_files.make(tmp_path, number, SigningKey.made(int(clock() - ago)))
    keys = key_files.load(tmp_path, clock=clock)
    rotation.rotate(tmp_path, now=clock())
    stage = next(s for s in rotation.stages(tmp_path, clock()) if s.state is victim)
    signing = keys.kid

    rotation.supersede(tmp_path, stage.kid)
    clock.time += 1

    assert (keys.kid == signing) is (victim is not State.SIGNS)
    assert len(key_files.read(tmp_path)) == 3


def test_another_key_is_made_when_the_only_one_is_revoked(tmp_path: Path) -> None:
    keys = key_files.load(tmp_path)
    only = keys.kid

    rotation.supersede(tmp_path, only)

    assert keys.kid != only


def test_nonces_go_on_across_a_rotation(tmp_path: Path, clock: Clock) -> None:
    """At two workers, from before the switch until the last nonce of the old key has ended."""
    rotation_of = [key_files.load(tmp_path, clock=clock) for _ in range(2)]
    one, other = (Nonces(keys.secrets, clock) for keys in rotation_of)
    rotation.rotate(tmp_path, now=clock())
    given: list[tuple[float, str]] = []
    for _ in range(0, LEAD + KEPT, 30):
        given += [(clock(), one.current()), (clock(), other.current())]
        for moment, nonce in given:
            in_force = clock() // SLOT - moment // SLOT < SLOTS
            assert (one.good(nonce), other.good(nonce)) == (in_force, in_force)
        clock.time += 30
    assert not one.good(Nonces(lambda: [b"another hub"], clock).current())
