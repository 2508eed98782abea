"""Story 13: an operator takes a workspace out of service although it is booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from tests.make import Make
from tests.stories.bookings import codes, hold, move
from tests.town import Caller, Enter, the_id

MOVE = """
mutation ($input: MoveWorkspaceInput!) {
  moveWorkspace(input: $input) {
    workspace { id version state availableTransitions }
    reservations { id state cancelReason cancelNote version }
    userErrors { code message messageZh nextStep details }
  }
}
"""
SCOPES = ("park:read", "park:write", "workspace:reserve", "reference:read")


async def test_a_hold_that_ran_out_stands_in_nobodys_way(
    make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    desks = await make.workspace(seats=9)
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    lapsed = await make.reservation(
        workspace=desks, state="HELD", hold_expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )

    moved = await operator.ask(
        MOVE,
        input={"id": the_id("Workspace", desks), "to": "OUT_OF_SERVICE", "expectedVersion": 1},
    )

    assert moved["userErrors"] == []
    assert moved["workspace"]["state"] == "OUT_OF_SERVICE"
    state = "SELECT state FROM park.reservation WHERE id = $1"
    assert await owner.fetchval(state, lapsed["id"]) == "HELD"


async def test_reservations_in_the_way_are_named_then_ended(
    make: Make, suzhou: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    desks, team = await make.workspace(seats=9), await make.organisation()
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    later = (await hold(suzhou, desks, team, 5, 6))["reservation"]
    sooner = (await hold(suzhou, desks, team, 1, 2))["reservation"]
    sooner = (await move(suzhou, "confirmReservation", sooner))["reservation"]
    there = await make.reservation(workspace=desks, state="CHECKED_IN")
    over = (await hold(suzhou, desks, team, 1, 2))["reservation"]
    await move(suzhou, "cancelReservation", over)
    order: dict[str, Any] = {
        "id": the_id("Workspace", desks),
        "to": "OUT_OF_SERVICE",
        "expectedVersion": 1,
    }
    in_the_way = [the_id("Reservation", there), sooner["id"], later["id"]]

    refused = await operator.ask(MOVE, input=order)

    [error] = refused["userErrors"]
    assert error["code"] == "HAS_RESERVATIONS"
    assert [named["id"] for named in error["details"]["reservations"]] == in_the_way
    assert [shown["id"] for shown in refused["reservations"]] == in_the_way
    assert refused["workspace"]["state"] == "AVAILABLE"

    done = await operator.ask(MOVE, input={**order, "force": True, "note": "The roof leaks."})

    assert done["userErrors"] == []
    assert done["workspace"]["state"] == "OUT_OF_SERVICE"
    assert done["workspace"]["availableTransitions"] == ["AVAILABLE", "RETIRED"]
    assert [
        (shown["id"], shown["state"], shown["cancelReason"], shown["cancelNote"])
        for shown in done["reservations"]
    ] == [
        (in_the_way[0], "COMPLETED", None, None),
        (in_the_way[1], "CANCELLED", "OUT_OF_SERVICE", "The roof leaks."),
        (in_the_way[2], "CANCELLED", "OUT_OF_SERVICE", "The roof leaks."),
    ]
    operation = await owner.fetchval(
        "SELECT operation FROM ledger.change WHERE object = $1", desks["id"]
    )
    changed = await owner.fetch(
        "SELECT entity, count(*) FROM ledger.change WHERE operation = $1 GROUP BY 1 ORDER BY 1",
        operation,
    )
    assert [tuple(row) for row in changed] == [("Reservation", 3), ("Workspace", 1)]
    entries = await owner.fetch(
        "SELECT entity, cardinality(objects) FROM ledger.audit_entry"
        " WHERE operation = $1 AND action = 'CHANGE' ORDER BY 1",
        operation,
    )
    assert [tuple(row) for row in entries] == [("Reservation", 3), ("Workspace", 1)]


async def test_only_legal_moves_within_bounds(make: Make, enter: Enter) -> None:
    own, foreign = await make.workspace(), await make.workspace()
    draft = await make.workspace(park=await make.park(state="PROPOSED"), state="DRAFT")
    operator = await enter(
        "OPERATOR", *SCOPES, parks=[{"id": own["park_id"]}, {"id": draft["park_id"]}]
    )

    async def moved(workspace: Any, to: str, version: int = 1) -> Any:
        order = {"id": the_id("Workspace", workspace), "to": to, "expectedVersion": version}
        return await operator.ask(MOVE, input=order)

    illegal = await moved(own, "DRAFT")
    assert codes(illegal) == ["ILLEGAL_TRANSITION"]
    assert illegal["userErrors"][0]["details"]["available"] == ["OUT_OF_SERVICE", "RETIRED"]
    assert illegal["userErrors"][0]["messageZh"] == (
        "当前状态为“可预订”,不能变为“草稿”;可选:停用、退出"
    )
    assert codes(await moved(foreign, "RETIRED")) == ["OUT_OF_BOUNDS"]
    assert codes(await moved(draft, "AVAILABLE")) == ["NOT_AVAILABLE"]
    assert (await moved(own, "AVAILABLE", 5))["workspace"]["version"] == 1
    assert codes(await moved(own, "OUT_OF_SERVICE", 5)) == ["CONFLICT"]
    order = {"id": the_id("Workspace", own), "to": "RETIRED", "expectedVersion": 1}
    assert codes(await operator.ask(MOVE, input={**order, "note": "x" * 501})) == ["INVALID"]
    assert (await moved(own, "RETIRED"))["workspace"]["state"] == "RETIRED"
    assert codes(await moved(own, "AVAILABLE", 2)) == ["ILLEGAL_TRANSITION"]


async def test_out_of_service_takes_no_reservation(
    make: Make, suzhou: Caller, enter: Enter
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    order = {"id": the_id("Workspace", desks), "to": "OUT_OF_SERVICE", "expectedVersion": 1}
    await operator.ask(MOVE, input=order)
    refused = await hold(suzhou, desks, team, 0, 1)
    assert codes(refused) == ["NOT_AVAILABLE"]
    assert refused["userErrors"][0]["details"] == {"workspace": "OUT_OF_SERVICE", "park": "OPEN"}
