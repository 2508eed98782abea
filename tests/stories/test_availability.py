"""Stories 9 and 10: a park's system reports what is free, for many workspaces at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from tests.make import Make, Row
from tests.town import Caller, Enter, key, the_id

SET = """
mutation ($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    rows { workspaceId result version message messageZh }
    workspaces { freeSeats freeSeatsSource observedAt version }
    userErrors { code field details }
  }
}
"""
SCOPES = ("park:read", "park:write.availability")


def report(workspace: Row, free: int | None, **values: Any) -> dict[str, Any]:
    seen = values.pop("at", datetime.now(UTC))
    return {
        "workspaceId": the_id("Workspace", workspace),
        "freeSeats": free,
        "observedAt": seen.isoformat(),
        **values,
    }


async def send(caller: Caller, *rows: dict[str, Any], under: str | None = None) -> Any:
    return await caller.ask(SET, input={"idempotencyKey": under or key(), "rows": list(rows)})


async def test_each_row_is_answered_for_itself(make: Make, enter: Enter) -> None:
    """Story 9: a row of another park is out of bounds, the others are applied all the same."""
    own, foreign = await make.park(), await make.park()
    desks = await make.workspace(park=own, seats=4)
    known, full = await make.workspace(park=own, seats=4), await make.workspace(park=own, seats=2)
    elsewhere = await make.workspace(park=foreign, seats=4)
    draft = await make.workspace(park=foreign, state="DRAFT")
    operator = await enter("OPERATOR", *SCOPES, parks=[own])

    answer = await send(
        operator,
        report(desks, 3, expectedVersion=1),
        report(known, 1, expectedVersion=7),
        report(elsewhere, 1),
        report(draft, 1),
        report(full, 3),
        report(desks, 2),
    )

    assert [row["result"] for row in answer["rows"]] == [
        "APPLIED",
        "CONFLICT",
        "OUT_OF_BOUNDS",
        "NOT_FOUND",
        "INVALID",
        "INVALID",
    ]
    assert [row["version"] for row in answer["rows"]] == [2, 1, 1, None, 1, 2]
    assert answer["rows"][1]["message"] == "It has version 1, not 7."
    assert answer["rows"][4]["messageZh"] == "该场地共有 2 个座位"
    assert answer["workspaces"][0]["freeSeats"] == 3
    assert answer["workspaces"][0]["freeSeatsSource"] == "OPERATOR"
    assert answer["workspaces"][3] is None
    assert answer["userErrors"] == []


async def test_an_older_observation_changes_nothing(make: Make, enter: Enter) -> None:
    desks = await make.workspace(seats=4)
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    now = datetime.now(UTC)
    await send(operator, report(desks, 2, at=now))

    late = await send(operator, report(desks, 4, at=now - timedelta(minutes=1)))

    assert late["rows"][0]["result"] == "UNCHANGED"
    assert late["rows"][0]["version"] == 2
    assert late["workspaces"][0]["freeSeats"] == 2


async def test_a_repeat_has_one_effect_and_the_first_result(
    make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    """Story 10: the same call after a time-out."""
    desks = await make.workspace(seats=4)
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    row, under = report(desks, 1), key()

    first = await send(operator, row, under=under)
    again = await send(operator, row, under=under)

    assert first["rows"][0]["result"] == "APPLIED"
    assert again == first
    reports = "SELECT count(*) FROM park.observation WHERE workspace_id = $1"
    assert await owner.fetchval(reports, desks["id"]) == 1
    changes = "SELECT count(*) FROM ledger.change WHERE object = $1"
    assert await owner.fetchval(changes, desks["id"]) == 1

    other = await send(operator, report(desks, 2), under=under)
    [error] = other["userErrors"]
    assert error["code"] == "IDEMPOTENCY_MISMATCH"
    assert error["field"] == ["idempotencyKey"]


async def test_what_was_seen_fades_to_unknown(make: Make, enter: Enter) -> None:
    desks = await make.workspace(seats=4)
    operator = await enter("OPERATOR", *SCOPES, parks=[{"id": desks["park_id"]}])
    seen = datetime.now(UTC) - timedelta(hours=2)

    stale = await send(operator, report(desks, 1, at=seen, source="SENSOR"))

    assert stale["rows"][0]["result"] == "APPLIED"
    assert stale["workspaces"][0]["freeSeats"] is None
    assert stale["workspaces"][0]["freeSeatsSource"] is None


async def test_five_hundred_rows_cost_a_handful_of_statements(
    make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    park = await make.park()
    spaces = [await make.workspace(park=park, seats=4) for _ in range(500)]
    operator = await enter("OPERATOR", *SCOPES, parks=[park])

    answer = await send(operator, *(report(space, 1) for space in spaces))

    assert {row["result"] for row in answer["rows"]} == {"APPLIED"}
    assert [row["workspaceId"] for row in answer["rows"]] == [
        the_id("Workspace", space) for space in spaces
    ]
    changed = "SELECT count(*) FROM ledger.change WHERE object = ANY ($1)"
    assert await owner.fetchval(changed, [space["id"] for space in spaces]) == 500
    entry = await owner.fetchrow(
        "SELECT action, mutation, cardinality(objects) AS objects FROM ledger.audit_entry"
        " WHERE client = $1",
        operator.client_id,
    )
    assert entry is not None
    assert (entry["action"], entry["mutation"], entry["objects"]) == (
        "CHANGE",
        "setAvailability",
        500,
    )

    too_many = await operator.ask(
        SET,
        input={"idempotencyKey": key(), "rows": [report(space, 2) for space in [*spaces, park]]},
    )
    assert [error["code"] for error in too_many["userErrors"]] == ["INVALID"]


async def test_state_is_moved_where_it_may_be(make: Make, enter: Enter) -> None:
    park = await make.park()
    free, booked = await make.workspace(park=park), await make.workspace(park=park)
    retired = await make.workspace(park=park, state="RETIRED")
    await make.reservation(workspace=booked)
    operator = await enter("OPERATOR", *SCOPES, parks=[park])

    answer = await send(
        operator,
        report(free, 0, state="OUT_OF_SERVICE"),
        report(booked, 0, state="OUT_OF_SERVICE"),
        report(retired, 0, state="AVAILABLE"),
    )

    results = [row["result"] for row in answer["rows"]]
    assert results == ["APPLIED", "ILLEGAL_TRANSITION", "INVALID"]


async def test_without_the_scope_nothing_is_reported(
    make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    desks = await make.workspace()
    reader = await enter("OPERATOR", "park:read", parks=[{"id": desks["park_id"]}])
    sent = {"query": SET, "variables": {"input": {"idempotencyKey": key(), "rows": []}}}

    answer = await reader.http.post(
        "/graphql", json=sent, headers={"Accept": "application/graphql-response+json"}
    )

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["needs"] == "park:write.availability"
    refusal = "SELECT refused FROM ledger.audit_entry WHERE client = $1 AND action = 'REFUSAL'"
    assert await owner.fetchval(refusal, reader.client_id) == '{"code": "FORBIDDEN"}'
