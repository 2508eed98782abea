"""Many at once: nothing is lost, doubled or overwritten, and the proof that the tests can tell.

Each race is run in a scratch database as it is, and again with what guards it taken away: then it
must be lost.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.conftest import Database
from tests.make import Make, Row
from tests.stories.bookings import HOLD, codes, hold, move, request
from tests.stories.test_availability import SCOPES, SET, report
from tests.stories.test_hours import BLOCK
from tests.stories.test_parks import MOVE as MOVE_PARK
from tests.stories.test_parks import to
from tests.stories.test_series import HOLD_SERIES, wanted
from tests.town import SUZHOU, Caller, Enter, city, hub_on, key

CONSTRAINT = "ALTER TABLE park.reservation DROP CONSTRAINT ex_reservation_whole_space"


@dataclass(frozen=True)
class Scene:
    """A hub on a database of its own."""

    owner: asyncpg.Connection
    make: Make
    enter: Enter

    async def partners(self, count: int) -> list[Caller]:
        await city(self.make, SUZHOU)
        return [
            await self.enter("PARTNER", "workspace:reserve", partner=SUZHOU) for _ in range(count)
        ]


@asynccontextmanager
async def scene_of(database: Database, home: Path, *before: str) -> AsyncIterator[Scene]:
    owner = await asyncpg.connect(database.owner_url)
    for statement in before:
        await owner.execute(statement)
    with hub_on(database, home, pool_size=20) as url:
        enter = Enter(database, url)
        yield Scene(owner, Make(owner), enter)
        await enter.close()
    await owner.close()


TRIES = 15
"""A race whose guard is gone need not be lost each time, but must be within so many."""


async def at_once(*calls: Any) -> list[Any]:
    return list(await asyncio.gather(*calls))


# One workspace and hour, fifty clients


async def race_for_an_hour(scene: Scene, *, seats: int, whole: bool, wanted: int) -> Counter[str]:
    """Fifty clients of five systems want the same hour; how many got it, and what the others."""
    space = await scene.make.workspace(seats=seats, whole_space=whole)
    team = await scene.make.organisation()
    partners = await scene.partners(5)
    answers = await at_once(
        *(
            partners[number % 5].ask(HOLD, input=request(space, team, 0, 1, seats=wanted))
            for number in range(50)
        )
    )
    return Counter((codes(answer) or ["HELD"])[0] for answer in answers)


async def test_one_of_fifty_gets_the_hour(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        results = await race_for_an_hour(scene, seats=6, whole=True, wanted=1)
        assert results == {"HELD": 1, "SLOT_TAKEN": 49}
        held = "SELECT count(*) FROM park.reservation WHERE state = 'HELD'"
        assert await scene.owner.fetchval(held) == 1


async def test_without_the_lock_the_constraint_has_the_last_word(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        results = await race_for_an_hour(scene, seats=6, whole=True, wanted=1)
        assert results == {"HELD": 1, "SLOT_TAKEN": 49}


async def test_without_the_constraint_the_lock_holds(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path, CONSTRAINT) as scene:
        results = await race_for_an_hour(scene, seats=6, whole=True, wanted=1)
        assert results == {"HELD": 1, "SLOT_TAKEN": 49}


async def test_without_either_the_hour_is_booked_twice(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, CONSTRAINT) as scene:
        for _ in range(TRIES):
            results = await race_for_an_hour(scene, seats=6, whole=True, wanted=1)
            if results["HELD"] > 1:
                return
    pytest.fail("nobody was booked twice")


async def test_seats_never_add_up_to_more_than_there_are(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        results = await race_for_an_hour(scene, seats=7, whole=False, wanted=2)
        assert results == {"HELD": 3, "SLOT_TAKEN": 47}


async def test_without_the_lock_seats_are_let_twice(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        for _ in range(TRIES):
            results = await race_for_an_hour(scene, seats=7, whole=False, wanted=2)
            if results["HELD"] > 3:
                return
    pytest.fail("no seat was let twice")


# A hold that is confirmed while it runs out


async def confirm_at_the_last_moment(scene: Scene) -> tuple[list[str], list[str], int]:
    """Suzhou confirms just before its hold ends, another asks just after; both told, seats taken.

    The row is kept locked over the hold's end, so that the two meet at it.
    """
    space, team = await scene.make.workspace(seats=2), await scene.make.organisation()
    first, second = await scene.partners(2)
    held = (await hold(first, space, team, 0, 1, seats=2))["reservation"]
    row = await scene.owner.fetchrow(
        "UPDATE park.reservation SET hold_expires_at = clock_timestamp() + interval '1 second'"
        " RETURNING id, hold_expires_at"
    )
    async with scene.owner.transaction():
        await scene.owner.execute(
            "SELECT FROM park.reservation WHERE id = $1 FOR UPDATE", row["id"]
        )
        confirming = asyncio.create_task(move(first, "confirmReservation", held))
        await asyncio.sleep(1.2)
        holding = asyncio.create_task(hold(second, space, team, 0, 1, seats=2))
        await asyncio.sleep(0.3)
    confirmed, given = await confirming, await holding
    taken = await scene.owner.fetchval(
        "SELECT sum(seats) FROM park.reservation WHERE state IN ('HELD', 'CONFIRMED')"
    )
    return codes(confirmed), codes(given), taken


async def test_a_hold_that_ends_is_confirmed_or_given_away(
    scratch: Database, tmp_path: Path
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        confirmed, given, taken = await confirm_at_the_last_moment(scene)
        assert (confirmed, given) == (["ILLEGAL_TRANSITION"], [])
        assert taken == 2


async def test_by_the_clock_of_its_beginning_its_seats_are_let_twice(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    by_transaction = """
        CREATE OR REPLACE FUNCTION hub_now() RETURNS timestamptz
        LANGUAGE sql STABLE AS 'SELECT now()'
    """
    async with scene_of(scratch, tmp_path, by_transaction) as scene:
        _, _, taken = await confirm_at_the_last_moment(scene)
        assert taken == 4


# One version, twenty writers


async def race_for_a_version(scene: Scene) -> tuple[Counter[str], int]:
    """Twenty writers know version 1; what each was told, and the version in the end."""
    space = await scene.make.workspace(seats=40)
    operator = await scene.enter("OPERATOR", *SCOPES, parks=[{"id": space["park_id"]}])
    now = datetime.now(UTC)

    async def write(number: int) -> str:
        row = report(space, number, at=now + timedelta(milliseconds=number), expectedVersion=1)
        answer = await operator.ask(SET, input={"idempotencyKey": key(), "rows": [row]})
        return str(answer["rows"][0]["result"])

    results = Counter(await at_once(*(write(number) for number in range(20))))
    version = await scene.owner.fetchval(
        "SELECT version FROM park.workspace WHERE id = $1", space["id"]
    )
    return results, version


async def test_no_update_is_lost(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        results, version = await race_for_a_version(scene)
        assert results == {"APPLIED": 1, "CONFLICT": 19}
        assert version == 2


async def test_without_the_lock_updates_are_lost(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        for _ in range(TRIES):
            results, _ = await race_for_a_version(scene)
            if results["APPLIED"] > 1:
                return
    pytest.fail("no update was lost")


# One key, twenty times


async def test_one_key_sent_twenty_times_at_once(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        space, team = await scene.make.workspace(seats=40), await scene.make.organisation()
        [partner] = await scene.partners(1)
        sent = request(space, team, 0, 1)

        answers = await at_once(*(partner.ask(HOLD, input=sent) for _ in range(20)))

        assert [answer for answer in answers if answer != answers[0]] == []
        assert await scene.owner.fetchval("SELECT count(*) FROM park.reservation") == 1
        changes = "SELECT count(*) FROM ledger.change WHERE entity = 'Reservation'"
        assert await scene.owner.fetchval(changes) == 1


async def test_two_batches_in_opposite_orders_do_not_block_each_other(
    scratch: Database, tmp_path: Path
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        park = await scene.make.park()
        spaces: list[Row] = [await scene.make.workspace(park=park, seats=9) for _ in range(40)]
        operator = await scene.enter("OPERATOR", *SCOPES, parks=[park])

        async def batch(number: int) -> set[str]:
            order = spaces if number % 2 else spaces[::-1]
            seen = datetime.now(UTC) + timedelta(seconds=number)
            rows = [report(space, number, at=seen) for space in order]
            answer = await operator.ask(SET, input={"idempotencyKey": key(), "rows": rows})
            return {row["result"] for row in answer["rows"]}

        results = await at_once(*(batch(number) for number in range(10)))

        assert set.union(*results) <= {"APPLIED", "UNCHANGED"}
        free = "SELECT DISTINCT observed_free_seats FROM park.workspace"
        assert await scene.owner.fetchval(free) == 9


# Hours that shrink while somebody books

KEEPS_HOURS = "DROP TRIGGER reservation_keeps_hours ON park.reservation"
STRANDED = """
    SELECT count(*) FROM park.reservation
    WHERE state = 'HELD' AND NOT isempty(park.closed(workspace_id, period))
"""


async def close_while_booked(scene: Scene) -> int:
    """Twenty holds and a block meet; how many reservations lie in the closed period."""
    space, team = await scene.make.workspace(seats=40), await scene.make.organisation()
    operator = await scene.enter("OPERATOR", "park:write", "park:read", parks=[_park_of(space)])
    partners = await scene.partners(4)
    wanted = request(space, team, 0, 1)
    block = {
        **{name: wanted[name] for name in ("workspaceId", "from", "to")},
        "reason": "MAINTENANCE",
        "force": True,
        "idempotencyKey": key(),
    }
    holds = [partners[n % 4].ask(HOLD, input=request(space, team, 0, 1)) for n in range(20)]
    await at_once(*holds[:10], operator.ask(BLOCK, input=block), *holds[10:])
    stranded: int = await scene.owner.fetchval(STRANDED)
    return stranded


def _park_of(space: Row) -> dict[str, Any]:
    return {"id": space["park_id"]}


async def test_nothing_is_booked_where_it_was_closed(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        for _ in range(3):
            assert await close_while_booked(scene) == 0


async def test_without_lock_and_trigger_it_is(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, KEEPS_HOURS) as scene:
        for _ in range(TRIES):
            if await close_while_booked(scene):
                return
    pytest.fail("nobody booked what was closed")


async def test_the_trigger_waits_for_who_closes(scratch: Database, tmp_path: Path) -> None:
    """By itself: a row written past every action is refused, after the block was committed."""
    async with scene_of(scratch, tmp_path) as scene:
        space = await scene.make.workspace(seats=4)
        other = await asyncpg.connect(scratch.owner_url)
        closing = other.transaction()
        await closing.start()
        await other.execute("SELECT FROM park.workspace FOR NO KEY UPDATE")
        await Make(other, series=7).block(workspace=space)
        booking = asyncio.create_task(scene.make.reservation(workspace=space))
        await asyncio.sleep(0.3)
        assert not booking.done()
        await closing.commit()
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await booking
        assert refused.value.constraint_name == "ck_reservation_open"
        await other.close()


# Two series for the same hours


async def race_of_series(scene: Scene, *, seats: int, whole: bool, each: int) -> tuple[int, int]:
    """Ten series want the same ten days; how many reservations came of it, and days overfull."""
    space = await scene.make.workspace(seats=seats, whole_space=whole)
    team = await scene.make.organisation()
    partners = await scene.partners(5)
    rule = {"frequency": "DAILY", "count": 10}
    answers = await at_once(
        *(
            partners[number % 5].ask(
                HOLD_SERIES, input=wanted(space, team, seats=each, repeat=rule)
            )
            for number in range(10)
        )
    )
    for answer in answers:
        told = len(answer["reservations"] or ()) + len(answer["skipped"] or ())
        assert told == 10 or codes(answer) == ["SLOT_TAKEN"]
    held = "SELECT count(*) FROM park.reservation WHERE workspace_id = $1"
    overfull = (
        "SELECT count(*) FROM (SELECT FROM park.reservation WHERE workspace_id = $1"
        " GROUP BY period HAVING sum(seats) > $2 OR ($3 AND count(*) > 1)) AS day"
    )
    return (
        await scene.owner.fetchval(held, space["id"]),
        await scene.owner.fetchval(overfull, space["id"], seats, whole),
    )


async def test_series_never_overlap(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        assert await race_of_series(scene, seats=6, whole=True, each=1) == (10, 0)
        assert await race_of_series(scene, seats=7, whole=False, each=2) == (30, 0)


async def test_without_the_lock_the_constraint_skips_what_another_series_took(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        assert await race_of_series(scene, seats=6, whole=True, each=1) == (10, 0)


async def test_without_either_series_overlap(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, CONSTRAINT, KEEPS_HOURS) as scene:
        for _ in range(TRIES):
            if (await race_of_series(scene, seats=6, whole=True, each=1))[1]:
                return
    pytest.fail("no series overlapped another")


# A park that closes while it is booked

UNCLOSED = "ALTER TABLE park.reservation DROP CONSTRAINT fk_reservation_of_unclosed_park"
LEFT = """
    SELECT count(*) FROM park.reservation JOIN park.park ON park.id = park_id
    WHERE park.state = 'CLOSED' AND reservation.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
"""


async def close_a_booked_park(scene: Scene) -> tuple[int, Counter[str]]:
    """Twenty holds and the end of their park meet; who is left there, and what each was told."""
    park, team = await scene.make.park(), await scene.make.organisation()
    spaces = [await scene.make.workspace(park=park, seats=40) for _ in range(3)]
    operator = await scene.enter("OPERATOR", "park:write", "park:read", parks=[park])
    partners = await scene.partners(4)

    async def booked(number: int) -> str:
        wish = request(spaces[number % 3], team, 0, 1)
        return (codes(await partners[number % 4].ask(HOLD, input=wish)) or ["HELD"])[0]

    async def closed() -> str:
        answer = await operator.ask(MOVE_PARK, input=to("CLOSED", park, force=True))
        return (codes(answer) or ["CLOSED"])[0]

    told = await at_once(*map(booked, range(10)), closed(), *map(booked, range(10, 20)))
    return await scene.owner.fetchval(LEFT), Counter(told)


async def test_nobody_is_left_in_a_park_that_closed(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        for _ in range(3):
            left, told = await close_a_booked_park(scene)
            assert left == 0
            assert told["CLOSED"] == 1
            assert told["HELD"] + told["NOT_AVAILABLE"] == 20


async def test_without_the_locks_the_constraint_keeps_a_closed_park_empty(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path) as scene:
        for _ in range(5):
            left, told = await close_a_booked_park(scene)
            assert left == 0
            assert set(told) <= {"CLOSED", "HELD", "NOT_AVAILABLE", "HAS_RESERVATIONS"}


async def test_without_the_constraint_the_locks_do(scratch: Database, tmp_path: Path) -> None:
    async with scene_of(scratch, tmp_path, UNCLOSED) as scene:
        for _ in range(3):
            assert (await close_a_booked_park(scene))[0] == 0


async def test_without_either_somebody_is_left(
    scratch: Database, tmp_path: Path, unlocked: None
) -> None:
    async with scene_of(scratch, tmp_path, UNCLOSED, KEEPS_HOURS) as scene:
        for _ in range(TRIES):
            if (await close_a_booked_park(scene))[0]:
                return
    pytest.fail("nobody was left in the park")
