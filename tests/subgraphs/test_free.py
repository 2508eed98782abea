"""What is free: seats now, and workspaces in a period."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest

from hub.kit.errors import BadUserInput
from tests.make import Make, Row
from tests.subgraphs.conftest import (
    HOUR,
    NINE,
    SUZHOU,
    Ask,
    department,
    hours,
    nodes,
    operator,
    partner,
    whole,
)

CITY = timezone(timedelta(hours=8))

# Free seats, by the database's clock

FREE = "query($id: ID!){workspace(id: $id){freeSeats}}"


async def free_seats(ask: Ask, workspace: Row) -> int | None:
    data = await ask(department(), FREE, id=f"Workspace:{workspace['id']}")
    free: int | None = data["workspace"]["freeSeats"]
    return free


async def test_free_seats_are_what_nobody_takes_now(make: Make, ask: Ask) -> None:
    desks = await make.workspace(seats=10)
    assert await free_seats(ask, desks) == 10
    await make.reservation(workspace=desks, seats=3)
    await make.reservation(workspace=desks, seats=2, state="CHECKED_IN")
    await make.reservation(workspace=desks, seats=5, state="CANCELLED")
    await make.reservation(workspace=desks, seats=4, **hours(0, 100_000))
    assert await free_seats(ask, desks) == 5


async def test_whole_space_is_taken_whole(make: Make, ask: Ask) -> None:
    room = await whole(make)
    await make.reservation(workspace=room, seats=1)
    assert await free_seats(ask, room) == 0


async def test_free_seats_of_what_is_not_available_are_unknown(make: Make, ask: Ask) -> None:
    assert await free_seats(ask, await make.workspace(state="OUT_OF_SERVICE")) is None


async def test_hold_takes_seats_until_it_runs_out(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    desks = await make.workspace(seats=2)
    expires = await connection.fetchval("SELECT now() + interval '15 minutes'")
    await make.reservation(workspace=desks, state="HELD", hold_expires_at=expires)
    assert await free_seats(ask, desks) == 1
    await connection.execute("SET LOCAL hub.clock_shift = '15 minutes'")
    assert await free_seats(ask, desks) == 2


# Which spaces are free in a period

DURING = """
    query($from: DateTime!, $until: DateTime!) {
      workspaces(first: 20, during: {from: $from, until: $until}, orderBy: [CODE_ASC]) {
        totalCount edges { node { code } }
      }
    }
"""


async def free_between(ask: Ask, first: int, last: int) -> list[str]:
    start, end = NINE + first * HOUR, NINE + last * HOUR
    data = await ask(department(), DURING, **{"from": start.isoformat(), "until": end.isoformat()})
    codes: list[str] = nodes(data["workspaces"], "code")
    assert data["workspaces"]["totalCount"] == len(codes)
    return codes


async def test_workspaces_that_nobody_holds_in_a_period(make: Make, ask: Ask) -> None:
    room = await whole(make, code="room")
    await make.workspace(code="desk")
    await make.workspace(code="broken", state="OUT_OF_SERVICE")
    await make.reservation(workspace=room, **hours(1, 2))
    assert await free_between(ask, 0, 1) == ["desk", "room"]
    assert await free_between(ask, 0, 2) == ["desk"]
    assert await free_between(ask, 2, 3) == ["desk", "room"]


async def test_period_that_runs_backwards_overlaps_nothing(make: Make, ask: Ask) -> None:
    room = await whole(make, code="room")
    await make.reservation(workspace=room, **hours(1, 2))
    assert await free_between(ask, 3, 0) == ["room"]


async def test_hold_that_ran_out_does_not_count(make: Make, ask: Ask) -> None:
    room = await whole(make, code="room")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    await make.reservation(workspace=room, state="HELD", hold_expires_at=long_ago, **hours(0, 2))
    assert await free_between(ask, 0, 2) == ["room"]


@pytest.mark.parametrize(("free", "codes"), [(True, ["gift"]), (False, ["dear"])])
async def test_free_of_charge(make: Make, ask: Ask, free: bool, codes: list[str]) -> None:
    await make.workspace(code="gift", price_fen=0)
    await make.workspace(code="dear", price_fen=5_000_000_000)
    document = "query($f: Boolean){workspaces(first: 9, freeOfCharge: $f){edges{node{code}}}}"
    assert nodes((await ask(department(), document, f=free))["workspaces"], "code") == codes
    everything = (await ask(department(), document))["workspaces"]
    assert nodes(everything, "code") == ["gift", "dear"]


# Where so many seats are free for so long

SEARCH = """
    query($search: FreeWindowSearch!, $division: String, $first: Int!) {
      workspaces(
        first: 20, withFreeWindow: $search, division: $division, freeOfCharge: true,
        orderBy: [CODE_ASC]
      ) {
        totalCount edges { node { code freeWindows(search: $search, first: $first) {
          from until length: __typename } } }
      }
    }
"""


async def searched(ask: Ask, seats: int, days: int, **values: Any) -> Any:
    """What is found in the thirty days from NINE's midnight on, by code."""
    start = NINE - 9 * HOUR
    during = {"from": start.isoformat(), "until": (start + timedelta(days=30)).isoformat()}
    search = {"seats": seats, "length": f"P{days}D", "during": during}
    data = await ask(partner(SUZHOU), SEARCH, search=search, first=3, **values)
    found = {edge["node"]["code"]: edge["node"] for edge in data["workspaces"]["edges"]}
    assert data["workspaces"]["totalCount"] == len(found)
    return {
        code: [
            tuple((datetime.fromisoformat(one[end]) - start) // HOUR for end in ("from", "until"))
            for one in node["freeWindows"]
        ]
        for code, node in found.items()
    }


async def test_twelve_seats_for_three_days_free_of_charge_in_a_division(
    make: Make, ask: Ask
) -> None:
    near = await make.park(division_code="320613")
    far = await make.park(division_code="320614")
    hall = await make.workspace(code="hall", park=near, seats=20)
    await make.reservation(workspace=hall, seats=9, **hours(0, 48))
    await make.reservation(workspace=hall, seats=5, **hours(0, 500))
    await make.workspace(code="dear", park=near, seats=20, price_fen=1)
    await make.workspace(code="small", park=near, seats=11)
    await make.workspace(code="far", park=far, seats=12)
    lab = await make.workspace(code="lab", park=near, seats=12, whole_space=True)
    for start in range(0, 720, 60):
        await make.reservation(workspace=lab, **hours(start, start + 1))
    await make.workspace(code="broken", park=near, seats=12, state="OUT_OF_SERVICE")

    assert await searched(ask, 12, 3, division="320613") == {"hall": [(57, 720)]}
    assert await searched(ask, 12, 2, division="320600") == {
        "far": [(0, 720)],
        "hall": [(57, 720)],
        "lab": [(10, 69), (70, 129), (130, 189)],
    }
    assert await searched(ask, 12, 3, division="310000") == {}
    assert await searched(ask, 12, 3, division="") == {}
    assert await searched(ask, 21, 1) == {}


async def test_windows_keep_to_hours_and_blocks(make: Make, ask: Ask) -> None:
    desk = await make.workspace(code="desk", seats=2)
    await make.opening_hours(desk, "MO", "TU", "WE", "TH", "FR")
    await make.block(workspace=desk, **hours(47, 63))
    # NINE's day is a Tuesday: three and a half days of its week are left, but for the block.
    found = await searched(ask, 2, 1)
    assert found["desk"] == [(0, 56), (72, 96), (144, 264)]


async def test_windows_of_a_search_that_runs_backwards_or_is_endless(make: Make, ask: Ask) -> None:
    desk = await make.workspace(code="desk")
    document = """
        query($id: ID!, $search: FreeWindowSearch!) {
          workspace(id: $id) { freeWindows(search: $search, first: 9) { from until } }
        }
    """

    async def found(start: str, until: str) -> Any:
        search = {"seats": 1, "length": "PT1H", "during": {"from": start, "until": until}}
        asked = await ask(department(), document, id=f"Workspace:{desk['id']}", search=search)
        return asked["workspace"]["freeWindows"]

    early, late = "2026-01-01T00:00:00+08:00", "2400-01-01T00:00:00+08:00"
    assert await found(late, early) == []
    assert await found(early, late) == [{"from": early, "until": "2027-01-02T00:00:00+08:00"}]


async def test_windows_stand_wherever_a_workspace_does(make: Make, ask: Ask) -> None:
    desk = await make.workspace(code="desk")
    booked = await make.reservation(workspace=desk, **hours(1, 2))
    document = """
        query($desk: ID!, $booked: ID!, $s: FreeWindowSearch!, $no: Boolean!) {
          node(id: $desk) { ... on Workspace { ...Windows } }
          reservation(id: $booked) { workspace { ...Windows } }
          parks(first: 1) { edges { node {
            workspaces(first: 1) { edges { node { ...Windows } } }
          } } }
        }
        fragment Windows on Workspace {
          slots: freeWindows(search: $s, first: 5) { until }
          slots: freeWindows(search: $s, first: 5) { start: from __typename @include(if: $no) }
          none: freeWindows(search: $s, first: 5) @include(if: $no) { until }
        }
    """
    search = {
        "seats": 1,
        "length": "PT1H",
        "during": {"from": NINE.isoformat(), "until": (NINE + 3 * HOUR).isoformat()},
    }
    keys = {"desk": f"Workspace:{desk['id']}", "booked": f"Reservation:{booked['id']}"}
    found = await ask(operator(desk["park_id"]), document, s=search, no=False, **keys)
    first, last = NINE.astimezone(CITY), (NINE + 2 * HOUR).astimezone(CITY)
    expected = {
        "slots": [
            {"until": (first + HOUR).isoformat(), "start": first.isoformat()},
            {"until": (last + HOUR).isoformat(), "start": last.isoformat()},
        ]
    }
    assert found["node"] == expected
    assert found["reservation"]["workspace"] == expected
    [[space]] = [edge["node"]["workspaces"]["edges"] for edge in found["parks"]["edges"]]
    assert space["node"] == expected


async def test_a_period_of_millennia_is_soon_told(make: Make, ask: Ask) -> None:
    """Hours are laid out for a year: who keeps them is not open for longer."""
    await make.workspace(code="always")
    await make.opening_hours(await make.workspace(code="daily"), "MO", "TU", "WE", "TH", "FR")
    ever = {"from": "0003-01-01T00:00:00+08:00", "until": "9990-01-01T00:00:00+08:00"}
    begun = time.monotonic()
    found = await ask(department(), DURING, **ever)
    assert nodes(found["workspaces"], "code") == ["always"]
    assert time.monotonic() - begun < 2


async def test_windows_of_a_hundred_at_most(ask: Ask) -> None:
    document = """
        query($at: DateTime!) {
          workspaces(first: 1) { edges { node {
            freeWindows(
              search: {seats: 1, length: "PT1H", during: {from: $at, until: $at}}, first: 101
            ) { from }
          } } }
        }
    """
    with pytest.raises(BadUserInput):
        await ask(department(), document, at=NINE.isoformat())
