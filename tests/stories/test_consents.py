"""A person says who may read which of her data, what for and how long; and takes it back.

User stories 4, 6 and 7 of the handbook, through HTTP with real tokens.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.consents import (
    READS,
    TODAY,
    agreed,
    answer,
    ask,
    herself,
    looked_up,
    terms,
)
from tests.town import SHANGHAI, SUZHOU, Caller, Enter, city, the_id

PURPOSE: dict[str, Any] = {"purposes": ["JOB_MATCHING"]}


@pytest.fixture
async def reader(enter: Enter, make: Make) -> Caller:
    """The system of Suzhou, which may read what persons consent to."""
    await agreed(make)
    return await enter("PARTNER", *READS, partner=SUZHOU, **PURPOSE)


async def test_what_was_granted_is_read_and_no_more(
    reader: Caller, enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    person = await make.known_talent(display_name="林清越")
    await make.degree(talent=person)
    her = await herself(enter, person)
    shown = "id displayName phone degrees(first: 1) { edges { node { level } } }"
    assert (await looked_up(reader, person, shown))[0] is None

    granted = await ask(her, "grantConsent", **terms(recipient=SUZHOU))

    consent = granted["consent"]
    assert granted["userErrors"] == []
    assert (consent["state"], consent["version"]) == ("GRANTED", 1)
    assert (consent["fieldGroups"], consent["from"]) == (["BASIC", "DEGREE"], TODAY.isoformat())
    assert consent["talent"] == {"id": the_id("Talent", person)}
    assert her.client_id in consent["evidence"]
    for word in ("岗位匹配", "基本信息", consent["until"], "撤回"):
        assert word in consent["textZh"]
    assert "Matching a person with posts" in consent["textEn"]
    node, withheld = await looked_up(reader, person, shown)
    assert (node["displayName"], node["phone"]) == ("林清越", None)
    assert node["degrees"]["edges"][0]["node"] == {"level": "MASTER"}
    [missing] = withheld
    assert (missing["path"], missing["reason"]) == (["talent", "phone"], "CONSENT")
    entry = await owner.fetchrow(
        "SELECT mutation, subjects, audience FROM ledger.audit_entry"
        " WHERE action = 'CHANGE' AND objects @> ARRAY[$1::uuid]",
        consent["id"].partition(":")[2],
    )
    assert tuple(entry) == ("grantConsent", [person["id"]], "TALENT")


async def test_without_the_scope_it_is_withheld_without_consent_there_is_nobody(
    enter: Enter, make: Make
) -> None:
    """Story 4: an id that nobody has is answered exactly as one without consent."""
    await agreed(make, SHANGHAI)
    shanghai = await enter("PARTNER", "talent:read.basic", partner=SHANGHAI, **PURPOSE)
    known, unknown = await make.known_talent(highest_degree="DOCTOR"), await make.talent()
    await make.consent(talent=known, recipient=SHANGHAI)

    node, withheld = await looked_up(shanghai, known, "highestDegree titleLevel phone")
    assert node == {"highestDegree": "DOCTOR", "titleLevel": None, "phone": None}
    assert withheld == [
        {"path": ["talent", "phone"], "reason": "SCOPE", "needs": "talent:read.contact"}
    ]

    nobody = {"id": "00000000-0000-7000-8000-00000000dead"}
    for person in (unknown, nobody):
        node, [withheld] = await looked_up(shanghai, person, "highestDegree")
        assert (node, withheld.pop("ids")) == (None, [the_id("Talent", person)])
        assert withheld == {
            "path": ["talent"],
            "reason": "CONSENT",
            "needs": "the person's live consent for this city, purpose and BASIC",
            "count": 1,
        }


async def test_withdrawn_is_withdrawn_however_often(
    reader: Caller, enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    """Story 7: the next read shows nothing; sent again, in whatever version, it is the same."""
    person = await make.talent(display_name="江望")
    her = await herself(enter, person)
    consent = (await ask(her, "grantConsent", **terms()))["consent"]
    assert (await looked_up(reader, person))[0]["displayName"] == "江望"

    withdrawn = await answer(her, "withdrawConsent", consent)

    assert withdrawn["userErrors"] == []
    assert withdrawn["consent"]["state"] == "WITHDRAWN"
    assert withdrawn["consent"]["withdrawnAt"]
    assert withdrawn["consent"]["availableTransitions"] == []
    assert (await looked_up(reader, person))[0] is None
    assert await answer(her, "withdrawConsent", consent) == withdrawn
    versions = await owner.fetch(
        "SELECT version FROM ledger.change WHERE object = $1 ORDER BY xid, seq",
        consent["id"].partition(":")[2],
    )
    assert [row["version"] for row in versions] == [1, 2]
    again = await ask(her, "grantConsent", **terms())
    assert again["consent"]["state"] == "GRANTED", "she may change her mind"


async def test_what_is_granted_already_is_named(enter: Enter, make: Make) -> None:
    await city(make, SUZHOU)
    her = await herself(enter, await make.talent())
    first = (await ask(her, "grantConsent", **terms()))["consent"]

    second = await ask(her, "grantConsent", **terms(groups=["BASIC"]))

    [error] = second["userErrors"]
    assert (error["code"], error["details"]) == ("ALREADY_GRANTED", {"consent": first["id"]})


async def test_one_that_ended_by_time_stands_in_nobodys_way(
    enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    await city(make, SUZHOU)
    person = await make.talent()
    over = await make.consent(
        talent=person,
        recipient=SUZHOU,
        valid_from=TODAY - timedelta(days=30),
        valid_until=TODAY,
    )
    her = await herself(enter, person)

    assert (await ask(her, "grantConsent", **terms()))["userErrors"] == []

    state = "SELECT state FROM talent.consent WHERE id = $1"
    assert await owner.fetchval(state, over["id"]) == "EXPIRED"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"purpose": "PARK_SETTLEMENT"}, "PURPOSE_NOT_ALLOWED", "purpose"),
        ({"recipient": "999999"}, "NOT_FOUND", "recipient"),
        ({"groups": []}, "INVALID", "groups"),
        ({"groups": ["BASIC", "IDENTITY"]}, "INVALID", "groups"),
        ({"until": TODAY.isoformat()}, "INVALID", "until"),
        ({"validFrom": "2090-01-02", "until": "2090-01-02"}, "INVALID", "until"),
        ({"evidence": " "}, "INVALID", "evidence"),
        ({"evidence": "x" * 501}, "INVALID", "evidence"),
    ],
)
async def test_what_cannot_be_consented_to(
    enter: Enter, make: Make, changes: dict[str, Any], code: str, field: str
) -> None:
    """Story 6: a purpose that is not registered for the partner is refused, and others like it."""
    await city(make, SUZHOU)
    her = await herself(enter, await make.talent())
    [error] = (await ask(her, "grantConsent", **terms(**changes)))["userErrors"]
    assert (error["code"], error["field"]) == (code, [field])
    assert error["messageZh"]
    assert error["nextStep"]


async def test_who_is_asked_reads_and_answers(
    reader: Caller, enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    person = await make.talent(display_name="云舒")
    office = await enter(
        *("DEPARTMENT", "consent:write", "consent:read", "talent:read.basic"), **PURPOSE
    )
    her = await herself(enter, person)
    to_her = terms(talentId=the_id("Talent", person))
    asked = [(await ask(office, "requestConsent", **to_her | terms()))["consent"] for _ in "12"]
    assert {consent["state"] for consent in asked} == {"REQUESTED"}
    assert asked[0]["requestedBy"] == office.client_id
    assert asked[0]["evidence"] is None
    assert (await looked_up(reader, person))[0] is None, "asking is not consenting"
    refused = await answer(office, "acceptConsent", asked[0])
    assert codes(refused) == ["OUT_OF_BOUNDS"], "nobody consents for her"

    declined = (await answer(her, "declineConsent", asked[0]))["consent"]
    accepted = (await answer(her, "acceptConsent", asked[1], evidence="在窗口签署"))["consent"]

    assert (declined["state"], accepted["state"]) == ("DECLINED", "GRANTED")
    assert accepted["evidence"] == "在窗口签署"
    assert (await looked_up(reader, person))[0]["displayName"] == "云舒"
    late = await answer(her, "acceptConsent", declined)
    assert codes(late) == ["ILLEGAL_TRANSITION"]
    third = (await ask(office, "requestConsent", **to_her | terms()))["consent"]
    assert codes(await answer(her, "acceptConsent", third)) == ["ALREADY_GRANTED"]
    told = await answer(office, "withdrawConsent", accepted)
    assert [error["field"] for error in told["userErrors"]] == [["evidence"]]
    told = await answer(office, "withdrawConsent", accepted, evidence="本人来电,工单 17")
    assert told["consent"]["withdrawalEvidence"] == "本人来电,工单 17"
    assert (await looked_up(reader, person))[0] is None


async def test_others_neither_grant_nor_ask(reader: Caller, enter: Enter, make: Make) -> None:
    person, other = await make.talent(), await make.talent()
    her = await herself(enter, person)
    consent = (await ask(her, "grantConsent", **terms()))["consent"]
    stranger = await herself(enter, other)
    office = await enter("DEPARTMENT", "consent:write", "consent:read", **PURPOSE)
    app = await enter("INTERNAL", "consent:write", "consent:read", **PURPOSE)

    assert codes(await answer(stranger, "withdrawConsent", consent)) == ["NOT_FOUND"]
    about_her = terms(talentId=the_id("Talent", person))
    assert codes(await ask(stranger, "requestConsent", **about_her)) == ["NOT_FOUND"]
    assert codes(await ask(office, "grantConsent", **terms())) == ["OUT_OF_BOUNDS"]
    assert codes(await ask(app, "requestConsent", **about_her)) == ["OUT_OF_BOUNDS"]
    stale = await answer(her, "withdrawConsent", {**consent, "version": 7})
    assert codes(stale) == ["CONFLICT"]
    assert date.fromisoformat(consent["until"]) > TODAY
