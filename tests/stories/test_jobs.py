"""Recurring work: done once by whoever comes first, again after a kill, and told in the ledger."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from hub.app import core_schema, registry, schema
from hub.engine import Engine
from hub.engine.jobs import Jobs
from hub.kit.db import Kept, connect_pool
from hub.ledger import jobs as ledger_jobs
from hub.model.job import Job
from tests.conftest import Database
from tests.make import Make

CITY = timezone(timedelta(hours=8))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def working(database: Database, **jobs: Job) -> AsyncIterator[Jobs]:
    """Somebody who does jobs, those of the rooms unless told which."""
    pool = await connect_pool(database.app_url, size=2)
    kept = Kept(pool)
    engine = Engine(registry(), core_schema(schema()), kept, unseal=lambda text, _: text)
    doing = Jobs(engine)
    if jobs:
        doing.jobs = jobs
    await doing.prepare()
    yield doing
    await engine.bell.close()
    await kept.close()
    await pool.close()


@pytest.fixture
async def owner(fresh_database: Database) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(fresh_database.owner_url)
    yield opened
    await opened.close()


async def all_due(jobs: Jobs) -> Counter[str]:
    """Do what is due until nothing is; how often each job was done."""
    done: Counter[str] = Counter()
    while name := await jobs.once():
        done[name] += 1
        assert done.total() < 200, "there is no end to it"
    return done


def counting(run: Callable[[Any], Awaitable[bool]]) -> Job:
    """A job made for a test."""
    declared = registry().jobs["expireHolds"]
    return Job("madeForATest", timedelta(hours=1), run, declared.source)


async def test_holds_that_ran_out_are_written_down(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    space = await make.workspace(seats=9)
    lapsed = await make.reservation(workspace=space, state="HELD", hold_expires_at=LONG_AGO)
    held = await make.reservation(
        workspace=space, state="HELD", hold_expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    async with working(fresh_database) as jobs:
        done = await all_due(jobs)
        assert (done["expireHolds"], done["noteStaleObservations"]) == (1, 1)
        assert await all_due(jobs) == {}
    state = "SELECT state, version FROM park.reservation WHERE id = $1"
    assert tuple(await owner.fetchrow(state, lapsed["id"])) == ("EXPIRED", 2)
    assert tuple(await owner.fetchrow(state, held["id"])) == ("HELD", 1)
    changed = await owner.fetchrow(
        "SELECT entity, version, operation FROM ledger.change WHERE object = $1", lapsed["id"]
    )
    assert (changed["entity"], changed["version"]) == ("Reservation", 2)
    entry = await owner.fetchrow(
        "SELECT client, mutation, objects FROM ledger.audit_entry WHERE operation = $1",
        changed["operation"],
    )
    assert tuple(entry) == ("hub", "expireHolds", [lapsed["id"]])


async def test_agreements_whose_period_is_over_are_written_down(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    """By the date in the city: the day named is the first on which it no longer holds."""
    make = Make(owner)
    today = datetime.now(CITY).date()
    begun: dict[str, Any] = {"valid_from": today - timedelta(days=90)}

    async def until(day: date | None, state: str, **values: Any) -> Any:
        return await make.agreement(
            organisation=await make.organisation(), valid_until=day, state=state, **begun, **values
        )

    over = await until(today, "IN_FORCE")
    suspended = await until(today - timedelta(days=3), "SUSPENDED", suspended_by="OWN")
    kept = [
        await until(today + timedelta(days=1), "IN_FORCE"),
        await until(None, "IN_FORCE"),
        await until(today, "SIGNED"),
        await until(today, "TERMINATED"),
    ]
    async with working(fresh_database) as jobs:
        assert (await all_due(jobs))["expireAgreements"] == 1
        await owner.execute("UPDATE ledger.job SET due_at = now()")
        await all_due(jobs)
    ended = await owner.fetch(
        "SELECT id, version, suspended_by FROM cooperation.agreement WHERE state = 'EXPIRED'"
        " ORDER BY id"
    )
    assert [tuple(row) for row in ended] == [
        (row["id"], 2, None) for row in sorted((over, suspended), key=lambda row: row["id"])
    ]
    for row in kept:
        state = "SELECT state FROM cooperation.agreement WHERE id = $1"
        assert await owner.fetchval(state, row["id"]) == row["state"]
    told = await owner.fetch(
        "SELECT object, operation FROM ledger.change WHERE entity = 'Agreement' AND version = 2"
    )
    assert {row["object"] for row in told} == {over["id"], suspended["id"]}
    entry = await owner.fetchrow(
        "SELECT client, mutation, cardinality(objects) FROM ledger.audit_entry"
        " WHERE operation = $1",
        told[0]["operation"],
    )
    assert tuple(entry) == ("hub", "expireAgreements", 2)


async def test_contacts_are_forgotten_when_their_retention_ends(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    """By the date in the city: on the day named nothing personal is left."""
    make, today = Make(owner), datetime.now(CITY).date()
    event = await make.event()

    async def until(day: date, **values: Any) -> Any:
        about: dict[str, Any] = {
            "name": "sealed",
            "reach": "sealed",
            "interests": ["housing"],
            "next_step": "call",
        }
        made = await make.contact(event=event, retention_until=day, **about, **values)
        await make.follow_up(contact=made, note="a note")
        return made

    over = [await until(today), await until(date(2020, 1, 1), state="IN_TOUCH")]
    kept = await until(today + timedelta(days=1))
    gone = await make.contact(
        event=event, state="FORGOTTEN", consent_evidence=None, retention_until=date(2020, 1, 1)
    )
    async with working(fresh_database) as jobs:
        assert (await all_due(jobs))["forgetContacts"] == 1
    rows = await owner.fetch("SELECT * FROM talent.contact WHERE state = 'FORGOTTEN' ORDER BY id")
    assert {row["id"]: row["version"] for row in rows} == {
        **{row["id"]: 2 for row in over},
        gone["id"]: 1,
    }
    for row in rows:
        assert row["event_id"] == event["id"], "it counts all the same"
        personal = ("name", "reach", "next_step", "consent_evidence")
        assert [row[name] for name in personal] == [None] * 4
    notes = await owner.fetch("SELECT contact_id FROM talent.follow_up WHERE note IS NOT NULL")
    assert [row["contact_id"] for row in notes] == [kept["id"]]
    entry = await owner.fetchrow(
        "SELECT client, objects, subjects FROM ledger.audit_entry"
        " WHERE mutation = 'forgetContacts' AND entity = 'Contact'"
    )
    assert entry["client"] == "hub"
    assert set(entry["objects"]) == set(entry["subjects"]) == {row["id"] for row in over}


async def test_a_stale_observation_is_noted_once(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    about: dict[str, Any] = {"observed_at": LONG_AGO, "observed_source": "OPERATOR", "seats": 3}
    stale = await make.workspace(stale_after=LONG_AGO + timedelta(days=1), **about)
    fresh = await make.workspace(stale_after=datetime(2090, 1, 1, tzinfo=UTC), **about)
    await make.workspace()
    async with working(fresh_database) as jobs:
        await all_due(jobs)
        await owner.execute("UPDATE ledger.job SET due_at = now()")
        await all_due(jobs)
    rows = await owner.fetch("SELECT id, version FROM park.workspace WHERE observation_stale")
    assert [tuple(row) for row in rows] == [(stale["id"], 2)]
    assert await owner.fetchval(
        "SELECT count(*) FROM ledger.change WHERE entity = 'Workspace'"
    ) == len({stale["id"]} - {fresh["id"]})


async def test_keys_are_forgotten_after_a_day(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "INSERT INTO ledger.idempotency"
        " (client, mutation, key, input_hash, outcome, operation, at)"
        " SELECT 'x', 'hold', n, '', '{}', gen_random_uuid(), now() - n * interval '1 hour'"
        " FROM generate_series(0, 530) AS n"
    )
    async with working(fresh_database) as jobs:
        assert (await all_due(jobs))["forgetKeys"] == 2
    keys = await owner.fetch("SELECT key FROM ledger.idempotency ORDER BY key::int")
    assert [row["key"] for row in keys] == [str(hours) for hours in range(24)]


async def test_a_thousand_and_one_are_done_in_batches(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    space, team = await make.workspace(seats=1), await make.organisation()
    await owner.execute(
        "INSERT INTO park.reservation (workspace_id, park_id, whole_space, period, seats,"
        " holder_organisation_id, requested_by, hold_expires_at, state)"
        " SELECT $1, $2, false, tstzrange(at, at + interval '1 hour'), 1, $3, 'x', at, 'HELD'"
        " FROM generate_series(1, 1001), CAST($4 AS timestamptz) AS at",
        *(space["id"], space["park_id"], team["id"], LONG_AGO),
    )
    async with working(fresh_database) as jobs:
        assert (await all_due(jobs))["expireHolds"] == 3
    left = "SELECT count(*) FROM park.reservation WHERE state = 'HELD'"
    assert await owner.fetchval(left) == 0


async def test_a_run_is_never_had_twice(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    """Ten workers look at the same moment, again and again; each round is done by one of them."""
    runs: list[int] = []

    async def slowly(_: Any) -> bool:
        runs.append(1)
        await asyncio.sleep(0.05)
        return False

    async with working(fresh_database, madeForATest=counting(slowly)) as jobs:
        for round_ in range(1, 4):
            await owner.execute("UPDATE ledger.job SET due_at = now()")
            await asyncio.gather(*(jobs.once() for _ in range(10)))
            assert (len(runs), await runs_of(owner)) == (round_, round_)


async def test_without_its_lock_it_would_be(
    fresh_database: Database, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = ledger_jobs.CLAIM.text.replace("FOR UPDATE SKIP LOCKED", "")
    assert unlocked != ledger_jobs.CLAIM.text
    monkeypatch.setattr(ledger_jobs.CLAIM, "text", unlocked)
    runs: list[int] = []

    async def slowly(_: Any) -> bool:
        runs.append(1)
        await asyncio.sleep(0.3)
        return False

    async with working(fresh_database, madeForATest=counting(slowly)) as jobs:
        await asyncio.gather(*(jobs.once() for _ in range(2)))
    assert len(runs) == 2


async def lapsed_hold(make: Make) -> tuple[str, Any]:
    """A hold that ran out: where it stands, and its id."""
    held = await make.reservation(state="HELD", hold_expires_at=LONG_AGO)
    return "park.reservation", held["id"]


async def ended_agreement(make: Make) -> tuple[str, Any]:
    """An agreement in force whose last day is past."""
    ended = await make.agreement(
        organisation=await make.organisation(),
        state="IN_FORCE",
        valid_from=LONG_AGO.date(),
        valid_until=LONG_AGO.date() + timedelta(days=1),
    )
    return "cooperation.agreement", ended["id"]


async def kept_contact(make: Make) -> tuple[str, Any]:
    """A contact whose retention has ended."""
    contact = await make.contact(retention_until=LONG_AGO.date())
    await make.follow_up(contact=contact, note="a note")
    return "talent.contact", contact["id"]


@pytest.mark.parametrize(
    ("job", "due", "end"),
    [
        ("expireHolds", lapsed_hold, "EXPIRED"),
        ("expireAgreements", ended_agreement, "EXPIRED"),
        ("forgetContacts", kept_contact, "FORGOTTEN"),
    ],
)
async def test_a_run_that_is_killed_leaves_nothing_and_is_done_by_the_next(
    fresh_database: Database, owner: asyncpg.Connection, job: str, due: Any, end: str
) -> None:
    table, row = await due(Make(owner))
    before = await owner.fetchval(f"SELECT state FROM {table} WHERE id = $1", row)
    expire = registry().jobs[job].run
    begun = asyncio.Event()

    async def until_killed(ctx: Any) -> bool:
        await expire(ctx)
        begun.set()
        await asyncio.sleep(60)
        return False

    async with working(fresh_database, madeForATest=counting(until_killed)) as jobs:
        first = asyncio.create_task(jobs.once())
        await begun.wait()
        assert await jobs.once() is None  # somebody is at it
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        state = f"SELECT state FROM {table} WHERE id = $1"
        assert await owner.fetchval(state, row) == before
        assert await runs_of(owner) == 0
    async with working(fresh_database, madeForATest=counting(expire)) as jobs:
        assert await jobs.once() == "madeForATest"
    assert await owner.fetchval(state, row) == end
    assert await runs_of(owner) == 1
    told = "SELECT count(*) FROM ledger.change WHERE object = $1 AND version = 2"
    assert await owner.fetchval(told, row) == 1


async def test_a_fault_is_undone_counted_and_tried_again_later(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    await make.reservation(state="HELD", hold_expires_at=LONG_AGO)
    expire = registry().jobs["expireHolds"].run

    async def broken(ctx: Any) -> bool:
        await expire(ctx)
        raise LookupError

    async with working(fresh_database, madeForATest=counting(broken)) as jobs:
        with pytest.raises(LookupError):
            await jobs.once()
        assert await jobs.once() is None
    row = await owner.fetchrow("SELECT runs, failures, due_at > now() AS later FROM ledger.job")
    assert tuple(row) == (0, 1, True)
    held = "SELECT count(*) FROM park.reservation WHERE state = 'HELD'"
    assert await owner.fetchval(held) == 1


async def runs_of(owner: asyncpg.Connection) -> int:
    runs: int = await owner.fetchval("SELECT runs FROM ledger.job WHERE name = 'madeForATest'")
    return runs


# Utilisation


def month_of(day: date) -> datetime:
    """The first instant of a day's month in the city."""
    return datetime(day.year, day.month, 1, tzinfo=CITY)


async def test_utilisation_of_a_month_is_counted_by_seats_and_hours(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    park = await make.park()
    start = month_of((datetime.now(CITY) + timedelta(days=32)).date())
    hour = timedelta(hours=1)
    desks = await make.workspace(park=park, seats=4)
    dear = await make.workspace(park=park, seats=2, whole_space=True, price_fen=100)
    broken = await make.workspace(park=park, seats=50, state="OUT_OF_SERVICE")

    async def booked(space: Any, first: int, last: int, **values: Any) -> None:
        await make.reservation(
            workspace=space, since=start + first * hour, until=start + last * hour, **values
        )

    await booked(desks, -10, 10, seats=3)
    await booked(desks, 20, 24, seats=1, state="COMPLETED")
    await booked(desks, 20, 24, seats=1, state="NO_SHOW")
    await booked(desks, 20, 24, seats=1, state="CANCELLED")
    await booked(dear, 0, 5, seats=1, state="CHECKED_IN")
    await make.block(workspace=desks, since=start + 100 * hour, until=start + 110 * hour)
    assert broken["seats"] == 50

    async with working(fresh_database) as jobs:
        done = await all_due(jobs)
    assert done["countUtilisation"] == 2  # the park, and that there is no other

    row = await owner.fetchrow("SELECT * FROM park.utilisation WHERE month = $1", start.date())
    following = (start + timedelta(days=32)).replace(day=1)
    hours = Decimal((following - start) // hour)
    assert (row["workspaces"], row["seats"], row["free_of_charge_seats"]) == (2, 6, 4)
    assert row["free_of_charge_seat_hours"] == 4 * (hours - 10)
    assert row["seat_hours"] == 4 * (hours - 10) + 2 * hours
    assert row["reserved_seat_hours"] == 3 * 10 + 4 + 2 * 5
    assert row["free_of_charge_reserved_seat_hours"] == 3 * 10 + 4
    assert row["used_seat_hours"] == 4 + 2 * 5
    assert (row["reservations"], row["no_shows"], row["version"]) == (3, 1, 1)


async def test_what_is_counted_again_is_changed_only_by_news(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    space = await make.workspace(seats=4)
    start = month_of((datetime.now(CITY) + timedelta(days=32)).date())
    versions = "SELECT array_agg(version ORDER BY month) FROM park.utilisation WHERE month >= $1"
    this_month = month_of(datetime.now(CITY).date()).date()

    async def counted_again() -> list[int]:
        await owner.execute("UPDATE ledger.job SET due_at = now()")
        await owner.execute("UPDATE park.utilisation SET counted_at = now() - interval '1 hour'")
        async with working(fresh_database) as jobs:
            await all_due(jobs)
        found: list[int] = await owner.fetchval(versions, this_month)
        return found

    assert await counted_again() == [1, 1, 1]
    assert await counted_again() == [1, 1, 1]
    await make.reservation(workspace=space, since=start, until=start + timedelta(hours=1))
    assert await counted_again() == [1, 2, 1]
