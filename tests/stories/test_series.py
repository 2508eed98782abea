"""A team books a room again and again; what does not fit is skipped and told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg

from tests.make import Make, Row
from tests.stories.bookings import at, codes, hold, move
from tests.stories.test_hours import on
from tests.town import Caller, Enter, key, the_id

HOLD_SERIES = """
mutation ($input: HoldSeriesInput!) {
  holdSeries(input: $input) {
    series { id version state rrule occurrences from until availableTransitions
      reservations(first: 100) { totalCount } }
    reservations { id version state from }
    skipped { from until reason }
    userErrors { code messageZh field nextStep details }
  }
}
"""
PARTS = """
    series { id version state cancelReason cancelNote }
    reservations { id state cancelReason }
    userErrors { code field details }
"""
CONFIRM = f"mutation ($input: SeriesInput!) {{ confirmSeries(input: $input) {{ {PARTS} }} }}"
CANCEL = f"mutation ($input: CancelSeriesInput!) {{ cancelSeries(input: $input) {{ {PARTS} }} }}"
DAILY = {"frequency": "DAILY", "count": 5}


def wanted(space: Row, team: Row, first: float = 0, last: float = 1, **values: Any) -> Any:
    """Five days, an hour each."""
    return {
        "workspaceId": the_id("Workspace", space),
        "from": at(first).isoformat(),
        "to": at(last).isoformat(),
        "seats": 1,
        "holder": {"organisationId": the_id("Organisation", team)},
        "repeat": DAILY,
        "idempotencyKey": key(),
        **values,
    }


def named(series: Any, **values: Any) -> dict[str, Any]:
    return {"id": series["id"], "expectedVersion": series["version"], **values}


async def test_days_that_are_taken_or_closed_are_skipped_and_told(
    make: Make, suzhou: Caller
) -> None:
    room = await make.workspace(booking_unit="HOUR", whole_space=True, seats=6)
    team = await make.organisation()
    await make.opening_hours(room, "MO", "TU", "WE", "TH", "FR", opens="08:00", closes="18:00")
    await make.reservation(
        workspace=room,
        since=datetime.fromisoformat(on(2, 9.5)),
        until=datetime.fromisoformat(on(2, 11)),
    )
    rule = {"frequency": "DAILY", "interval": 1, "until": on(8, 0)[:10]}
    asked = {**wanted(room, team, repeat=rule), "from": on(1, 9), "to": on(1, 10)}

    held = await suzhou.ask(HOLD_SERIES, input=asked)

    assert held["userErrors"] == []
    assert [one["from"] for one in held["reservations"]] == [on(day, 9) for day in (1, 3, 4, 7, 8)]
    assert held["skipped"] == [
        {"from": on(2, 9), "until": on(2, 10), "reason": "SLOT_TAKEN"},
        {"from": on(5, 9), "until": on(5, 10), "reason": "OUTSIDE_HOURS"},
        {"from": on(6, 9), "until": on(6, 10), "reason": "OUTSIDE_HOURS"},
    ]
    series = held["series"]
    assert (series["state"], series["occurrences"]) == ("HELD", 8)
    assert series["rrule"].startswith("FREQ=DAILY;INTERVAL=1;UNTIL=")
    assert series["reservations"]["totalCount"] == 5
    assert series["availableTransitions"] == ["CONFIRMED", "CANCELLED", "EXPIRED"]
    assert await suzhou.ask(HOLD_SERIES, input=asked) == held


async def test_by_the_seat_each_day_counts_for_itself(make: Make, suzhou: Caller) -> None:
    desks, team = await make.workspace(seats=3), await make.organisation()
    await hold(suzhou, desks, team, 24, 25, seats=2)
    held = await suzhou.ask(HOLD_SERIES, input=wanted(desks, team, seats=2))
    assert [datetime.fromisoformat(one["from"]) for one in held["skipped"]] == [at(24)]
    assert len(held["reservations"]) == 4


async def test_where_nothing_fits_it_is_refused(
    make: Make, suzhou: Caller, owner: asyncpg.Connection
) -> None:
    desk, team = await make.workspace(), await make.organisation()
    await make.reservation(workspace=desk)
    refused = await suzhou.ask(HOLD_SERIES, input=wanted(desk, team))
    assert codes(refused) == ["SLOT_TAKEN"]
    assert refused["series"] is None
    kept = "SELECT count(*) FROM park.reservation_series WHERE workspace_id = $1"
    assert await owner.fetchval(kept, desk["id"]) == 0


async def test_all_are_confirmed_then_what_lies_ahead_is_cancelled(
    make: Make, suzhou: Caller, shanghai: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    desk, team = await make.workspace(), await make.organisation()
    held = await suzhou.ask(HOLD_SERIES, input=wanted(desk, team))
    series, one = held["series"], held["reservations"][1]
    await move(suzhou, "cancelReservation", one)
    assert codes(await shanghai.ask(CONFIRM, input=named(series))) == ["NOT_FOUND"]
    assert codes(await suzhou.ask(CONFIRM, input={**named(series), "expectedVersion": 5})) == [
        "CONFLICT"
    ]

    confirmed = await suzhou.ask(CONFIRM, input=named(series))
    assert confirmed["series"]["state"] == "CONFIRMED"
    assert len(confirmed["reservations"]) == 4
    again = await suzhou.ask(CONFIRM, input=named(series))
    assert (again["series"]["version"], again["reservations"]) == (2, [])

    await owner.execute(
        "UPDATE park.reservation SET period = tstzrange(now() - interval '1 hour', upper(period))"
        " WHERE id = $1",
        held["reservations"][0]["id"].split(":")[1],
    )
    operator = await enter("OPERATOR", "workspace:reserve", parks=[{"id": desk["park_id"]}])
    said = named(confirmed["series"], note="The team moves.")
    cancelled = await operator.ask(CANCEL, input=said)
    assert cancelled["series"]["state"] == "CANCELLED"
    assert cancelled["series"]["cancelNote"] == "The team moves."
    assert {one["cancelReason"] for one in cancelled["reservations"]} == {"OPERATOR"}
    assert len(cancelled["reservations"]) == 3
    assert (await operator.ask(CANCEL, input=said))["userErrors"] == []
    late = await suzhou.ask(CONFIRM, input=named(cancelled["series"]))
    assert codes(late) == ["ILLEGAL_TRANSITION"]
    too_much = named(cancelled["series"], note="x" * 501)
    assert codes(await suzhou.ask(CANCEL, input=too_much)) == ["INVALID"]


async def test_a_series_whose_holds_ran_out_is_not_confirmed(
    make: Make, suzhou: Caller, owner: asyncpg.Connection
) -> None:
    desk, team = await make.workspace(), await make.organisation()
    series = (await suzhou.ask(HOLD_SERIES, input=wanted(desk, team)))["series"]
    for table in ("reservation_series", "reservation"):
        await owner.execute(
            f"UPDATE park.{table} SET hold_expires_at = now() WHERE workspace_id = $1", desk["id"]
        )
    assert codes(await suzhou.ask(CONFIRM, input=named(series))) == ["ILLEGAL_TRANSITION"]
    again = await suzhou.ask(HOLD_SERIES, input=wanted(desk, team))
    assert (len(again["reservations"]), again["skipped"]) == (5, [])


async def test_requests_that_cannot_be(make: Make, suzhou: Caller, enter: Enter) -> None:
    desk, team = await make.workspace(), await make.organisation()
    closed = await make.workspace(park=await make.park(state="SUSPENDED"))
    stranger = await enter("OPERATOR", "workspace:reserve", "park:read", parks=[await make.park()])

    async def told(space: Row = desk, **values: Any) -> list[str]:
        return codes(await suzhou.ask(HOLD_SERIES, input=wanted(space, team, **values)))

    assert await told(seats=2) == ["INVALID"]
    assert await told(repeat={"frequency": "DAILY"}) == ["INVALID"]
    assert await told(repeat={"frequency": "WEEKLY", "count": 90}) == ["INVALID"]
    assert await told(holder={}) == ["INVALID"]
    assert await told(closed) == ["NOT_AVAILABLE"]
    assert await told(first=24 * 1000, last=24 * 1000 + 1) == []
    nobody = {"organisationId": "Organisation:00000000-0000-0000-0000-000000000001"}
    assert await told(holder=nobody) == ["NOT_FOUND"]
    foreign = await stranger.ask(HOLD_SERIES, input=wanted(desk, team))
    assert codes(foreign) == ["OUT_OF_BOUNDS"]


async def test_a_person_s_series_is_hers(make: Make, enter: Enter) -> None:
    desk, herself = await make.workspace(), await make.talent()
    app = await enter("TALENT", "workspace:reserve", "talent:read.basic", talent=herself)
    asked = wanted(desk, herself, holder={"talentId": the_id("Talent", herself)})
    held = await app.ask(HOLD_SERIES, input=asked)
    assert len(held["reservations"]) == 5
    begins = [datetime.fromisoformat(one["from"]) for one in (held["series"], asked)]
    assert begins[0] == begins[1]
