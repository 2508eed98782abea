"""Story 12: a partner city holds and confirms a space for a team, and what may come between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

from tests.make import Make, Row
from tests.stories.bookings import at, codes, hold, move
from tests.stories.consents import agreed
from tests.town import SUZHOU, Caller, Enter, the_id

RESERVES = "workspace:reserve"


async def test_hold_is_confirmed(make: Make, suzhou: Caller) -> None:
    office = await make.workspace(kind="OFFICE", whole_space=True, seats=6)
    team = await make.organisation()

    held = await hold(suzhou, office, team, 0, 2, seats=4, ttl="PT15M")

    reservation = held["reservation"]
    assert held["userErrors"] == []
    assert (reservation["state"], reservation["seats"]) == ("HELD", 4)
    assert reservation["availableTransitions"] == ["CONFIRMED", "EXPIRED", "CANCELLED"]
    lasts = datetime.fromisoformat(reservation["holdExpiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < lasts <= timedelta(minutes=15)

    confirmed = await move(suzhou, "confirmReservation", reservation)

    assert confirmed["userErrors"] == []
    assert (confirmed["reservation"]["state"], confirmed["reservation"]["version"]) == (
        "CONFIRMED",
        2,
    )


async def test_a_taken_slot_names_the_next_free_windows(
    make: Make, suzhou: Caller, shanghai: Caller
) -> None:
    office = await make.workspace(kind="OFFICE", whole_space=True, seats=6)
    team = await make.organisation()
    await hold(suzhou, office, team, 0, 2)
    await hold(suzhou, office, team, 3, 5)

    refused = await hold(shanghai, office, team, 1, 2.5)

    [error] = refused["userErrors"]
    assert refused["reservation"] is None
    assert error["code"] == "SLOT_TAKEN"
    assert error["messageZh"] == "该时间段空闲座位不足"
    [window] = error["details"]["nextFree"]
    assert datetime.fromisoformat(window["from"]) == at(5)
    assert window["from"].endswith("+08:00")


async def test_seats_are_let_until_none_is_left(make: Make, suzhou: Caller) -> None:
    desks = await make.workspace(seats=4)
    team = await make.organisation()
    assert codes(await hold(suzhou, desks, team, 0, 4, seats=2)) == []
    assert codes(await hold(suzhou, desks, team, 2, 6, seats=2)) == []
    assert codes(await hold(suzhou, desks, team, 3, 5, seats=1)) == ["SLOT_TAKEN"]
    assert codes(await hold(suzhou, desks, team, 4, 5, seats=2)) == []
    assert codes(await hold(suzhou, desks, team, 0, 1, seats=5)) == ["INVALID"]


async def test_a_hold_that_ran_out_does_not_block(
    make: Make, suzhou: Caller, shanghai: Caller, owner: asyncpg.Connection
) -> None:
    office = await make.workspace(kind="OFFICE", whole_space=True)
    team = await make.organisation()
    first = (await hold(suzhou, office, team, 0, 2))["reservation"]
    await run_out(owner, first["id"])

    late = await move(suzhou, "confirmReservation", first)
    second = await hold(shanghai, office, team, 1, 3)

    [error] = late["userErrors"]
    assert error["code"] == "ILLEGAL_TRANSITION"
    assert error["details"] == {"state": "EXPIRED", "available": []}
    assert second["reservation"]["state"] == "HELD"
    state = "SELECT state FROM park.reservation WHERE id = $1"
    assert await owner.fetchval(state, first["id"].split(":")[1]) == "EXPIRED"


async def run_out(owner: asyncpg.Connection, reservation: str) -> None:
    """Let a hold's time pass."""
    await owner.execute(
        "UPDATE park.reservation SET hold_expires_at = now() - interval '1 second' WHERE id = $1",
        reservation.split(":")[1],
    )


async def test_another_version_is_a_conflict_that_shows_the_object(
    make: Make, suzhou: Caller
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    held = (await hold(suzhou, desks, team, 0, 2))["reservation"]

    stale = await move(suzhou, "cancelReservation", {**held, "version": 9})

    [error] = stale["userErrors"]
    assert error["code"] == "CONFLICT"
    assert error["field"] == ["expectedVersion"]
    assert error["details"] == {"currentVersion": 1}
    assert stale["reservation"]["state"] == "HELD"


async def test_a_move_made_twice_is_made_once(
    make: Make, suzhou: Caller, owner: asyncpg.Connection
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    held = (await hold(suzhou, desks, team, 0, 2))["reservation"]

    await move(suzhou, "cancelReservation", held, note="The team comes later.")
    again = await move(suzhou, "cancelReservation", held)

    assert again["userErrors"] == []
    assert again["reservation"]["version"] == 2
    assert again["reservation"]["cancelReason"] == "HOLDER"
    assert again["reservation"]["cancelNote"] == "The team comes later."
    changes = "SELECT count(*) FROM ledger.change WHERE object = $1"
    assert await owner.fetchval(changes, held["id"].split(":")[1]) == 2


async def test_a_visit_from_arrival_to_departure(
    make: Make, suzhou: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    operator = await enter("OPERATOR", RESERVES, parks=[{"id": desks["park_id"]}])
    early = (await hold(suzhou, desks, team, 24, 48))["reservation"]
    early = (await move(suzhou, "confirmReservation", early))["reservation"]
    assert codes(await move(operator, "checkIn", early)) == ["INVALID"]
    await begin(owner, early["id"])

    assert codes(await move(suzhou, "checkIn", early)) == ["OUT_OF_BOUNDS"]
    there = await move(operator, "checkIn", early)
    assert there["reservation"]["state"] == "CHECKED_IN"
    assert codes(await move(operator, "cancelReservation", there["reservation"])) == [
        "ILLEGAL_TRANSITION"
    ]
    gone = await move(operator, "checkOut", there["reservation"])
    assert gone["reservation"]["state"] == "COMPLETED"
    assert gone["reservation"]["availableTransitions"] == []


async def test_who_did_not_come_is_marked(
    make: Make, suzhou: Caller, enter: Enter, owner: asyncpg.Connection
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    operator = await enter("OPERATOR", RESERVES, parks=[{"id": desks["park_id"]}])
    held = (await hold(suzhou, desks, team, 0, 2))["reservation"]
    held = (await move(suzhou, "confirmReservation", held))["reservation"]
    assert codes(await move(operator, "markNoShow", held)) == ["INVALID"]
    await begin(owner, held["id"])
    assert (await move(operator, "markNoShow", held))["reservation"]["state"] == "NO_SHOW"


async def begin(owner: asyncpg.Connection, reservation: str) -> None:
    """Let a reservation's period have begun an hour ago."""
    await owner.execute(
        "UPDATE park.reservation SET period = tstzrange(now() - interval '1 hour', upper(period))"
        " WHERE id = $1",
        reservation.split(":")[1],
    )


async def test_each_sees_and_changes_what_concerns_it(
    make: Make, suzhou: Caller, shanghai: Caller, enter: Enter
) -> None:
    desks, team = await make.workspace(), await make.organisation()
    operator = await enter("OPERATOR", RESERVES, parks=[{"id": desks["park_id"]}])
    stranger = await enter("OPERATOR", RESERVES, parks=[await make.park()])
    held = (await hold(suzhou, desks, team, 0, 2))["reservation"]
    listed = """
    query ($w: ID!) { reservations(first: 5, filter: { workspace: $w }) { edges { node { id } } } }
    """

    async def seen(caller: Caller) -> list[str]:
        found = await caller.ask(listed, w=the_id("Workspace", desks))
        return [edge["node"]["id"] for edge in found["edges"]]

    assert await seen(suzhou) == [held["id"]]
    assert await seen(operator) == [held["id"]]
    assert await seen(shanghai) == []
    assert await seen(stranger) == []
    for caller in (shanghai, stranger):
        refused = await move(caller, "cancelReservation", held)
        assert (codes(refused), refused["reservation"]) == (["NOT_FOUND"], None)
    cancelled = await move(operator, "cancelReservation", held)
    assert cancelled["reservation"]["cancelReason"] == "OPERATOR"


async def test_a_person_may_hold_where_the_city_may_see_her(
    make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    await agreed(make)
    desks = await make.workspace(seats=5)
    friend, stranger = await make.talent(), await make.talent()
    await make.consent(talent=friend, recipient=SUZHOU, purpose="JOB_MATCHING")
    system = await enter(
        "PARTNER",
        *(RESERVES, "talent:read.basic"),
        partner=SUZHOU,
        purposes=["JOB_MATCHING"],
    )

    def held_by(person: Row) -> dict[str, object]:
        return {"holder": {"talentId": the_id("Talent", person)}}

    allowed = await hold(system, desks, friend, 0, 1, **held_by(friend))
    refused = await hold(system, desks, stranger, 0, 1, **held_by(stranger))
    nobody = await hold(system, desks, friend, 0, 1, holder={"talentId": "Talent:nobody"})

    assert codes(allowed) == []
    assert codes(refused) == codes(nobody) == ["NOT_FOUND"]
    assert refused["userErrors"][0]["field"] == ["holder", "talentId"]
    about = "SELECT array_agg(DISTINCT action) FROM ledger.audit_entry WHERE $1 = ANY (subjects)"
    assert await owner.fetchval(about, friend["id"]) == ["CHANGE", "READ"]
    assert await owner.fetchval(about, stranger["id"]) == ["READ"]


async def test_a_talent_holds_for_herself_alone(make: Make, enter: Enter) -> None:
    desks, herself, other = await make.workspace(), await make.talent(), await make.talent()
    app = await enter("TALENT", RESERVES, "talent:read.basic", talent=herself)

    def held_by(person: Row) -> dict[str, object]:
        return {"holder": {"talentId": the_id("Talent", person)}}

    assert codes(await hold(app, desks, other, 0, 1, **held_by(other))) == ["OUT_OF_BOUNDS"]
    assert codes(await hold(app, desks, herself, 0, 1, **held_by(herself))) == []


async def test_requests_that_cannot_be(make: Make, suzhou: Caller) -> None:
    desks, team = await make.workspace(), await make.organisation()
    closed = await make.workspace(park=await make.park(state="SUSPENDED"))
    both = {
        "organisationId": the_id("Organisation", team),
        "talentId": the_id("Talent", await make.talent()),
    }
    assert codes(await hold(suzhou, desks, team, 2, 2)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 3, 2)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, -60, -50)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 0, 24 * 400)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 24 * 1100, 24 * 1101)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 0, 1, seats=0)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 0, 1, ttl="P2D")) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 0, 1, holder=both)) == ["INVALID"]
    assert codes(await hold(suzhou, desks, team, 0, 1, holder={})) == ["INVALID"]
    nobody = {"organisationId": "Organisation:00000000-0000-0000-0000-000000000001"}
    assert codes(await hold(suzhou, desks, team, 0, 1, holder=nobody)) == ["NOT_FOUND"]
    assert codes(await hold(suzhou, {"id": "nowhere"}, team, 0, 1)) == ["NOT_FOUND"]
    assert codes(await hold(suzhou, closed, team, 0, 1)) == ["NOT_AVAILABLE"]
