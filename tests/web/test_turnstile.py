"""So many at work, so many waiting, and not one more."""

from __future__ import annotations

import asyncio
import random

import pytest

from hub.kit.errors import Unavailable
from hub.web.turnstile import Turnstile


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


class Work:
    """Operations that go through a turnstile and end when told to."""

    def __init__(self, turnstile: Turnstile) -> None:
        self.turnstile = turnstile
        self.started: list[int] = []
        self.ends: dict[int, asyncio.Event] = {}

    def begin(self, number: int) -> asyncio.Task[None]:
        self.ends[number] = asyncio.Event()
        return asyncio.create_task(self._run(number))

    async def _run(self, number: int) -> None:
        async with self.turnstile:
            self.started.append(number)
            await self.ends[number].wait()


async def test_first_come_first_served() -> None:
    work = Work(Turnstile(places=2, waiting=3, patience=10))
    tasks = [work.begin(number) for number in range(5)]
    await settle()
    assert work.started == [0, 1]

    for number in (1, 0, 2, 3, 4):
        work.ends[number].set()
        await settle()

    assert work.started == [0, 1, 2, 3, 4]
    await asyncio.gather(*tasks)
    assert (work.turnstile.at_work, work.turnstile.waiting) == (0, 0)


async def test_one_more_than_may_wait_is_refused_at_once() -> None:
    work = Work(Turnstile(places=1, waiting=1, patience=10))
    tasks = [work.begin(0), work.begin(1)]
    await settle()

    with pytest.raises(Unavailable):
        work.turnstile.refuse_if_full()
    with pytest.raises(Unavailable):
        await work.begin(2)

    for number in (0, 1):
        work.ends[number].set()
    await asyncio.gather(*tasks)
    work.turnstile.refuse_if_full()


async def test_who_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    work = Work(Turnstile(places=1, waiting=5, patience=0.01))
    first = work.begin(0)
    await settle()

    with pytest.raises(Unavailable):
        await work.begin(1)
    assert work.turnstile.waiting == 0

    work.ends[0].set()
    await first
    assert work.turnstile.at_work == 0


@pytest.mark.parametrize("patience", [0, 0.001, 100])
async def test_a_place_survives_whoever_is_cancelled_and_whenever(patience: float) -> None:
    """Random arrivals, ends and cancellations: no place is lost, none is given out twice."""
    chance = random.Random(20)
    work = Work(Turnstile(places=3, waiting=1000, patience=patience))
    tasks: dict[int, asyncio.Task[None]] = {}
    for number in range(400):
        tasks[number] = work.begin(number)
        for other in chance.sample(sorted(tasks), k=min(len(tasks), 2)):
            if chance.random() < 0.5:
                work.ends[other].set()
            if chance.random() < 0.5:
                tasks[other].cancel()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
        assert 0 <= work.turnstile.at_work <= 3

    for end in work.ends.values():
        end.set()
    await asyncio.gather(*tasks.values(), return_exceptions=True)

    assert (work.turnstile.at_work, work.turnstile.waiting) == (0, 0)
