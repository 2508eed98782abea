"""Talents are put on record and put right; what is wrong is named, nobody is made twice."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.kit.checks import resident_check
from hub.kit.crypto import load
from tests.conftest import DATA_KEY, Database
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.test_races import TRIES, Scene, at_once, scene_of
from tests.town import SUZHOU, Caller, Enter, city, key, the_id

READS = tuple(f"talent:read.{group}" for group in ("basic", "contact", "degree", "identity"))
SCOPES = (*READS, "talent:write", "reference:read")
SHOWN = """
    talent { id version displayName familyNameZh givenNameLatin returneeStatus level
        targetIndustries languages phone email
        identityType identityTerritory identityLast4 identityNumber
        returnedOn graduatedOn residenceDivision { code } }
    alike { id }
    userErrors { code message messageZh field nextStep details }
"""
KINDS = {"createTalent": "CreateTalentInput", "correctTalent": "CorrectTalentInput"}
_births = itertools.count()


async def send(caller: Caller, name: str, /, **values: Any) -> Any:
    if name == "createTalent":
        values = {"displayName": "示例人才", "idempotencyKey": key(), **values}
    document = f"mutation ($input: {KINDS[name]}!) {{ {name}(input: $input) {{ {SHOWN} }} }}"
    return await caller.ask(document, input=values)


async def correct(caller: Caller, talent: Any, **values: Any) -> Any:
    given = {"id": talent["id"], "expectedVersion": talent["version"], **values}
    return await send(caller, "correctTalent", **given)


def resident(body: str | None = None) -> str:
    """A resident identity number of a county that was never assigned; each another."""
    body = body or f"3206991990{next(_births) % 12 + 1:02d}28{next(_births) % 1000:03d}"
    return body + resident_check(body)


@pytest.fixture
async def hr(enter: Enter) -> Caller:
    return await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"], purposes=["JOB_MATCHING"])


WHOLE = {
    "familyNameZh": "欧阳",
    "givenNameLatin": "Zoë-Anne",
    "returneeStatus": "RECOGNISED",
    "level": "GENERAL",
    "targetIndustries": ["C", "I"],
    "languages": ["zh-Hans", "en"],
    "phone": "+8612000000077",
    "email": "Whole@Example.org",
    "residenceDivision": "320600",
    "returnedOn": "2025-01-01",
}


async def test_created_whole_and_sealed(hr: Caller, owner: asyncpg.Connection) -> None:
    number = resident()
    given = {**WHOLE, "identityType": "RIC", "identityNumber": number.lower()}
    answer = await send(hr, "createTalent", **given)
    assert codes(answer) == []
    talent = answer["talent"]
    assert talent["residenceDivision"] == {"code": "320600"}
    for name in ("familyNameZh", "givenNameLatin", "level", "targetIndustries", "phone"):
        assert talent[name] == WHOLE[name]
    assert talent["email"] == "whole@example.org"
    assert (talent["identityNumber"], talent["identityLast4"]) == (number, number[-4:])
    assert talent["identityTerritory"] == "CN"
    row = await owner.fetchrow(
        "SELECT * FROM talent.talent WHERE id = $1", talent["id"].partition(":")[2]
    )
    assert row is not None
    for name in ("phone", "email", "identity_number"):
        assert row[name].startswith("v1.")
    sealer = load(Path(), DATA_KEY)
    assert row["identity_hash"] == sealer.blind(number, "talent.identity_number")
    stored = "\n".join(map(str, row.values()))
    for plain in (number, WHOLE["phone"], "whole@example.org"):
        assert str(plain) not in stored


async def test_who_has_the_document_is_not_made_twice(hr: Caller, enter: Enter) -> None:
    document = {"identityType": "RIC", "identityNumber": resident()}
    first = await send(hr, "createTalent", **document)
    again = await send(hr, "createTalent", **document)
    assert (codes(again), again["userErrors"][0]["field"]) == (
        ["ALREADY_ON_RECORD"],
        ["identityNumber"],
    )
    assert again["userErrors"][0]["details"] == {"existing": first["talent"]["id"]}
    blind = await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])
    unseen = await send(blind, "createTalent", **document)
    assert codes(unseen) == ["ALREADY_ON_RECORD"]
    assert first["talent"]["id"] not in str(unseen), "who may not see her is not told who she is"
    other = await send(hr, "createTalent", **document | {"identityType": "HMT_RESIDENCE"})
    assert codes(other) == ["INVALID"]


UNIQUE = "ALTER TABLE talent.talent DROP CONSTRAINT uq_talent_identity_type_identity_hash"


async def created_at_once(scene: Scene, number: str) -> tuple[Counter[str], int]:
    """Twenty put one person on record; what each was told, and how many talents she is."""
    purposes = ["JOB_MATCHING"]
    caller = await scene.enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"], purposes=purposes)
    document = {"identityType": "RIC", "identityNumber": number}
    answers = await at_once(*(send(caller, "createTalent", **document) for _ in range(20)))
    told = Counter((codes(answer) or ["DONE"])[0] for answer in answers)
    return told, await scene.owner.fetchval("SELECT count(*) FROM talent.talent")


async def test_of_twenty_at_once_one_puts_her_on_record(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        told, talents = await created_at_once(scene, resident())
        assert told == {"DONE": 1, "ALREADY_ON_RECORD": 19}
        assert talents == 1


async def test_without_the_constraint_she_is_there_twice(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path, UNIQUE) as scene:
        for _ in range(TRIES):
            await scene.owner.execute("TRUNCATE talent.talent CASCADE")
            _, talents = await created_at_once(scene, resident())
            if talents > 1:
                return
    pytest.fail("nobody was there twice")


async def test_others_with_the_same_number_are_named(hr: Caller) -> None:
    phone = f"+8612{int(key()[:8], 16) % 10**9:09d}"
    first = (await send(hr, "createTalent", phone=phone))["talent"]
    second = await send(hr, "createTalent", phone=phone)
    assert codes(second) == []
    assert second["alike"] == [{"id": first["id"]}]


BODY = "32069919900228123"
WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "short": ({"identityNumber": "3206991990022812"}, "identityNumber", "18"),
    "province": ({"identityNumber": f"99{resident(BODY)[2:]}"}, "identityNumber", "18"),
    "date": ({"identityNumber": resident("32069919900230123")}, "identityNumber", "7 to 14"),
    "unborn": ({"identityNumber": resident("32069929900228123")}, "identityNumber", "7 to 14"),
    "check": (
        {"identityNumber": BODY + ("0" if resident_check(BODY) != "0" else "1")},
        "identityNumber",
        "MOD 11-2",
    ),
    "half a document": ({"identityType": None, "identityNumber": "E1234567"}, "identityNumber", ""),
    "passport": (
        {"identityType": "PASSPORT", "identityNumber": "护照123"},
        "identityNumber",
        "5 to 20",
    ),
    "Hong Kong": (
        {"identityType": "HMT_RESIDENCE", "identityNumber": resident(BODY)},
        "identityNumber",
        "81",
    ),
    "territory": (
        {"identityType": "PASSPORT", "identityNumber": "E1234567", "identityTerritory": "Japan"},
        "identityTerritory",
        "3166",
    ),
    "phone": ({"phone": "12000000077"}, "phone", "E.164"),
    "email": ({"email": "nobody@"}, "email", "e-mail"),
    "Chinese name": ({"familyNameZh": "Wang"}, "familyNameZh", "Chinese"),
    "Latin name": ({"givenNameLatin": "小明"}, "givenNameLatin", "Latin"),
    "no name": ({"displayName": "  "}, "displayName", "name"),
    "control": ({"displayName": "a\u0007b"}, "displayName", "printed"),
    "industry": ({"targetIndustries": ["Z"]}, "targetIndustries", "4754"),
    "language": ({"languages": ["中文"]}, "languages", "BCP 47"),
    "return": ({"returnedOn": "2090-01-01"}, "returnedOn", "ahead"),
    "graduation": ({"graduatedOn": "2090-01-01"}, "graduatedOn", "ahead"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_named_in_both_languages(hr: Caller, what: str) -> None:
    given, field, word = WRONG[what]
    if "identityNumber" in given:
        given = {"identityType": "RIC", **given}
    answer = await send(hr, "createTalent", **given)
    assert (codes(answer), answer["talent"]) == (["INVALID"], None)
    [error] = answer["userErrors"]
    assert error["field"] == [field]
    assert word in error["message"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error["messageZh"])
    for value in given.values():
        if isinstance(value, str) and len(value) > 5:
            assert value not in str(error), "what was sent is not repeated"


async def test_a_division_must_be_there(hr: Caller) -> None:
    answer = await send(hr, "createTalent", residenceDivision="999999")
    assert (codes(answer), answer["userErrors"][0]["field"]) == (
        ["NOT_FOUND"],
        ["residenceDivision"],
    )


async def test_corrected_and_cleared(hr: Caller) -> None:
    created = (await send(hr, "createTalent", **WHOLE))["talent"]
    passport = {"identityType": "PASSPORT", "identityNumber": "e1234567", "identityTerritory": "SG"}
    mark = key()[:6].upper()
    passport["identityNumber"] = f"e{mark}"
    answer = await correct(hr, created, displayName="更正后", languages=["en"], **passport)
    talent = answer["talent"]
    assert (talent["displayName"], talent["languages"]) == ("更正后", ["en"])
    assert (talent["identityTerritory"], talent["identityNumber"]) == ("SG", f"E{mark}")
    assert (talent["phone"], talent["familyNameZh"]) == (created["phone"], "欧阳")
    assert talent["version"] == 2
    stale = await correct(hr, created, displayName="太迟")
    assert codes(stale) == ["CONFLICT"]
    number = resident()
    replaced = await correct(hr, talent, identityType="RIC", identityNumber=number)
    assert replaced["talent"]["identityTerritory"] == "CN"
    cleared = await correct(hr, replaced["talent"], clear=["PHONE", "IDENTITY", "RESIDENCE"])
    talent = cleared["talent"]
    gone = ("phone", "identityType", "identityNumber", "identityTerritory", "residenceDivision")
    assert [talent[name] for name in gone] == [None] * 5
    assert talent["email"] == "whole@example.org"
    back = await correct(hr, talent, identityType="RIC", identityNumber=number)
    assert codes(back) == [], "it is nobody's any more"
    same = await correct(hr, back["talent"], identityType="RIC", identityNumber=number)
    assert codes(same) == [], "her own is no other's"


async def test_herself_for_her_own_record(enter: Enter, make: Make) -> None:
    row, other = await make.talent(), await make.talent()
    herself = await enter("TALENT", *SCOPES, talent=row)
    mine = {"id": the_id("Talent", row), "version": 1}
    answer = await correct(herself, mine, displayName="本人更正", returneeStatus="DECLARED")
    assert (codes(answer), answer["talent"]["displayName"]) == ([], "本人更正")
    mine = answer["talent"]
    for said in ({"level": "HIGH_LEVEL"}, {"returneeStatus": "RECOGNISED"}):
        refused = await correct(herself, mine, **said)
        assert codes(refused) == ["OUT_OF_BOUNDS"]
        assert refused["userErrors"][0]["field"] == [next(iter(said))]
    hers = {"id": the_id("Talent", other), "version": 1}
    assert codes(await correct(herself, hers, displayName="别人")) == ["NOT_FOUND"]
    assert codes(await send(herself, "createTalent")) == ["OUT_OF_BOUNDS"]


async def test_no_partner_writes_a_person(enter: Enter, make: Make) -> None:
    await city(make, SUZHOU)
    partner = await enter("PARTNER", *SCOPES, partner=SUZHOU, purposes=["JOB_MATCHING"])
    row = {"id": the_id("Talent", await make.talent()), "version": 1}
    assert codes(await send(partner, "createTalent")) == ["OUT_OF_BOUNDS"]
    assert codes(await correct(partner, row, displayName="x")) == ["NOT_FOUND"]


async def test_sent_twice_with_one_key_is_one_talent(hr: Caller) -> None:
    given = {"identityType": "RIC", "identityNumber": resident(), "idempotencyKey": key()}
    first = await send(hr, "createTalent", **given)
    assert await send(hr, "createTalent", **given) == first
    assert codes(await send(hr, "createTalent", **given | {"displayName": "别人"})) == [
        "IDEMPOTENCY_MISMATCH"
    ]
