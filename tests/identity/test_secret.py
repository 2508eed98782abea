"""Secrets and the throttle: what is remembered, what is refused, what is bounded."""

from __future__ import annotations

import asyncio
import time

import pytest

from hub.identity.authentication.throttle import Throttle
from hub.identity.clients import secret
from hub.identity.clients.secret import SecretCheck
from hub.identity.errors import Busy


async def test_secret_is_checked_against_its_hash() -> None:
    check, plain = SecretCheck(), secret.new_secret()
    kept = secret.hashed(plain)

    assert kept.startswith("$argon2id$")
    assert await check.holds(plain, kept)
    assert not await check.holds(plain + "x", kept)
    assert not await check.holds(plain, None)


async def test_secret_that_held_is_remembered_until_the_hash_changes() -> None:
    check, plain = SecretCheck(), secret.new_secret()
    kept = secret.hashed(plain)
    await check.holds(plain, kept)

    begun = time.perf_counter()
    assert await check.holds(plain, kept)
    assert time.perf_counter() - begun < 0.005
    assert not await check.holds(plain, secret.hashed("another"))


async def test_queue_of_checks_is_bounded() -> None:
    check = SecretCheck(at_once=1, queue=2)

    answers = await asyncio.gather(
        *(check.holds(f"guess {number}", None) for number in range(5)), return_exceptions=True
    )

    assert [isinstance(answer, Busy) for answer in answers].count(True) == 3


def test_throttle_counts_by_client_and_address() -> None:
    now = 0.0
    throttle = Throttle(failures=2, seconds=60, clock=lambda: now)
    for _ in range(2):
        throttle.failed("a", "1.1.1.1")

    throttle.admit("a", "2.2.2.2")
    throttle.admit("b", "1.1.1.1")
    with pytest.raises(Busy) as refused:
        throttle.admit("a", "1.1.1.1")
    assert (refused.value.status, refused.value.headers()) == (429, {"Retry-After": "61"})

    now = 61.0
    throttle.admit("a", "1.1.1.1")


def test_success_clears_the_failures() -> None:
    throttle = Throttle(failures=2)
    for _ in range(3):
        throttle.failed("a", "1.1.1.1")
        throttle.succeeded("a", "1.1.1.1")

    throttle.admit("a", "1.1.1.1")


def test_throttle_is_bounded() -> None:
    throttle = Throttle(failures=1, size=2)
    for client in "abc":
        throttle.failed(client, "1.1.1.1")

    throttle.admit("a", "1.1.1.1")
    for client in "bc":
        with pytest.raises(Busy):
            throttle.admit(client, "1.1.1.1")
