"""A park keeps opening hours and closes workspaces for a time; who books is told when she can."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg

from tests.make import Make, Row
from tests.stories.bookings import HOLD, at, codes, hold, move, request
from tests.town import Caller, Enter, key, the_id

SCOPES = ("park:read", "park:write", "workspace:reserve", "reference:read")
WEEK = ("MO", "TU", "WE", "TH", "FR")
CITY = timezone(timedelta(hours=8))
SET = """
mutation ($input: SetOpeningHoursInput!) {
  setOpeningHours(input: $input) {
    workspace { version keepsHours openingHours(first: 20) {
      edges { node { weekday opensAt closesAt } } } }
    reservations { id state cancelReason cancelNote }
    userErrors { code messageZh field nextStep details }
  }
}
"""
BLOCK = """
mutation ($input: BlockWorkspaceInput!) {
  blockWorkspace(input: $input) {
    block { id version state reason note from until availableTransitions }
    reservations { id state cancelReason }
    userErrors { code messageZh field details }
  }
}
"""
LIFT = """
mutation ($input: LiftBlockInput!) {
  liftBlock(input: $input) { block { version state } userErrors { code } }
}
"""


def next_monday() -> datetime:
    """Midnight in the city of a Monday, a week from now or later."""
    today = datetime.now(CITY).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


def on(day: int, hour: float) -> str:
    """A day of that week and an hour of it, as the API writes it."""
    return (next_monday() + timedelta(days=day, hours=hour)).isoformat()


def week(opens: str, closes: str, *weekdays: str) -> list[dict[str, str]]:
    return [
        {"weekday": weekday, "opensAt": opens, "closesAt": closes} for weekday in weekdays or WEEK
    ]


async def operator_of(enter: Enter, space: Row) -> Caller:
    return await enter("OPERATOR", *SCOPES, parks=[{"id": space["park_id"]}])


def order(space: Row, version: int, **values: Any) -> dict[str, Any]:
    return {"workspaceId": the_id("Workspace", space), "expectedVersion": version, **values}


async def hold_on(caller: Caller, space: Row, team: Row, *period: str) -> Any:
    wanted = {**request(space, team, 0, 1), "from": period[0], "to": period[1]}
    return await caller.ask(HOLD, input=wanted)


async def test_outside_its_hours_a_room_is_refused_with_the_next_windows(
    make: Make, suzhou: Caller, enter: Enter
) -> None:
    room = await make.workspace(kind="MEETING_ROOM", booking_unit="HOUR", seats=8)
    team, operator = await make.organisation(), await operator_of(enter, room)
    kept = await operator.ask(SET, input=order(room, 1, hours=week("08:30", "18:00")))
    assert kept["userErrors"] == []
    assert (kept["workspace"]["version"], kept["workspace"]["keepsHours"]) == (2, True)
    assert len(kept["workspace"]["openingHours"]["edges"]) == 5

    within = await hold_on(suzhou, room, team, on(0, 8.5), on(0, 18))
    refused = await hold_on(suzhou, room, team, on(4, 17), on(4, 19))

    assert codes(within) == []
    [error] = refused["userErrors"]
    assert (error["code"], error["messageZh"]) == ("OUTSIDE_HOURS", "该时间段内场地不开放")
    assert error["details"]["closed"] == [{"from": on(4, 18), "to": on(4, 19)}]
    assert error["details"]["nextFree"] == [
        {"from": on(7, 8.5), "to": on(7, 18)},
        {"from": on(8, 8.5), "to": on(8, 18)},
        {"from": on(9, 8.5), "to": on(9, 18)},
    ]


async def test_by_the_day_a_desk_is_kept_over_night_but_not_over_a_closed_day(
    make: Make, suzhou: Caller
) -> None:
    desk, team = await make.workspace(booking_unit="DAY"), await make.organisation()
    await make.opening_hours(desk, *WEEK)
    assert codes(await hold_on(suzhou, desk, team, on(0, 9), on(2, 18))) == []
    assert codes(await hold_on(suzhou, desk, team, on(4, 9), on(7, 18))) == ["OUTSIDE_HOURS"]


async def test_who_rents_by_the_month_has_the_key(make: Make, suzhou: Caller) -> None:
    office = await make.workspace(booking_unit="MONTH", whole_space=True)
    team = await make.organisation()
    await make.opening_hours(office, *WEEK)
    assert codes(await hold_on(suzhou, office, team, on(0, 0), on(30, 0))) == []


async def test_a_block_closes_even_that(make: Make, suzhou: Caller, enter: Enter) -> None:
    office = await make.workspace(booking_unit="MONTH", whole_space=True)
    team, operator = await make.organisation(), await operator_of(enter, office)
    wanted = {
        "workspaceId": the_id("Workspace", office),
        "from": on(1, 0),
        "to": on(2, 0),
        "reason": "MAINTENANCE",
        "note": "New wiring.",
        "idempotencyKey": key(),
    }
    set_ = await operator.ask(BLOCK, input=wanted)
    assert set_["userErrors"] == []
    assert set_["block"]["availableTransitions"] == ["LIFTED"]
    assert (set_["block"]["from"], set_["block"]["until"]) == (on(1, 0), on(2, 0))
    assert await operator.ask(BLOCK, input=wanted) == set_

    refused = await hold_on(suzhou, office, team, on(0, 0), on(5, 0))
    assert codes(refused) == ["OUTSIDE_HOURS"]
    assert refused["userErrors"][0]["details"]["closed"] == [{"from": on(1, 0), "to": on(2, 0)}]

    lift = {"id": set_["block"]["id"], "expectedVersion": 1}
    assert (await operator.ask(LIFT, input=lift))["block"] == {"version": 2, "state": "LIFTED"}
    assert (await operator.ask(LIFT, input=lift))["block"] == {"version": 2, "state": "LIFTED"}
    assert codes(await hold_on(suzhou, office, team, on(0, 0), on(5, 0))) == []


async def test_what_was_booked_is_named_then_ended(
    make: Make, suzhou: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    room = await make.workspace(booking_unit="HOUR", seats=9)
    team, operator = await make.organisation(), await operator_of(enter, room)
    early = (await hold_on(suzhou, room, team, on(0, 7), on(0, 9)))["reservation"]
    noon = (await hold_on(suzhou, room, team, on(0, 11), on(0, 13)))["reservation"]
    hours = order(room, 1, hours=week("09:00", "18:00"))

    refused = await operator.ask(SET, input=hours)
    assert codes(refused) == ["HAS_RESERVATIONS"]
    assert [one["id"] for one in refused["reservations"]] == [early["id"]]
    assert [one["id"] for one in refused["userErrors"][0]["details"]["reservations"]] == [
        early["id"]
    ]
    forced = await operator.ask(SET, input={**hours, "force": True, "note": "Later opening."})
    assert forced["reservations"] == [
        {
            "id": early["id"],
            "state": "CANCELLED",
            "cancelReason": "CLOSED",
            "cancelNote": "Later opening.",
        }
    ]
    block = {
        "workspaceId": the_id("Workspace", room),
        "from": on(0, 0),
        "to": on(1, 0),
        "reason": "EVENT",
        "idempotencyKey": key(),
    }
    assert codes(await operator.ask(BLOCK, input=block)) == ["HAS_RESERVATIONS"]
    closed = await operator.ask(BLOCK, input={**block, "force": True})
    assert [one["id"] for one in closed["reservations"]] == [noon["id"]]
    changes = "SELECT count(*) FROM ledger.change WHERE object = $1"
    assert await owner.fetchval(changes, noon["id"].split(":")[1]) == 2


async def test_only_within_bounds_in_the_right_version_and_form(make: Make, enter: Enter) -> None:
    room, foreign = await make.workspace(), await make.workspace()
    operator = await operator_of(enter, room)
    good = week("08:00", "18:00")

    async def told(space: Row, version: int, hours: Any, **values: Any) -> list[str]:
        return codes(await operator.ask(SET, input=order(space, version, hours=hours, **values)))

    assert await told(foreign, 1, good) == ["OUT_OF_BOUNDS"]
    assert await told(room, 7, good) == ["CONFLICT"]
    assert await told(room, 1, week("8:00", "18:00")) == ["INVALID"]
    assert await told(room, 1, week("18:00", "08:00")) == ["INVALID"]
    assert await told(room, 1, week("18:00", "24:30")) == ["INVALID"]
    assert await told(room, 1, good * 6) == ["INVALID"]
    assert await told(room, 1, good, note="x" * 501) == ["INVALID"]
    assert await told(room, 1, week("00:00", "24:00", "SU")) == []
    assert await told(room, 2, []) == []
    block = {
        "workspaceId": the_id("Workspace", foreign),
        "from": on(0, 0),
        "to": on(1, 0),
        "reason": "OTHER",
        "idempotencyKey": key(),
    }
    assert codes(await operator.ask(BLOCK, input=block)) == ["OUT_OF_BOUNDS"]
    own = {**block, "workspaceId": the_id("Workspace", room)}
    backwards = {**own, "to": on(-1, 0)}
    long_ago = {**own, "from": at(-99).isoformat(), "to": at(-98).isoformat()}
    for wrong in (backwards, long_ago, {**own, "to": on(900, 0)}):
        assert codes(await operator.ask(BLOCK, input=wrong)) == ["INVALID"]


async def test_a_reservation_made_before_may_go_on(make: Make, suzhou: Caller) -> None:
    """Hours bind who comes; who was there before is confirmed and cancelled as ever."""
    room, team = await make.workspace(booking_unit="HOUR"), await make.organisation()
    held = (await hold(suzhou, room, team, 0, 1))["reservation"]
    await make.block(workspace=room, since=datetime.now(UTC))
    confirmed = await move(suzhou, "confirmReservation", held)
    assert confirmed["reservation"]["state"] == "CONFIRMED"
