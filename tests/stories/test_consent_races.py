"""Many consents at once: one of a kind is granted, and what is taken back is read no more."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tests.conftest import Database
from tests.stories.bookings import codes
from tests.stories.consents import READS, agreed, answer, ask, herself, terms
from tests.stories.cooperation import send
from tests.stories.test_races import TRIES, Scene, at_once, scene_of
from tests.town import SUZHOU, Caller, the_id

PURPOSE: dict[str, Any] = {"purposes": ["JOB_MATCHING"]}
GRANTED = "SELECT count(*) FROM talent.consent WHERE state = 'GRANTED'"
READERS, READS_EACH = 10, 100


async def grant_at_once(scene: Scene) -> tuple[Counter[str], int]:
    """One consent granted twenty times at once; what came of it, and how many are there."""
    await agreed(scene.make)
    her = await herself(scene.enter, await scene.make.talent())
    await scene.owner.execute("UPDATE talent.consent SET state = 'EXPIRED'")
    answers = await at_once(*(ask(her, "grantConsent", **terms()) for _ in range(20)))
    told = Counter((codes(each) or ["GRANTED"])[0] for each in answers)
    return told, await scene.owner.fetchval(GRANTED)


async def test_one_of_a_kind_is_granted(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        told, granted = await grant_at_once(scene)
        assert (told, granted) == ({"GRANTED": 1, "ALREADY_GRANTED": 19}, 1)


async def test_without_the_index_there_are_two(scratch: Database, tmp_path: Path) -> None:
    without = "DROP INDEX talent.uq_consent_granted"
    async with scene_of(scratch, tmp_path, without) as scene:
        for _ in range(TRIES):
            _, granted = await grant_at_once(scene)
            if granted > 1:
                return
    pytest.fail("nobody was overtaken")


async def read_while(scene: Scene, reader: Caller, shown: dict[str, str], ends: Any) -> int:
    """A thousand reads, in the middle of which something ends her release; how many came after.

    None that was sent after the answer to that shows her; those before it do.
    """
    over: list[float] = []
    seen: list[tuple[float, Any]] = []
    document = f'{{ talent(id: "{shown["id"]}") {{ displayName }} }}'
    begun = asyncio.Event()

    async def keep_reading() -> None:
        for _ in range(READS_EACH):
            sent = perf_counter()
            seen.append((sent, await reader.ask(document)))
            if len(seen) > READERS * READS_EACH // 3:
                begun.set()

    async def end() -> None:
        await begun.wait()
        assert codes(await ends) == []
        over.append(perf_counter())

    await asyncio.gather(end(), *(keep_reading() for _ in range(READERS)))
    after = [found for sent, found in seen if sent > over[0]]
    assert set(map(repr, after)) == {"None"}, "nothing leaves any more"
    first = [found for sent, found in seen[: READERS * READS_EACH // 4]]
    assert first == [{"displayName": shown["name"]}] * len(first)
    return len(after)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("what", ["consent", "agreement"])
async def test_what_is_taken_back_is_not_read_any_more(
    scratch: Database, tmp_path: Path, what: str
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        agreement = await agreed(scene.make)
        person = await scene.make.talent(display_name="宁远")
        her = await herself(scene.enter, person)
        consent = (await ask(her, "grantConsent", **terms()))["consent"]
        suzhou = await scene.enter(
            "PARTNER", *READS, "cooperation:write", partner=SUZHOU, **PURPOSE
        )
        shown = {"id": the_id("Talent", person), "name": "宁远"}
        ends = (
            answer(her, "withdrawConsent", consent)
            if what == "consent"
            else send(
                suzhou, "suspendAgreement", {"id": the_id("Agreement", agreement), "version": 1}
            )
        )
        assert await read_while(scene, suzhou, shown, ends) > READERS * READS_EACH // 5
