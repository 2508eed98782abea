"""Demonstration data: as much as asked for, the same for the same seed, and out again."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from hub import demo
from hub.demo import well_known
from hub.demo.loader import TABLES, TOGETHER
from hub.demo.scale import Scale
from hub.kit.checks import resident_valid, uscc_valid
from hub.kit.crypto import Sealer
from hub.kit.postgres import ClusterInfo
from tests.conftest import Database, clone, execute

SEALER = Sealer(b"d" * 32)
PEOPLE = 600
READ_ONLY = {"default_transaction_read_only": "on"}


@pytest.fixture
async def connection(fresh_database: Database) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(fresh_database.owner_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def loaded(cluster: ClusterInfo, template: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with the demonstration data of seed 1, to look at only."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_demo")
    assert await demo.load(database.owner_url, talents=PEOPLE, sealer=SEALER)
    opened = await asyncpg.connect(database.owner_url, server_settings=READ_ONLY)
    yield opened
    await opened.close()
    await execute(cluster, f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.fixture
async def changing(fresh_database: Database, connection: asyncpg.Connection) -> asyncpg.Connection:
    """The same for one test alone."""
    assert await demo.load(fresh_database.owner_url, talents=PEOPLE, sealer=SEALER)
    return connection


async def test_counts_follow_the_number_of_talents(loaded: asyncpg.Connection) -> None:
    scale = Scale.of(PEOPLE)
    expected = {
        "talent.talent": scale.talents,
        "park.park": scale.parks,
        "park.workspace": scale.workspaces,
        "project.project": scale.projects,
    }
    found = {name: await loaded.fetchval(f"SELECT count(*) FROM {name}") for name in expected}
    assert found == expected
    degrees = await loaded.fetchval("SELECT count(*) FROM talent.degree")
    assert 1.3 * PEOPLE < degrees < 1.6 * PEOPLE


def test_scale_grows_up_to_a_bound() -> None:
    assert Scale.of(2_000) == Scale(2_000, 200, 60, 1_200, 400)
    assert Scale.of(200_000) == Scale(200_000, 2_000, 60, 20_000, 20_000)


async def test_every_commitment_is_measured_or_says_why_not(loaded: asyncpg.Connection) -> None:
    rows = await loaded.fetch("""
        SELECT commitment_key, value, status, reason, counted FROM cooperation.measurement
        WHERE year = extract(year FROM hub_now() AT TIME ZONE 'Asia/Shanghai')
        ORDER BY commitment_key
    """)
    assert len(rows) == 20
    assert all((row["status"] == "NOT_MEASURABLE") == (row["reason"] is not None) for row in rows)
    counted = {row["commitment_key"] for row in rows if row["counted"]}
    assert counted >= {"C07", "C13", "C16", "C17", "C19", "C20"}
    assert {row["commitment_key"]: row["status"] for row in rows}["C13"] == "MET"


async def test_cities_and_departments_have_something_to_show(loaded: asyncpg.Connection) -> None:
    for table in TOGETHER:
        found = await loaded.fetchrow(
            f"SELECT count(*) AS all, count(*) FILTER (WHERE synthetic) AS invented FROM {table}"
        )
        assert found is not None
        assert found["all"] == found["invented"] > 0, table


async def test_every_row_says_synthetic(loaded: asyncpg.Connection) -> None:
    real = {
        table: await loaded.fetchval(f"SELECT count(*) FROM {table} WHERE NOT synthetic")
        for table in TABLES
    }
    reference = {"cooperation.organisation": 8, "cooperation.agreement": 2}
    assert real == {**dict.fromkeys(TABLES, 0), **reference}


async def test_second_load_does_nothing(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    assert await demo.loaded(fresh_database.owner_url)
    assert not await demo.load(fresh_database.owner_url, talents=10, sealer=SEALER)
    assert await changing.fetchval("SELECT count(*) FROM talent.talent") == PEOPLE


async def test_reset_takes_out_what_was_loaded_and_no_more(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    await demo.reset(fresh_database.owner_url)
    assert not await demo.loaded(fresh_database.owner_url)
    assert await changing.fetchval("SELECT count(*) FROM cooperation.organisation") == 8
    assert await changing.fetchval("SELECT count(*) FROM cooperation.partner") == 2


async def test_reset_leaves_real_rows_of_the_same_tables(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    real = await changing.fetchval(
        "INSERT INTO talent.talent (display_name) VALUES ('Somebody') RETURNING id"
    )
    await demo.reset(fresh_database.owner_url)
    assert await changing.fetch("SELECT id FROM talent.talent") == [(real,)]


async def test_what_was_changed_leaves_and_comes_back_with_a_change_row(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    """So that a partner's copy follows, and the rows still match their ledger."""
    space = await changing.fetchval("SELECT id FROM park.workspace ORDER BY id LIMIT 1")
    await changing.execute("UPDATE park.workspace SET version = 2 WHERE id = $1", space)
    note = "INSERT INTO ledger.change (entity, object, version, operation) VALUES ($1, $2, 2, $3)"
    await changing.execute(note, "Workspace", space, uuid4())
    await demo.reset(fresh_database.owner_url)
    await demo.load(fresh_database.owner_url, talents=PEOPLE, sealer=SEALER)
    rows = await changing.fetch("SELECT version, deleted FROM ledger.change ORDER BY xid, seq")
    assert [tuple(row) for row in rows] == [(2, False), (3, True), (1, False)]


async def test_reset_empties_rooms_that_nobody_told_it_of(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    await changing.execute("""
        CREATE SCHEMA attic;
        CREATE TABLE attic.chest (id uuid PRIMARY KEY, synthetic bool NOT NULL,
            park_id uuid REFERENCES park.park);
        CREATE TABLE attic.lid (chest_id uuid REFERENCES attic.chest);
        INSERT INTO attic.chest SELECT id, true, id FROM park.park LIMIT 2;
        UPDATE attic.chest SET (synthetic, park_id) = (false, NULL)
            WHERE id = (SELECT max(id::text)::uuid FROM attic.chest);
        INSERT INTO attic.lid SELECT id FROM attic.chest;
    """)
    real = await changing.fetch("SELECT id FROM attic.chest WHERE NOT synthetic")

    await demo.reset(fresh_database.owner_url)

    assert not await demo.loaded(fresh_database.owner_url)
    assert await changing.fetch("SELECT id FROM attic.chest") == real
    assert await changing.fetch("SELECT chest_id FROM attic.lid") == real


async def snapshot(connection: asyncpg.Connection) -> dict[str, list[object]]:
    """All rows without what is sealed anew or says when."""
    without = "'phone', 'email', 'identity_number', 'created_at', 'updated_at', 'change_xid'"
    return {
        table: await connection.fetchval(
            f"SELECT array_agg(to_jsonb(t) - ARRAY[{without}] ORDER BY id) FROM {table} t"
            " WHERE synthetic"
        )
        for table in TABLES
        if table != "park.reservation"  # lies around now, to the hour
    }


async def test_same_seed_gives_the_same_data(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    first = await snapshot(changing)
    await demo.reset(fresh_database.owner_url)
    await demo.load(fresh_database.owner_url, talents=PEOPLE, sealer=SEALER)
    assert await snapshot(changing) == first


async def test_another_seed_gives_other_people(
    fresh_database: Database, changing: asyncpg.Connection
) -> None:
    names = "SELECT array_agg(display_name ORDER BY display_name) FROM talent.talent"
    first = await changing.fetchval(names)
    await demo.reset(fresh_database.owner_url)
    await demo.load(fresh_database.owner_url, talents=PEOPLE, seed=2, sealer=SEALER)
    assert await changing.fetchval(names) != first


async def test_numbers_are_valid_in_form_and_belong_to_nobody(loaded: asyncpg.Connection) -> None:
    rows = await loaded.fetch("""
        SELECT phone, email, identity_type, identity_number, identity_hash, identity_last4,
            current_date AS today
        FROM talent.talent WHERE phone IS NOT NULL AND email IS NOT NULL
    """)
    for row in rows:
        number = SEALER.open(row["identity_number"], "talent.identity_number")
        assert SEALER.open(row["phone"], "talent.phone").startswith("+86120")
        assert SEALER.open(row["email"], "talent.email").endswith("@example.org")
        assert number.endswith(row["identity_last4"])
        assert SEALER.blind(number, "talent.identity_number") == row["identity_hash"]
        if row["identity_type"] == "RIC":
            assert resident_valid(number, row["today"])
            assert number.startswith("320699")
    codes = await loaded.fetch("SELECT uscc FROM cooperation.organisation WHERE synthetic")
    assert all(uscc_valid(row["uscc"]) and row["uscc"][2:8] == "320699" for row in codes)


async def test_large_load_builds_the_same_indexes(
    fresh_database: Database, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = """
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'talent'
        UNION SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'talent'::regnamespace
    """
    before = set(await connection.fetch(query))
    monkeypatch.setattr("hub.demo.loader.MANY", 1)
    await demo.load(fresh_database.owner_url, talents=50, sealer=SEALER)
    assert set(await connection.fetch(query)) == before


async def test_well_known_talents_consent_as_documented(loaded: asyncpg.Connection) -> None:
    rows = await loaded.fetch(
        "SELECT talent_id, recipient, state, field_groups FROM talent.consent"
        " WHERE talent_id = ANY ($1) ORDER BY talent_id, recipient",
        list(well_known.WELL_KNOWN_TALENTS),
    )
    everything, no_contact = ["BASIC", "DEGREE", "CONTACT"], ["BASIC", "DEGREE"]
    assert [tuple(row) for row in rows] == [
        (well_known.TALENT_ID, well_known.SHANGHAI, "GRANTED", no_contact),
        (well_known.TALENT_ID, well_known.SUZHOU, "GRANTED", everything),
        (well_known.TALENT_WITHDRAWN_ID, well_known.SHANGHAI, "WITHDRAWN", no_contact),
        (well_known.TALENT_WITHDRAWN_ID, well_known.SUZHOU, "GRANTED", everything),
    ]


async def test_well_known_parks_have_different_operators(loaded: asyncpg.Connection) -> None:
    rows = await loaded.fetch("SELECT id, operator_id FROM park.park WHERE code IN ('P1', 'P2')")
    operators = {row["id"]: row["operator_id"] for row in rows}
    assert operators[well_known.PARK_P1_ID] == well_known.OPERATOR_P1_ID
    assert operators[well_known.PARK_P2_ID] != well_known.OPERATOR_P1_ID


async def test_no_workspace_holds_more_than_its_seats(loaded: asyncpg.Connection) -> None:
    """At the start of each reservation, when the sum is greatest."""
    over = await loaded.fetch("""
        SELECT w.id FROM park.workspace w JOIN park.reservation r ON r.workspace_id = w.id
        WHERE r.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN') AND w.seats < (
            SELECT sum(o.seats) FROM park.reservation o
            WHERE o.workspace_id = w.id AND o.period @> lower(r.period)
                AND o.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN'))
    """)
    assert over == []


async def test_progress_is_told_up_to_the_end(fresh_database: Database) -> None:
    told: list[tuple[str, int, int]] = []
    await demo.load(
        fresh_database.owner_url,
        talents=PEOPLE,
        sealer=SEALER,
        progress=lambda *said: told.append(said),
    )
    assert told == [("talents", PEOPLE, PEOPLE)]


@pytest.mark.long
async def test_two_hundred_thousand(
    fresh_database: Database, connection: asyncpg.Connection
) -> None:
    await demo.load(fresh_database.owner_url, talents=200_000, sealer=SEALER)
    assert await connection.fetchval("SELECT count(*) FROM talent.talent") == 200_000
