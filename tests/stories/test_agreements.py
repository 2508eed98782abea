"""An agreement is drawn up, signed by both sides, and decides from then on what a partner reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from hub.model.types import CITY_TIME
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.cooperation import done, send, sides
from tests.town import Caller, Enter, the_id

HANGZHOU, NINGBO, WUXI = "330100", "330200", "320200"
TODAY = datetime.now(CITY_TIME).date()
SHARING: dict[str, Any] = {
    "kind": "DATA_SHARING",
    "titleZh": "人才数据共享协议",
    "purposes": ["JOB_MATCHING"],
    "fieldGroups": ["BASIC"],
    "lawfulBasis": "CONSENT",
    "retentionDays": 30,
}


def proposal(code: str, **values: Any) -> dict[str, Any]:
    return {**SHARING, "partner": code, "from": TODAY.isoformat(), **values}


async def in_force(nantong: Caller, partner: Caller, code: str, **values: Any) -> Any:
    """Proposed, signed by both, in force."""
    drafted = await done(nantong, "proposeAgreement", **proposal(code, **values))
    signed = await done(nantong, "signAgreement", drafted, signatory="南通市人社局")
    signed = await done(partner, "signAgreement", signed, signatory="合作城市人社局")
    return await done(nantong, "bringIntoForce", signed)


async def test_suspension_counts_from_the_next_statement_on(
    enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    nantong, partner = await sides(enter, make, HANGZHOU, "talent:read.basic")
    person = await make.talent(display_name="Somebody")
    await make.consent(
        talent=person, recipient=HANGZHOU, purpose="JOB_MATCHING", field_groups=["BASIC"]
    )
    ask = f'{{ talent(id: "{the_id("Talent", person)}") {{ displayName }} }}'

    async def seen() -> Any:
        return await partner.ask(ask)

    assert await seen() is None
    agreement = await in_force(nantong, partner, HANGZHOU)
    assert await seen() == {"displayName": "Somebody"}

    suspended = await done(partner, "suspendAgreement", agreement)
    assert suspended["suspendedBy"] == "OTHER"
    assert await seen() is None
    assert codes(await send(nantong, "resumeAgreement", suspended)) == ["OUT_OF_BOUNDS"]
    resumed = await done(partner, "resumeAgreement", suspended)
    assert (resumed["state"], resumed["suspendedBy"]) == ("IN_FORCE", None)
    assert await seen() == {"displayName": "Somebody"}

    ended = await done(nantong, "terminateAgreement", resumed)
    assert (ended["state"], ended["availableTransitions"]) == ("TERMINATED", [])
    assert await seen() is None
    object_id = agreement["id"].partition(":")[2]
    versions = await owner.fetch(
        "SELECT version FROM ledger.change WHERE object = $1 ORDER BY xid, seq", object_id
    )
    assert [row["version"] for row in versions] == list(range(1, 8))


async def test_each_side_signs_for_itself(enter: Enter, make: Make) -> None:
    nantong, partner = await sides(enter, make, NINGBO)
    drafted = await done(partner, "proposeAgreement", **proposal(NINGBO))
    office = {"signatory": "办公室"}
    foreign = await send(partner, "signAgreement", drafted, side="OWN", **office)
    assert codes(foreign) == ["OUT_OF_BOUNDS"]
    both = await send(nantong, "signAgreement", drafted, side="OTHER", **office)
    assert codes(both) == ["OUT_OF_BOUNDS"]
    assert codes(await send(nantong, "signAgreement", drafted, signatory=" ")) == ["INVALID"]
    half = await done(partner, "signAgreement", drafted, **office)
    assert (half["state"], half["ownSignedOn"]) == ("DRAFT", None)
    assert codes(await send(nantong, "bringIntoForce", half)) == ["ILLEGAL_TRANSITION"]
    signed = await done(nantong, "signAgreement", half, **office)
    assert (signed["state"], signed["ownSignatory"]) == ("SIGNED", "办公室")
    assert codes(await send(partner, "bringIntoForce", signed)) == ["OUT_OF_BOUNDS"]
    assert codes(await send(nantong, "signAgreement", signed, **office)) == ["ILLEGAL_TRANSITION"]
    assert codes(await send(nantong, "resumeAgreement", signed)) == ["ILLEGAL_TRANSITION"]
    forced = await done(nantong, "bringIntoForce", signed)
    assert codes(await send(nantong, "expireAgreement", forced)) == ["INVALID"]
    suspended = await done(nantong, "suspendAgreement", forced)
    again = await send(nantong, "bringIntoForce", suspended)
    assert codes(again) == ["ILLEGAL_TRANSITION"]
    assert "resumeAgreement" in again["userErrors"][0]["message"]


async def test_one_at_a_time_and_only_in_its_time(enter: Enter, make: Make) -> None:
    nantong, partner = await sides(enter, make, WUXI)
    first = await in_force(nantong, partner, WUXI)
    office = {"signatory": "办公室"}

    async def signed(**values: Any) -> Any:
        drafted = await done(nantong, "proposeAgreement", **proposal(WUXI, **values))
        half = await done(nantong, "signAgreement", drafted, **office)
        return await done(partner, "signAgreement", half, **office)

    second = await signed()
    refused = await send(nantong, "bringIntoForce", second)
    assert codes(refused) == ["ANOTHER_IN_FORCE"]
    assert refused["userErrors"][0]["nextStep"]
    later = await signed(**{"from": (TODAY + timedelta(days=2)).isoformat()})
    assert codes(await send(nantong, "bringIntoForce", later)) == ["INVALID"]
    await done(nantong, "terminateAgreement", first)
    lasting = await signed(
        **{
            "from": (TODAY - timedelta(days=9)).isoformat(),
            "until": (TODAY - timedelta(days=1)).isoformat(),
        }
    )
    over = await done(nantong, "expireAgreement", await done(nantong, "bringIntoForce", lasting))
    assert over["state"] == "EXPIRED"


async def test_a_department_signs_for_a_university_too(enter: Enter, make: Make) -> None:
    nantong, _ = await sides(enter, make, WUXI)
    university = await make.organisation(kind="UNIVERSITY")
    drafted = await done(
        nantong,
        "proposeAgreement",
        kind="UNIVERSITY",
        titleZh="战略合作协议",
        organisationId=the_id("Organisation", university),
        **{"from": TODAY.isoformat()},
    )
    half = await done(nantong, "signAgreement", drafted, signatory="市政府")
    signed = await done(nantong, "signAgreement", half, side="OTHER", signatory="校长办公室")
    assert signed["state"] == "SIGNED"
    document = """
        mutation ($input: RegisterPlacementInput!) { registerPlacement(input: $input) {
            placement { kind titleZh agreement { id } division { code } }
            userErrors { code field } } }
    """
    await make.some_division("320600")
    placed = {
        "agreementId": signed["id"],
        "kind": "TEAM",
        "titleZh": "海洋工程团队",
        "division": "320600",
        "idempotencyKey": "placed",
    }
    assert (await nantong.ask(document, input=placed))["placement"] == {
        "kind": "TEAM",
        "titleZh": "海洋工程团队",
        "agreement": {"id": signed["id"]},
        "division": {"code": "320600"},
    }
    lost = {**placed, "division": "000000", "idempotencyKey": "lost"}
    assert codes(await nantong.ask(document, input=lost)) == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"purposes": []}, "INVALID", ["purposes"]),
        ({"retentionDays": None}, "INVALID", ["purposes"]),
        ({"retentionDays": 0}, "INVALID", ["retentionDays"]),
        ({"fieldGroups": ["IDENTITY"]}, "INVALID", ["fieldGroups"]),
        ({"until": "2020-01-01"}, "INVALID", ["until"]),
        ({"partner": "999999"}, "NOT_FOUND", ["partner"]),
        ({"kind": "CITY", "partner": None}, "INVALID", ["partner"]),
    ],
)
async def test_terms_that_cannot_be(
    enter: Enter, make: Make, wrong: dict[str, Any], code: str, field: list[str]
) -> None:
    nantong, _ = await sides(enter, make, WUXI)
    refused = await send(nantong, "proposeAgreement", **proposal(WUXI, **wrong))
    assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [(code, field)]


async def test_a_city_proposes_for_itself_alone(enter: Enter, make: Make) -> None:
    _, wuxi = await sides(enter, make, WUXI)
    await sides(enter, make, NINGBO)
    refused = await send(wuxi, "proposeAgreement", **proposal(NINGBO))
    assert codes(refused) == ["OUT_OF_BOUNDS"]
