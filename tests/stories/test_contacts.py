"""People met at events are kept on a basis, followed up, converted and forgotten (story 25)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.contacts import (
    CONTACT,
    SCOPES,
    TALENTS,
    document,
    done,
    human_resources,
    interested,
    met,
    noted,
    send,
)
from tests.town import SUZHOU, Caller, Enter, city, key, the_id

NAME, PHONE, EMAIL = "示例人才甲乙", "+8612099887766", "someone.met@example.org"
COUNTED = "query ($id: ID!) { event(id: $id) { contactCount contacts(first: 9) { totalCount } } }"
READ = f"query ($id: ID!) {{ contact(id: $id) {{ {CONTACT} }} }}"
NOTES = """
    query ($id: ID!) { contact(id: $id) {
        followUps(first: 9) { edges { node { note channel } } } } }
"""


@pytest.fixture
async def hr(enter: Enter) -> Caller:
    return await human_resources(enter)


async def counted(caller: Caller, event: Any) -> tuple[int, int]:
    shown = await caller.ask(COUNTED, id=the_id("Event", event))
    return shown["contactCount"], shown["contacts"]["totalCount"]


async def test_recorded_then_forgotten_still_counts(
    hr: Caller, make: Make, owner: asyncpg.Connection
) -> None:
    event = await make.event()
    about = {"name": NAME, "reach": PHONE, "interests": ["housing"], "nextStep": "a call"}
    contact = await done(hr, "recordContact", **met(event, **about))
    assert (contact["state"], contact["lawfulBasis"]) == ("CONSENTED", "CONSENT")
    assert (contact["name"], contact["reach"]) == (NAME, PHONE)
    assert contact["ownerOrg"] == {"key": "nt-rsj"}
    await noted(hr, contact, note="wants to come in May")
    assert await counted(hr, event) == (1, 1)

    gone = await done(hr, "forgetContact", contact)

    assert (gone["state"], gone["version"], gone["availableTransitions"]) == ("FORGOTTEN", 2, [])
    for name in ("name", "reach", "nextStep", "consentEvidence", "talent"):
        assert gone[name] is None
    assert (gone["interests"], gone["territory"]) == ([], "SG")
    assert await counted(hr, event) == (1, 1)
    shown = await hr.ask(NOTES, id=contact["id"])
    assert shown["followUps"]["edges"] == [{"node": {"note": None, "channel": "PHONE"}}]
    again = await send(hr, "forgetContact", contact)
    assert (codes(again), again["contact"]) == ([], gone)
    row = await owner.fetchrow(
        "SELECT * FROM talent.contact WHERE id = $1", contact["id"].partition(":")[2]
    )
    assert NAME not in str(row)


@pytest.mark.parametrize(
    "basis",
    [
        {"consentEvidence": None},
        {"consentEvidence": "  "},
        {"consentEvidence": None, "lawfulBasis": "CONSENT"},
    ],
)
async def test_nobody_is_kept_without_a_basis(
    hr: Caller, make: Make, owner: asyncpg.Connection, basis: dict[str, Any]
) -> None:
    event = await make.event()
    answer = await send(hr, "recordContact", **met(event, **basis))
    assert codes(answer) == ["LAWFUL_BASIS_REQUIRED"]
    [error] = answer["userErrors"]
    assert error["field"] == ["consentEvidence"]
    assert "consentEvidence" in error["nextStep"]
    assert "同意" in error["messageZh"]
    assert answer["contact"] is None
    assert await counted(hr, event) == (0, 0)


async def test_on_another_basis_one_is_met_and_must_consent_to_be_followed_up(
    hr: Caller, make: Make
) -> None:
    basis = {"lawfulBasis": "STATUTORY_DUTY", "consentEvidence": None}
    contact = await done(hr, "recordContact", **met(await make.event(), **basis))
    assert (contact["state"], contact["lawfulBasis"]) == ("MET", "STATUTORY_DUTY")
    early = await send(hr, "moveContact", contact, to="IN_TOUCH")
    assert codes(early) == ["ILLEGAL_TRANSITION"]
    assert early["userErrors"][0]["details"]["available"] == ["CONSENTED", "DORMANT", "FORGOTTEN"]
    silent = await send(hr, "moveContact", contact, to="CONSENTED")
    assert codes(silent) == ["LAWFUL_BASIS_REQUIRED"]
    said = {"consentEvidence": "by e-mail", "nextStep": "send the brochure"}
    consented = await done(hr, "moveContact", contact, to="CONSENTED", **said)
    assert (consented["state"], consented["lawfulBasis"]) == ("CONSENTED", "CONSENT")
    assert (consented["consentEvidence"], consented["nextStep"]) == tuple(said.values())


async def test_recorded_twice_with_one_key_is_one_contact(hr: Caller, make: Make) -> None:
    event = await make.event()
    about = met(event, reach=PHONE)
    first = await send(hr, "recordContact", **about)
    assert await send(hr, "recordContact", **about) == first
    other = await send(hr, "recordContact", **about | {"reach": EMAIL})
    assert codes(other) == ["IDEMPOTENCY_MISMATCH"]
    assert await counted(hr, event) == (1, 1)


WRONG = {
    "reach": ("12099887766", "reach"),
    "territory": ("Singapore", "territory"),
    "retentionUntil": ("2020-01-01", "retentionUntil"),
    "interests": (["x" * 201], "interests"),
    "name": ("x" * 201, "name"),
    "nextStep": ("x" * 2001, "nextStep"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_value_is_refused_and_not_repeated(
    hr: Caller, make: Make, wrong: str
) -> None:
    value, field = WRONG[wrong]
    answer = await send(hr, "recordContact", **met(await make.event(), **{wrong: value}))
    assert codes(answer) == ["INVALID"]
    [error] = answer["userErrors"]
    assert error["field"] == [field]
    assert str(value) not in str(error)


async def test_event_and_department_must_be_there(hr: Caller, enter: Enter, make: Make) -> None:
    event = await make.event()
    nowhere = await send(hr, "recordContact", **met(event, eventId="Event:nothing"))
    assert codes(nowhere) == ["NOT_FOUND"]
    app = await enter("INTERNAL", *SCOPES, purposes=["JOB_MATCHING"])
    assert codes(await send(app, "recordContact", **met(event))) == ["INVALID"]
    nobody = await send(app, "recordContact", **met(event, ownerOrg="nobody"))
    assert codes(nobody) == ["NOT_FOUND"]
    kept = await done(app, "recordContact", **met(event, ownerOrg="nt-czj"))
    assert kept["ownerOrg"] == {"key": "nt-czj"}
    assert codes(await send(hr, "forgetContact", kept)) == ["OUT_OF_BOUNDS"]
    assert codes(await noted(hr, kept)) == ["OUT_OF_BOUNDS"]
    assert codes(await send(hr, "recordContact", **met(event, ownerOrg="nt-czj"))) == [
        "OUT_OF_BOUNDS"
    ]
    assert (await done(app, "forgetContact", kept))["state"] == "FORGOTTEN"


async def test_followed_up_while_remembered(hr: Caller, make: Make) -> None:
    contact = await done(hr, "recordContact", **met(await make.event()))
    when = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    answer = await noted(hr, contact, channel="MEETING", at=when, note=" met in Nantong ")
    shown = answer["followUp"]
    assert (shown["note"], shown["channel"]) == ("met in Nantong", "MEETING")
    assert shown["byOrg"] == {"key": "nt-rsj"}
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert codes(await noted(hr, contact, at=ahead)) == ["INVALID"]
    assert codes(await noted(hr, contact, byOrg="nt-czj")) == ["OUT_OF_BOUNDS"]
    assert codes(await noted(hr, contact, note="x" * 2001)) == ["INVALID"]
    await done(hr, "forgetContact", contact)
    late = await noted(hr, contact, note="one more call")
    assert (codes(late), late["userErrors"][0]["field"]) == (["INVALID"], ["contactId"])


async def test_arrived_and_forgotten_have_mutations_of_their_own(hr: Caller, make: Make) -> None:
    contact = await interested(hr, make, name=NAME)
    for state, name in (("ARRIVED", "convertContact"), ("FORGOTTEN", "forgetContact")):
        answer = await send(hr, "moveContact", contact, to=state)
        assert codes(answer) == ["INVALID"]
        assert name in answer["userErrors"][0]["nextStep"]
    stale = await send(hr, "moveContact", contact | {"version": 1}, to="DORMANT")
    assert codes(stale) == ["CONFLICT"]
    assert stale["contact"] == contact
    dormant = await done(hr, "moveContact", contact, to="DORMANT")
    assert dormant["availableTransitions"] == ["FORGOTTEN"]
    assert (await send(hr, "moveContact", contact, to="DORMANT"))["contact"] == dormant


@pytest.mark.parametrize(("reach", "kept"), [(PHONE, "phone"), (EMAIL.upper(), "email")])
async def test_converted_into_a_talent(
    hr: Caller, make: Make, owner: asyncpg.Connection, reach: str, kept: str
) -> None:
    mark = key()[:8]
    reach = reach.replace("99887766", f"{int(mark, 16) % 10**8:08d}").replace("SOMEONE", mark)
    contact = await interested(hr, make, name=NAME, reach=reach)
    answer = await send(hr, "convertContact", contact)
    assert codes(answer) == []
    talent = answer["talent"]
    assert (answer["contact"]["state"], answer["contact"]["talent"]) == (
        "ARRIVED",
        {"id": talent["id"]},
    )
    assert talent["displayName"] == NAME
    assert talent[kept] == (reach if kept == "phone" else reach.lower())
    assert await send(hr, "convertContact", contact) == answer, "the same again"
    other = await interested(hr, make, reach=reach)
    linked = await send(hr, "convertContact", other)
    assert linked["talent"] == talent, "found by the blind index, and linked"
    stored = await owner.fetchrow(
        f"SELECT {kept}, {kept}_blind AS blind FROM talent.talent WHERE id = $1",
        talent["id"].partition(":")[2],
    )
    assert stored[kept].startswith("v1.")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", stored["blind"])


async def test_linked_to_the_talent_that_is_named(hr: Caller, make: Make) -> None:
    known = await make.talent()
    contact = await interested(hr, make)
    assert codes(await send(hr, "convertContact", contact)) == ["INVALID"]  # it has no name
    nobody = await send(hr, "convertContact", contact, talentId="Talent:nobody")
    assert (codes(nobody), nobody["userErrors"][0]["field"]) == (["NOT_FOUND"], ["talentId"])
    answer = await done(hr, "convertContact", contact, talentId=the_id("Talent", known))
    assert answer["talent"] == {"id": the_id("Talent", known)}


async def test_several_talents_under_one_number_must_be_told_apart(
    hr: Caller, make: Make, owner: asyncpg.Connection
) -> None:
    reach = f"+8612{int(key()[:8], 16) % 10**9:09d}"
    first = await send(hr, "convertContact", await interested(hr, make, name="甲", reach=reach))
    await owner.execute(
        "INSERT INTO talent.talent (display_name, phone, phone_blind)"
        " SELECT '乙', phone, phone_blind FROM talent.talent WHERE id = $1",
        first["talent"]["id"].partition(":")[2],
    )
    contact = await interested(hr, make, name="丙", reach=reach)
    answer = await send(hr, "convertContact", contact)
    assert (codes(answer), answer["userErrors"][0]["field"]) == (["INVALID"], ["talentId"])
    named = await send(hr, "convertContact", contact, talentId=first["talent"]["id"])
    assert named["talent"]["id"] == first["talent"]["id"]


async def test_only_who_is_interested_arrives(hr: Caller, make: Make) -> None:
    contact = await done(hr, "recordContact", **met(await make.event(), name=NAME))
    assert codes(await send(hr, "convertContact", contact)) == ["ILLEGAL_TRANSITION"]


async def test_forgotten_after_arriving_the_talent_stays_and_the_link_goes(
    hr: Caller, make: Make
) -> None:
    contact = await interested(hr, make, name=NAME)
    arrived = await send(hr, "convertContact", contact)
    gone = await done(hr, "forgetContact", arrived["contact"])
    assert (gone["state"], gone["talent"]) == ("FORGOTTEN", None)
    found = await hr.ask(
        "query ($id: ID!) { talent(id: $id) { displayName } }", id=arrived["talent"]["id"]
    )
    assert found == {"displayName": NAME}


async def test_nobody_else_hears_of_a_contact(hr: Caller, enter: Enter, make: Make) -> None:
    contact = await done(hr, "recordContact", **met(await make.event(), name=NAME))
    without = await enter("DEPARTMENT", *SCOPES, departments=["nt-rsj"])
    refused = await without.whole(READ, id=contact["id"])
    assert refused["data"]["contact"] is None
    assert refused["extensions"]["access"]["withheld"][0]["reason"] == "PURPOSE"
    await city(make, SUZHOU)
    bounds: dict[str, dict[str, Any]] = {
        "PARTNER": {"partner": SUZHOU},
        "OPERATOR": {"parks": [await make.park()]},
        "TALENT": {"talent": await make.talent()},
    }
    for audience, bound in bounds.items():
        outsider = await enter(audience, *SCOPES, *TALENTS, purposes=["JOB_MATCHING"], **bound)
        answer = await outsider.whole(READ, id=contact["id"])
        assert answer["data"]["contact"] is None
        sent = await send(outsider, "forgetContact", contact)
        assert codes(sent) == ["NOT_FOUND"]


async def test_each_reading_of_a_contact_is_in_the_audit(
    hr: Caller, make: Make, owner: asyncpg.Connection
) -> None:
    contact = await done(hr, "recordContact", **met(await make.event(), name=NAME))
    answer = await hr.whole(READ, id=contact["id"])
    entry = await owner.fetchrow(
        "SELECT entity, subjects, basis, purpose FROM ledger.audit_entry WHERE operation = $1",
        answer["extensions"]["access"]["auditId"],
    )
    assert entry["entity"] == "Contact"
    assert [str(each) for each in entry["subjects"]] == [contact["id"].partition(":")[2]]
    assert (entry["basis"], entry["purpose"]) == ("STATUTORY_DUTY", "JOB_MATCHING")


LEDGER = ("ledger.audit_entry", "ledger.change", "ledger.idempotency", "talent.contact")


async def test_what_is_sealed_is_plain_nowhere(
    hr: Caller, make: Make, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither stored nor logged: name and number as they were sent, or any long part of them."""
    caplog.set_level("DEBUG")
    contact = await interested(hr, make, name=NAME, reach=PHONE)
    await send(hr, "recordContact", **met(await make.event(), reach=PHONE, eventId="Event:none"))
    await send(hr, "convertContact", contact)
    parts = [f"SELECT to_jsonb(t)::text AS row FROM {table} t" for table in LEDGER]
    stored = "\n".join(row["row"] for row in await owner.fetch(" UNION ALL ".join(parts)))
    named = "SELECT (to_jsonb(t) - 'display_name')::text AS row FROM talent.talent t"
    talents = "\n".join(row["row"] for row in await owner.fetch(named))
    for text in (stored, talents, caplog.text):
        for word in (NAME, PHONE, PHONE[1:], PHONE[-8:]):
            assert word not in text
    assert len(stored) > 1000


async def test_a_value_of_the_wrong_type_is_not_logged(
    hr: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answer = await hr.http.post(
        "/graphql",
        json={
            "query": document("recordContact"),
            "variables": {"input": {"reach": {"number": PHONE}}},
        },
    )
    assert isinstance(answer, httpx.Response)
    assert answer.status_code in (200, 400)
    assert "errors" in answer.json()
    assert PHONE not in caplog.text
