"""What is free: seats now, and workspaces in a period."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from tests.make import Make, Row
from tests.subgraphs.conftest import HOUR, NINE, Ask, department, hours, nodes, whole

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
