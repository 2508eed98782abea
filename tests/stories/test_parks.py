"""A park from its registration to its end: who decides what, and what becomes of who booked it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from tests.make import Make, Row
from tests.stories.bookings import codes, hold, move
from tests.stories.test_series import HOLD_SERIES, wanted
from tests.town import Caller, Enter, key, the_id

REGISTER = """
mutation ($input: RegisterParkInput!) {
  registerPark(input: $input) {
    park { id version code state kind specialties availableTransitions division { code } }
    userErrors { code messageZh field nextStep }
  }
}
"""
UPDATE = """
mutation ($input: UpdateParkInput!) {
  updatePark(input: $input) {
    park { version nameZh address specialties } userErrors { code field }
  }
}
"""
APPROVE = """
mutation ($input: ApproveParkInput!) {
  approvePark(input: $input) {
    park { id version state decisionNote } userErrors { code message messageZh nextStep details }
  }
}
"""
MOVE = """
mutation ($input: MoveParkInput!) {
  movePark(input: $input) {
    park { id version state }
    reservations { id state cancelReason cancelNote version }
    userErrors { code messageZh field nextStep details }
  }
}
"""
READS = ("park:read", "reference:read", "workspace:reserve")


async def bureau(enter: Enter) -> Caller:
    """The department that approves parks."""
    return await enter("DEPARTMENT", "park:write", "park:approve", *READS)


async def operator(enter: Enter, *parks: Row) -> Caller:
    return await enter("OPERATOR", "park:write", *READS, parks=parks)


async def proposal(make: Make, **values: Any) -> dict[str, Any]:
    return {
        "code": key()[:20],
        "nameZh": "归国人才园",
        "kind": "RETURNEE_PARK",
        "zoneId": the_id("Zone", await make.zone()),
        "specialties": ["生物医药"],
        "division": "320613",
        "operatorId": the_id("Organisation", await make.organisation(kind="OPERATOR")),
        "idempotencyKey": key(),
        **values,
    }


def to(state: str, park: Any, version: int = 1, **values: Any) -> dict[str, Any]:
    found = park["id"] if str(park["id"]).startswith("Park:") else the_id("Park", park)
    return {"id": found, "to": state, "expectedVersion": version, **values}


async def test_a_park_is_registered_approved_opened_and_suspended(
    make: Make, enter: Enter, suzhou: Caller
) -> None:
    department = await bureau(enter)
    asked = await proposal(make)
    made = await department.ask(REGISTER, input=asked)
    park = made["park"]
    assert made["userErrors"] == []
    assert (park["state"], park["availableTransitions"]) == ("PROPOSED", ["APPROVED", "REJECTED"])
    assert await department.ask(REGISTER, input=asked) == made
    seen = "query ($id: ID!) { park(id: $id) { state } }"
    assert await suzhou.ask(seen, id=park["id"]) is None

    own = await operator(enter, {"id": park["id"].split(":")[1]})
    assert codes(await own.ask(MOVE, input=to("OPEN", park))) == ["ILLEGAL_TRANSITION"]
    approved = await department.ask(APPROVE, input=to("APPROVED", park, note="Good."))
    assert approved["park"]["decisionNote"] == "Good."
    assert await suzhou.ask(seen, id=park["id"]) == {"state": "APPROVED"}
    opened = await own.ask(MOVE, input=to("OPEN", park, 2))
    assert opened["park"] == {"id": park["id"], "version": 3, "state": "OPEN"}
    suspended = await department.ask(APPROVE, input=to("SUSPENDED", park, 3, note="Fire safety."))
    assert suspended["park"]["state"] == "SUSPENDED"

    refused = await own.ask(MOVE, input=to("OPEN", park, 4))
    assert codes(refused) == ["ILLEGAL_TRANSITION"]
    assert refused["userErrors"][0]["nextStep"].startswith("It is made by approvePark")
    assert refused["userErrors"][0]["details"]["available"] == ["CLOSED"]
    again = await department.ask(APPROVE, input=to("OPEN", park, 4))
    assert again["park"]["state"] == "OPEN"
    assert codes(await department.ask(APPROVE, input=to("CLOSED", park, 5))) == [
        "ILLEGAL_TRANSITION"
    ]


async def test_a_rejected_park_stays_so(make: Make, enter: Enter) -> None:
    department = await bureau(enter)
    park = await make.park(state="PROPOSED")
    rejected = await department.ask(APPROVE, input=to("REJECTED", park, note="No specialty."))
    assert rejected["park"]["state"] == "REJECTED"
    late = await department.ask(APPROVE, input=to("APPROVED", park, 2))
    assert codes(late) == ["ILLEGAL_TRANSITION"]
    assert late["userErrors"][0]["details"] == {"state": "REJECTED", "available": []}
    assert codes(await department.ask(APPROVE, input=to("OPEN", park, 2, note="x" * 501))) == [
        "INVALID"
    ]


async def test_what_no_park_can_be(make: Make, enter: Enter) -> None:
    department = await bureau(enter)
    taken = await make.park()

    async def told(**values: Any) -> list[tuple[str, list[str]]]:
        answer = await department.ask(REGISTER, input=await proposal(make, **values))
        return [(error["code"], error["field"]) for error in answer["userErrors"]]

    nobody = "00000000-0000-0000-0000-000000000001"
    assert await told(code=taken["code"]) == [("INVALID", ["code"])]
    assert await told(code="") == [("INVALID", ["code"])]
    assert await told(specialties=[]) == [("INVALID", ["kind"])]
    assert await told(zoneId=None) == [("INVALID", ["kind"])]
    assert await told(nameZh=" ") == [("INVALID", ["nameZh"])]
    assert await told(latitude="31.9") == [("INVALID", ["latitude"])]
    assert await told(latitude="91") == [("INVALID", ["latitude"])]
    assert await told(zoneId=f"Zone:{nobody}") == [("NOT_FOUND", ["zoneId"])]
    assert await told(division="999999") == [("NOT_FOUND", ["division"])]
    assert await told(operatorId=f"Organisation:{nobody}") == [("NOT_FOUND", ["operatorId"])]
    assert await told(kind="INCUBATOR", specialties=None, zoneId=None) == []
    assert await told(kind="ENCLAVE", zoneId=None, specialties=[]) == []


async def test_an_operator_changes_her_own_parks_only(make: Make, enter: Enter) -> None:
    mine, foreign = await make.park(), await make.park()
    own = await operator(enter, mine)
    changed = await own.ask(
        UPDATE,
        input={"id": the_id("Park", mine), "expectedVersion": 1, "address": "新路 1 号"},
    )
    assert changed["park"]["address"] == "新路 1 号"
    assert changed["park"]["nameZh"] == mine["name_zh"]
    theirs = {"id": the_id("Park", foreign), "expectedVersion": 1, "address": "x"}
    assert codes(await own.ask(UPDATE, input=theirs)) == ["OUT_OF_BOUNDS"]
    assert codes(await own.ask(MOVE, input=to("CLOSED", foreign))) == ["OUT_OF_BOUNDS"]
    stale = {"id": the_id("Park", mine), "expectedVersion": 1, "address": "y"}
    assert codes(await own.ask(UPDATE, input=stale)) == ["CONFLICT"]
    assert codes(await own.ask(REGISTER, input=await proposal(make))) == ["OUT_OF_BOUNDS"]


async def test_a_booked_park_names_its_reservations_then_ends_them(
    make: Make, enter: Enter, suzhou: Caller, owner: asyncpg.Connection
) -> None:
    park = await make.park()
    desk = await make.workspace(park=park, seats=9)
    office = await make.workspace(park=park, whole_space=True, booking_unit="MONTH")
    team, own = await make.organisation(), await operator(enter, park)
    held = (await hold(suzhou, desk, team, 1, 2))["reservation"]
    there = await make.reservation(workspace=office, state="CHECKED_IN")
    series = (await suzhou.ask(HOLD_SERIES, input=wanted(desk, team, 5, 6)))["series"]
    long_ago = datetime.now(UTC) - timedelta(days=9)
    forgotten = await make.reservation(
        workspace=desk, since=long_ago, until=long_ago + timedelta(days=1)
    )

    refused = await own.ask(MOVE, input=to("CLOSED", park))
    assert codes(refused) == ["HAS_RESERVATIONS"]
    named = [one["id"] for one in refused["userErrors"][0]["details"]["reservations"]]
    assert (named[:2], len(named)) == ([the_id("Reservation", there), held["id"]], 7)
    assert refused["park"]["state"] == "OPEN"

    closed = await own.ask(MOVE, input=to("CLOSED", park, force=True, note="The lease ends."))
    assert closed["userErrors"] == []
    assert closed["park"]["state"] == "CLOSED"
    assert [(one["state"], one["cancelReason"]) for one in closed["reservations"]] == [
        ("COMPLETED", None),
        *[("CANCELLED", "PARK_CLOSED")] * 6,
    ]
    state = "SELECT state, version FROM park.reservation WHERE id = $1"
    assert tuple(await owner.fetchrow(state, forgotten["id"])) == ("NO_SHOW", 2)
    of_series = "SELECT state, cancel_reason FROM park.reservation_series WHERE id = $1"
    assert tuple(await owner.fetchrow(of_series, series["id"].split(":")[1])) == (
        "CANCELLED",
        "PARK_CLOSED",
    )
    changes = await owner.fetch(
        "SELECT entity, count(*) FROM ledger.change WHERE operation ="
        " (SELECT operation FROM ledger.change WHERE object = $1) GROUP BY 1 ORDER BY 1",
        park["id"],
    )
    assert [tuple(row) for row in changes] == [
        ("Park", 1),
        ("Reservation", 8),
        ("ReservationSeries", 1),
    ]
    assert codes(await hold(suzhou, desk, team, 1, 2)) == ["NOT_AVAILABLE"]
    assert codes(await move(suzhou, "confirmReservation", held)) == ["CONFLICT"]
    assert codes(await own.ask(MOVE, input=to("OPEN", park, 2))) == ["ILLEGAL_TRANSITION"]
    assert (await own.ask(MOVE, input=to("CLOSED", park)))["userErrors"] == []
