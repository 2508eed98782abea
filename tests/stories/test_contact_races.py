"""A contact is converted and forgotten at once: nothing is lost or double, and the test can tell.

As the races of `test_races.py`: each is run as it is, and again with what guards it taken away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Text, select

from hub.model.action import given
from hub.subgraphs.talent import convert_contact
from tests.conftest import Database
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.contacts import human_resources, interested, noted, send
from tests.stories.test_races import TRIES, Scene, at_once, scene_of
from tests.town import Caller

PHONE = "+8612011223344"
TALENTS = "SELECT count(*) FROM talent.talent"
TOLD = "SELECT version FROM ledger.change WHERE entity = 'Contact' ORDER BY version"
LEFT = """
    SELECT count(*) FROM talent.follow_up JOIN talent.contact ON contact.id = contact_id
    WHERE state = 'FORGOTTEN' AND note IS NOT NULL
"""
CONSTRAINTS = (
    "ALTER TABLE talent.contact DROP CONSTRAINT ck_contact_lawful_basis_shown",
    "ALTER TABLE talent.contact DROP CONSTRAINT ck_contact_forgotten_whole",
)
GUARDS = (
    "DROP TRIGGER note_of_remembered ON talent.follow_up",
    "DROP TRIGGER forgotten_with_notes ON talent.contact",
)


async def convert_and_forget(scene: Scene, hr: Caller) -> tuple[str, int, list[str]]:
    """Ten conversions and ten forgettings of one contact, each in the version that it was shown in.

    Its state in the end, how many talents there are, and what each was told.
    """
    await scene.owner.execute("TRUNCATE talent.talent, talent.contact CASCADE")
    await scene.owner.execute("TRUNCATE ledger.change")
    contact = await interested(hr, scene.make, name="某人", reach=PHONE)
    calls = [send(hr, ("convertContact", "forgetContact")[n % 2], contact) for n in range(20)]
    answers = await at_once(*calls)
    state = await scene.owner.fetchval("SELECT state FROM talent.contact")
    told = [(codes(answer) or ["DONE"])[0] for answer in answers]
    return state, await scene.owner.fetchval(TALENTS), told


async def test_one_of_both_comes_to_pass(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(4):
            state, talents, told = await convert_and_forget(scene, hr)
            assert talents == (1 if state == "ARRIVED" else 0)
            # Who asked for what had been done already was told so; the others, that it changed.
            assert sorted(told) == ["CONFLICT"] * 10 + ["DONE"] * 10
            assert [row["version"] for row in await scene.owner.fetch(TOLD)] == [1, 2, 3, 4]


async def test_without_the_lock_both_do_or_talents_are_double(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, *CONSTRAINTS) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(TRIES):
            await convert_and_forget(scene, hr)
            versions = [row["version"] for row in await scene.owner.fetch(TOLD)]
            if versions != [1, 2, 3, 4]:
                return
    pytest.fail("nothing was done twice")


async def convert_ten_of_one_person(scene: Scene, hr: Caller) -> tuple[int, set[str]]:
    """Ten contacts of one person, met at ten events, arrive at once.

    How many talents she is, and what was refused.
    """
    await scene.owner.execute("TRUNCATE talent.talent, talent.contact CASCADE")
    contacts = [await interested(hr, scene.make, name="某人", reach=PHONE) for _ in range(10)]
    answers = await at_once(*(send(hr, "convertContact", contact) for contact in contacts))
    refused = {code for answer in answers for code in codes(answer)}
    return await scene.owner.fetchval(TALENTS), refused


async def test_one_person_becomes_one_talent(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(3):
            assert await convert_ten_of_one_person(scene, hr) == (1, set())


async def test_without_waiting_for_each_other_she_becomes_several(
    scratch: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert_contact, "_ONE_AT_A_TIME", select(given("blind", Text())))
    async with scene_of(scratch, tmp_path) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(TRIES):
            talents, _ = await convert_ten_of_one_person(scene, hr)
            if talents > 1:
                return
    pytest.fail("one person stayed one talent")


async def note_and_forget(scene: Scene, hr: Caller) -> int:
    """Notes are written while the contact is forgotten; how many are left of the forgotten."""
    contact = await interested(hr, scene.make, name="某人", reach=PHONE)
    notes = [noted(hr, contact, note="a note") for _ in range(10)]
    answers = await at_once(*notes[:5], send(hr, "forgetContact", contact), *notes[5:])
    assert {code for answer in answers for code in codes(answer)} <= {"INVALID"}
    left: int = await scene.owner.fetchval(LEFT)
    return left


async def test_no_note_of_the_forgotten_is_left(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(4):
            assert await note_and_forget(scene, hr) == 0


async def test_without_lock_and_triggers_one_is(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, *GUARDS) as scene:
        hr = await human_resources(scene.enter)
        for _ in range(TRIES):
            if await note_and_forget(scene, hr):
                return
    pytest.fail("no note was left")


async def constrained(owner: asyncpg.Connection, statement: str, *values: Any) -> str | None:
    """The constraint that refuses a statement."""
    try:
        await owner.execute(statement, *values)
    except asyncpg.CheckViolationError as refused:
        return str(refused.constraint_name)
    return None


async def test_the_database_by_itself_keeps_nothing_of_the_forgotten(
    fresh_database: Database,
) -> None:
    owner = await asyncpg.connect(fresh_database.owner_url)
    make = Make(owner)
    contact = await make.contact()
    await make.follow_up(contact=contact, note="a note")
    state = "UPDATE talent.contact SET state = 'FORGOTTEN'"
    assert await constrained(owner, state) == "ck_contact_forgotten_notes"
    await owner.execute("UPDATE talent.follow_up SET note = NULL")
    assert await constrained(owner, state) == "ck_contact_forgotten_whole"
    await owner.execute(f"{state}, consent_evidence = NULL")
    note = "UPDATE talent.follow_up SET note = 'again'"
    assert await constrained(owner, note) == "ck_follow_up_of_forgotten"
    await make.follow_up(contact=contact)
    await owner.close()


async def test_the_database_by_itself_keeps_nobody_without_a_basis(
    fresh_database: Database,
) -> None:
    owner = await asyncpg.connect(fresh_database.owner_url)
    make = Make(owner)
    await make.contact()
    shown = "ck_contact_lawful_basis_shown"
    assert await constrained(owner, "UPDATE talent.contact SET consent_evidence = NULL") == shown
    duty = "UPDATE talent.contact SET consent_evidence = NULL, lawful_basis = 'CONTRACT'"
    assert await constrained(owner, duty) == shown, "followed up without consent"
    assert await constrained(owner, f"{duty}, state = 'MET'") is None
    arrived = "UPDATE talent.contact SET state = 'ARRIVED', consent_evidence = 'signed'"
    assert await constrained(owner, arrived) == "ck_contact_talent_of_arrived"
    await owner.close()
