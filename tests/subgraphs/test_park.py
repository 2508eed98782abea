"""Parks, workspaces, reservations: what cannot be stored, and who sees what."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.model.access import Grant
from tests.make import Make, Row
from tests.subgraphs.conftest import (
    HOUR,
    NINE,
    SHANGHAI,
    SUZHOU,
    Ask,
    department,
    hours,
    internal,
    nodes,
    operator,
    partner,
    talent,
    whole,
)

# What cannot be stored


@pytest.mark.parametrize("state", ["HELD", "CONFIRMED", "CHECKED_IN"])
async def test_overlap_in_a_whole_space_is_refused(make: Make, state: str) -> None:
    room = await whole(make)
    await make.reservation(workspace=room, **hours(0, 2))
    with pytest.raises(asyncpg.ExclusionViolationError, match="whole_space"):
        await make.reservation(workspace=room, state=state, hold_expires_at=NINE, **hours(1, 3))


async def test_reservations_that_touch_do_not_overlap(make: Make) -> None:
    room = await whole(make)
    await make.reservation(workspace=room, **hours(0, 1))
    await make.reservation(workspace=room, **hours(1, 2))


@pytest.mark.parametrize("state", ["CANCELLED", "EXPIRED", "NO_SHOW", "COMPLETED"])
async def test_what_is_over_does_not_block(make: Make, state: str) -> None:
    room = await whole(make)
    await make.reservation(workspace=room, state=state, **hours(0, 2))
    await make.reservation(workspace=room, **hours(0, 2))


async def test_seats_may_be_held_at_the_same_time(make: Make) -> None:
    desks = await make.workspace(seats=4)
    await make.reservation(workspace=desks, **hours(0, 2))
    await make.reservation(workspace=desks, **hours(1, 3))


async def test_space_with_overlaps_cannot_become_whole(
    connection: asyncpg.Connection, make: Make
) -> None:
    desks = await make.workspace(seats=4)
    await make.reservation(workspace=desks, **hours(0, 2))
    await make.reservation(workspace=desks, **hours(1, 3))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute(
            "UPDATE park.workspace SET whole_space = true WHERE id = $1", desks["id"]
        )


async def test_reservation_names_the_park_of_its_workspace(make: Make) -> None:
    desks, elsewhere = await make.workspace(), await make.park()
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="copies_of_workspace"):
        await make.reservation(workspace=desks, park_id=elsewhere["id"])


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"seats": 0}, "seats_positive"),
        ({"state": "HELD"}, "hold_expires"),
        ({"holder_organisation_id": None}, "one_holder"),
        ({"period": asyncpg.Range(NINE, None)}, "period_half_open"),
        ({"period": asyncpg.Range(NINE, NINE)}, "period_half_open"),
        ({"period": asyncpg.Range(NINE, NINE + HOUR, upper_inc=True)}, "period_half_open"),
    ],
)
async def test_wrong_reservation_is_refused(make: Make, wrong: dict[str, Any], rule: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await make.reservation(**wrong)
    assert raised.value.constraint_name == f"ck_reservation_{rule}"


@pytest.mark.parametrize("state", ["PROPOSED", "REJECTED"])
async def test_workspace_is_not_offered_before_its_park_is_approved(make: Make, state: str) -> None:
    park = await make.park(state=state)
    await make.workspace(park=park, state="DRAFT")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="published_park"):
        await make.workspace(park=park, state="AVAILABLE")


async def test_park_with_offered_workspaces_stays_published(
    connection: asyncpg.Connection, make: Make
) -> None:
    desk = await make.workspace()
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="published_park"):
        await connection.execute(
            "UPDATE park.park SET state = 'PROPOSED' WHERE id = $1", desk["park_id"]
        )


@pytest.mark.parametrize("values", [{"specialties": ["新材料"]}, {"zone_id": "netda"}])
async def test_returnee_park_needs_zone_and_specialty(
    connection: asyncpg.Connection, make: Make, values: dict[str, Any]
) -> None:
    if "zone_id" in values:
        zone = "SELECT id FROM park.zone WHERE key = 'netda'"
        values = {"zone_id": await connection.fetchval(zone)}
    with pytest.raises(asyncpg.CheckViolationError, match="zone_and_specialty"):
        await make.park(kind="RETURNEE_PARK", **values)


async def test_door_code_is_unique_in_its_park_only(make: Make) -> None:
    desk = await make.workspace(code="A-1")
    await make.workspace(code="A-1")
    with pytest.raises(asyncpg.UniqueViolationError):
        await make.workspace(code="A-1", park_id=desk["park_id"])


# Who sees what


async def test_unpublished_park_is_seen_by_its_operator_and_departments(
    make: Make, ask: Ask
) -> None:
    park = await make.park(code="HIDDEN", state="PROPOSED")
    draft = await make.workspace(park=park, code="draft", state="DRAFT")
    document = """
        query($park: ID!, $space: ID!) {
          park(id: $park) { code }  workspace(id: $space) { code park { code } }
          parks(first: 9) { totalCount }  workspaces(first: 9) { totalCount }
        }
    """
    ids = {"park": f"Park:{park['id']}", "space": f"Workspace:{draft['id']}"}
    everything = {
        "park": {"code": "HIDDEN"},
        "workspace": {"code": "draft", "park": {"code": "HIDDEN"}},
        "parks": {"totalCount": 1},
        "workspaces": {"totalCount": 1},
    }
    none = {"totalCount": 0}
    nothing = {"park": None, "workspace": None, "parks": none, "workspaces": none}
    assert await ask(operator(park["id"]), document, **ids) == everything
    assert await ask(department(), document, **ids) == everything
    another = await make.park(state="PROPOSED")
    for grant in (operator(another["id"]), operator(), partner(SUZHOU), internal()):
        seen = await ask(grant, document, **ids)
        own = 1 if grant.parks else 0
        assert seen == {**nothing, "parks": {"totalCount": own}}


async def test_reservations_are_seen_by_those_they_concern(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    city = await connection.fetchrow("SELECT * FROM cooperation.partner WHERE code = $1", SUZHOU)
    desk, holder = await make.workspace(seats=9), await make.talent()
    mine: Row = await make.reservation(
        workspace=desk, talent=holder, partner=city, requested_by="cloud-platform", seats=1
    )
    await make.reservation(seats=2)
    document = "{reservations(first: 9){totalCount edges{node{seats}}}}"

    async def seats(grant: Grant) -> list[int] | None:
        found = (await ask(grant, document))["reservations"]
        return None if found is None else nodes(found, "seats")

    assert await seats(operator(mine["park_id"])) == [1]
    assert await seats(partner(SUZHOU)) == [1]
    assert await seats(internal("cloud-platform")) == [1]
    assert await seats(talent(holder["id"])) == [1]
    stranger = (await make.talent())["id"]
    for grant in (partner(SHANGHAI), internal("other"), talent(stranger), operator(stranger)):
        assert await seats(grant) == []
    for grant in (department(), operator()):
        assert await seats(grant) is None


async def test_reservations_that_overlap_a_period(make: Make, ask: Ask) -> None:
    room = await whole(make)
    for hour in range(3):
        await make.reservation(workspace=room, seats=hour + 1, **hours(hour, hour + 1))
    document = (
        "query($f: DateTime!, $u: DateTime!){reservations(first: 9, during: {from: $f, until: $u})"
        "{edges{node{seats from until}}}}"
    )
    times = {"f": (NINE + HOUR).isoformat(), "u": (NINE + 2 * HOUR).isoformat()}
    found = (await ask(operator(room["park_id"]), document, **times))["reservations"]
    assert [edge["node"] for edge in found["edges"]] == [
        {
            "seats": 2,
            "from": "2026-12-01T10:00:00+08:00",
            "until": "2026-12-01T11:00:00+08:00",
        }
    ]
