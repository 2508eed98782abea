"""Commitments are measured live by the rule of their kind, and each number shows its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from hub.app import registry
from hub.model.access import Audience
from hub.reference.files import read
from tests.make import Make
from tests.subgraphs.conftest import SUZHOU, Ask, as_, department, nodes, operator, partner

ALL = """
    query ($year: Int) { commitments(year: $year, first: 20, orderBy: [KEY_ASC]) { totalCount
        edges { node { key year value status reason reasonZh reasonEn asOf
            evidence(first: 20) { totalCount edges { node { kind objectId year amount } } } } } } }
"""
RULES = """
    SELECT value, status, reason, counted, elapsed_share, as_of FROM cooperation.measurement
    WHERE commitment_key = 'T' AND year = $1
"""


async def on(connection: asyncpg.Connection, day: date) -> None:
    """Let the database's clock stand on noon of a day."""
    await connection.execute(
        "SELECT set_config('hub.clock_shift',"
        " (($1::date + time '12:00') AT TIME ZONE 'Asia/Shanghai' - statement_timestamp())::text,"
        " true)",
        day,
    )


async def promise(connection: asyncpg.Connection, kind: str, **values: Any) -> None:
    """A commitment T that counts the parks for returned talent."""
    given = {
        "key": "T",
        "section": "S0",
        "kind": kind,
        "period": "CALENDAR_YEAR",
        "metric": "park.returnee_parks",
        "valued_by": "SUM",
        **dict.fromkeys(("title_zh", "title_en", "quote_zh", "unit_zh", "unit_en", "source"), "-"),
        **values,
    }
    places = ", ".join(f"${place}" for place in range(1, len(given) + 1))
    await connection.execute(
        f"INSERT INTO cooperation.commitment ({', '.join(given)}) VALUES ({places})",
        *given.values(),
    )


async def parks(make: Make, *opened: date | None) -> None:
    zone = await make.zone()
    for day in opened:
        await make.park(kind="RETURNEE_PARK", zone=zone, specialties=["biotech"], open_from=day)


async def measured(connection: asyncpg.Connection, year: int) -> Any:
    row = await connection.fetchrow(RULES, year)
    return None if row is None else (row["value"], row["status"], row["reason"])


async def test_all_twenty_are_there_each_measured_or_with_its_reason(ask: Ask) -> None:
    found = (await ask(department(), ALL, year=2026))["commitments"]
    assert found["totalCount"] == 20
    assert nodes(found, "key") == [f"C{number:02d}" for number in range(1, 21)]
    for edge in found["edges"]:
        node = edge["node"]
        assert node["year"] == 2026
        assert (node["status"] == "NOT_MEASURABLE") == (node["reason"] is not None)
        assert bool(node["reason"]) == bool(node["reasonZh"]) == bool(node["reasonEn"])


async def test_a_room_that_has_not_joined_is_told(ask: Ask) -> None:
    """Until it declares the metric."""
    found = (await ask(department(), ALL, year=2026))["commitments"]["edges"]
    metrics = {record["key"]: record["metric"] for record in read("commitments")["commitments"]}
    missing = {key for key, metric in metrics.items() if metric not in registry().counts}
    not_joined = {e["node"]["key"] for e in found if e["node"]["reason"] == "ROOM_NOT_JOINED"}
    assert not_joined == missing
    assert "C01" in missing
    first = found[0]["node"]
    assert (first["value"], first["evidence"]["totalCount"]) == (None, 0)
    assert first["reasonZh"] == "应计对象所属业务尚未接入本平台"


def test_every_count_is_somebodys_metric() -> None:
    metrics = {record["metric"] for record in read("commitments")["commitments"]}
    assert set(registry().counts) <= metrics


async def test_of_a_commitment_only_its_own_count_is_run(
    connection: asyncpg.Connection, make: Make
) -> None:
    """What the other rooms and metrics have is not read for it."""
    await promise(connection, "FLOOR", target="10")
    await parks(make, date(2026, 1, 1))
    await make.workspace(price_fen=0)
    explained = await connection.fetchval(
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT value FROM cooperation.measurement"
        " WHERE commitment_key = 'T' AND year = 2026"
    )
    read_tables = {
        node["Relation Name"]
        for node in plan_nodes(json.loads(explained)[0]["Plan"])
        if "Relation Name" in node and node["Actual Loops"]
    }
    assert read_tables == {"commitment", "park"}


def plan_nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from plan_nodes(child)


@pytest.mark.parametrize(
    ("day", "parks_by_then", "status"),
    [
        (date(2026, 3, 1), 2, "BEHIND"),
        (date(2026, 3, 1), 3, "ON_TRACK"),
        (date(2026, 12, 31), 9, "BEHIND"),
        (date(2026, 12, 31), 10, "MET"),
        (date(2027, 1, 1), 9, "MISSED"),
        (date(2027, 1, 1), 10, "MET"),
    ],
)
async def test_floor(
    connection: asyncpg.Connection, make: Make, day: date, parks_by_then: int, status: str
) -> None:
    """59 of 365 days are over on 1 March: 2 of 13 are less than that share, 3 are more."""
    target = 13 if day.month == 3 else 10
    await promise(connection, "FLOOR", target=json.dumps(target))
    await parks(make, *[date(2026, 2, 1)] * parks_by_then)
    await on(connection, day)
    assert await measured(connection, 2026) == (parks_by_then, status, None)


async def test_floor_at_four_fifths_of_the_year(connection: asyncpg.Connection, make: Make) -> None:
    """The handbook's own example: 7 of 10 at 0.8 of the year is BEHIND."""
    await promise(connection, "FLOOR", target="10")
    await parks(make, *[date(2026, 2, 1)] * 7)
    await on(connection, date(2026, 10, 20))
    row = await connection.fetchrow(RULES, 2026)
    assert (row["value"], row["status"], row["counted"]) == (7, "BEHIND", 7)
    assert row["elapsed_share"] == Decimal("0.8")
    assert row["as_of"] == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("opened", "day", "expected"),
    [
        ([date(2026, 2, 1)], date(2026, 6, 1), (1, "NOT_MEASURABLE", "NO_PERIOD_BEFORE")),
        ([date(2025, 2, 1)], date(2026, 6, 1), (1, "BEHIND", None)),
        ([date(2025, 2, 1), date(2026, 2, 1)], date(2026, 6, 1), (2, "ON_TRACK", None)),
        ([date(2025, 2, 1), date(2026, 7, 1)], date(2026, 6, 1), (1, "BEHIND", None)),
        ([date(2025, 2, 1), date(2026, 2, 1)], date(2027, 6, 1), (2, "MET", None)),
        ([date(2025, 2, 1)], date(2027, 6, 1), (1, "MISSED", None)),
    ],
)
async def test_direction(
    connection: asyncpg.Connection, make: Make, opened: list[date], day: date, expected: Any
) -> None:
    await promise(connection, "DIRECTION")
    await parks(make, *opened)
    await on(connection, day)
    assert await measured(connection, 2026) == expected


async def test_presence_once_and_again_and_again(
    connection: asyncpg.Connection, make: Make
) -> None:
    await promise(connection, "PRESENCE", period="ONCE")
    assert await measured(connection, 2026) == (0, "NOT_MEASURABLE", "NO_DATE_GIVEN")
    await parks(make, None)
    assert await measured(connection, 2026) == (1, "MET", None)
    await connection.execute(
        "UPDATE cooperation.commitment SET period = 'RECURRING' WHERE key = 'T'"
    )
    assert await measured(connection, 2026) == (1, "NOT_MEASURABLE", "NO_FREQUENCY_GIVEN")


async def offer(connection: asyncpg.Connection, rows: str) -> None:
    """Evidence of T in the place of the rooms': (amount, member) of each object."""
    view = "cooperation.counted_object"
    definition = await connection.fetchval(f"SELECT pg_get_viewdef('{view}'::regclass)")
    known = {
        "id": "uuidv7()",
        "commitment_key": "'T'",
        "year": "2026",
        "kind": "'Park'",
        "object_id": "'Park:' || uuidv7()",
        "amount": "amount",
        "member": "member",
        "shared_with": "'{}'::text[]",
        "since": "NULL::date",
        "until": "NULL::date",
        "measurement_id": "uuidv7()",
    }
    columns = [column.name for column in registry().nouns["CountedObject"].table.c]
    given = ", ".join(known.get(column, "NULL::uuid") for column in columns)
    await connection.execute(f"""
        CREATE OR REPLACE VIEW {view} AS
        SELECT * FROM ({definition.rstrip("; ")}) AS real WHERE commitment_key <> 'T'
        UNION ALL SELECT {given} FROM (VALUES {rows}) AS given (amount, member)
    """)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("(1, 'HK'), (1, 'HK'), (1, 'SG'), (1, 'US')", (2, "BEHIND")),
        ("(1, 'HK'), (1, 'SG'), (1, 'JP')", (3, "ON_TRACK")),
        ("(1, 'HK'), (1, 'SG'), (1, 'JP'), (1, 'KR')", (4, "MET")),
    ],
)
async def test_coverage(connection: asyncpg.Connection, rows: str, expected: Any) -> None:
    """Each of the list once, whatever else was visited; two thirds of the year are over."""
    await promise(
        connection, "COVERAGE", valued_by="MEMBERS", target=json.dumps(["HK", "SG", "JP", "KR"])
    )
    await on(connection, date(2026, 9, 1))
    await offer(connection, rows)
    assert (await measured(connection, 2026))[:2] == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("(500, 'A/ONE'), (600, 'A/TEAM')", (600, "MET")),
        ("(501, 'A/ONE'), (600, 'A/TEAM')", (600, "MISSED")),
        ("(501, 'A/TEAM')", (501, "MET")),
    ],
)
async def test_ceiling(connection: asyncpg.Connection, rows: str, expected: Any) -> None:
    """Each object is held against the cap of its own kind."""
    caps = [
        {"category": "A", "applicant": "ONE", "maxFen": 500},
        {"category": "A", "applicant": "TEAM", "maxFen": 600},
    ]
    await promise(connection, "CEILING", valued_by="GREATEST", target=json.dumps(caps))
    await offer(connection, rows)
    assert (await measured(connection, 2026))[:2] == expected


async def test_median(connection: asyncpg.Connection) -> None:
    await promise(connection, "PRESENCE", period="RECURRING", valued_by="MEDIAN")
    await offer(connection, "(10, NULL), (90, NULL), (40, NULL), (20, NULL)")
    assert (await measured(connection, 2026))[0] == 30


async def test_evidence_is_what_was_counted(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    await parks(make, date(2025, 5, 1), date(2026, 2, 1), date(2090, 1, 1))
    zone = await make.zone()
    await make.park(kind="RETURNEE_PARK", zone=zone, specialties=["ai"], state="PROPOSED")
    document = """
        query ($year: Int) { commitments(year: $year, first: 1, filter: {key: "C19"}) {
            edges { node { value evidence(first: 9, orderBy: [SINCE_ASC]) { totalCount edges {
                node { kind objectId since park { id openFrom } workspace { id } } } } } } } }
    """
    await on(connection, date(2026, 6, 1))

    async def of(year: int | None) -> Any:
        [edge] = (await ask(partner(SUZHOU), document, year=year))["commitments"]["edges"]
        return edge["node"]

    this_year, last_year = await of(None), await of(2025)
    assert this_year == await of(2026)
    assert this_year["value"] == "2"
    shown = [edge["node"] for edge in this_year["evidence"]["edges"]]
    assert [node["park"]["openFrom"] for node in shown] == ["2025-05-01", "2026-02-01"]
    assert [node["objectId"] for node in shown] == [node["park"]["id"] for node in shown]
    assert all(node["workspace"] is None for node in shown)
    assert (last_year["value"], last_year["evidence"]["totalCount"]) == ("1", 1)


async def test_seats_that_cost_nothing_are_counted_by_the_seat(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    zone = await make.zone()
    park = await make.park(kind="RETURNEE_PARK", zone=zone, specialties=["biotech"])
    await make.workspace(park=park, seats=4)
    await make.workspace(park=park, seats=8, price_fen=100)
    await make.workspace(park=park, seats=16, state="OUT_OF_SERVICE")
    await make.workspace(seats=32)
    document = '{commitment(key: "C20"){value unitEn evidence(first: 9){edges{node{amount}}}}}'
    await on(connection, date(2026, 6, 1))
    found = (await ask(operator(), document))["commitment"]
    assert (found["value"], found["unitEn"]) == ("4", "seats")
    assert nodes(found["evidence"], "amount") == ["4"]


async def test_agreements_with_universities_count_once_signed(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    """The two of the document, whose dates it does not give, and one that lasted for 2025."""
    university = await make.organisation(kind="UNIVERSITY")
    about: dict[str, Any] = {"organisation": university, "kind": "UNIVERSITY"}
    await make.agreement(**about)
    year: dict[str, Any] = {"valid_from": date(2025, 1, 1), "valid_until": date(2026, 1, 1)}
    await make.agreement(**about, state="IN_FORCE", **year)
    document = """query ($year: Int) {commitments(year: $year, first: 1, filter: {key: "C07"}){
        edges{node{value evidence(first: 9){edges{node{agreement{organisation{key}}}}}}}}}"""
    await on(connection, date(2026, 6, 1))

    async def of(year: int) -> Any:
        [edge] = (await ask(department(), document, year=year))["commitments"]["edges"]
        return edge["node"]

    assert (await of(2025))["value"] == "3"
    this_year = await of(2026)
    assert this_year["value"] == "2"
    agreed = [node["organisation"]["key"] for node in nodes(this_year["evidence"], "agreement")]
    assert sorted(agreed) == ["hrbeu", "seu"]


async def test_a_year_that_is_not_there(ask: Ask) -> None:
    for year in (2024, 2200):
        assert (await ask(department(), ALL, year=year))["commitments"]["totalCount"] == 0


async def test_history_and_its_evidence(
    connection: asyncpg.Connection, make: Make, ask: Ask
) -> None:
    await parks(make, date(2025, 5, 1), date(2026, 2, 1))
    await on(connection, date(2026, 6, 1))
    document = """{commitment(key: "C19"){measurements(first: 9, orderBy: [YEAR_ASC]){edges{node{
        year value status periodFrom periodTo evidence(first: 9){totalCount}}}}}}"""
    found = (await ask(department(), document))["commitment"]["measurements"]["edges"]
    assert [edge["node"] for edge in found] == [
        {
            "year": 2025,
            "value": "1",
            "status": "NOT_MEASURABLE",
            "periodFrom": "2025-01-01",
            "periodTo": "2026-01-01",
            "evidence": {"totalCount": 1},
        },
        {
            "year": 2026,
            "value": "2",
            "status": "ON_TRACK",
            "periodFrom": "2026-01-01",
            "periodTo": "2027-01-01",
            "evidence": {"totalCount": 2},
        },
    ]


async def test_reported_figures_stand_apart(ask: Ask) -> None:
    document = """{reportedFacts(first: 20, orderBy: [KEY_ASC]){edges{node{
        key value relation quoteZh}}}}"""
    found = [e["node"] for e in (await ask(operator(), document))["reportedFacts"]["edges"]]
    assert [(one["key"], one["value"], one["relation"]) for one in found] == [
        ("F01", "194600", "EQ"),
        ("F02", "48600", "EQ"),
        ("F03", "50000", "GT"),
        ("F04", "53", "EQ"),
        ("F05", "1", "EQ"),
        ("F06", "100", "GT"),
        ("F07", "60", "GT"),
        ("F08", "30", "EQ"),
    ]
    fact = registry().nouns["ReportedFact"]
    assert fact.edges == {}, "no way leads from a reported figure to a counted one"


async def test_targets_are_those_of_the_text(ask: Ask) -> None:
    document = "{commitments(first: 20, orderBy: [KEY_ASC]){edges{node{key target}}}}"
    found = (await ask(operator(), document))["commitments"]["edges"]
    targets = {e["node"]["key"]: e["node"]["target"] for e in found if e["node"]["target"]}
    assert targets == {
        "C01": 10,
        "C02": 2000,
        "C03": ["HK", "SG", "JP", "KR"],
        "C14": 3_000_000_000,
        "C15": [
            {"category": "ENTREPRENEURSHIP", "applicant": "INDIVIDUAL", "maxFen": 500_000_000},
            {"category": "ENTREPRENEURSHIP", "applicant": "TEAM", "maxFen": 600_000_000},
            {"category": "INNOVATION", "applicant": "INDIVIDUAL", "maxFen": 200_000_000},
            {"category": "INNOVATION", "applicant": "TEAM", "maxFen": 300_000_000},
        ],
    }


async def test_public_to_whoever_reads_commitments(ask: Ask) -> None:
    for audience in Audience:
        found = await ask(as_(audience), "{commitments(first: 1){totalCount}}")
        assert found["commitments"]["totalCount"] == 20


async def test_the_measure_that_a_commitment_is_about(ask: Ask) -> None:
    document = """{policy(key: "home-purchase"){commitments(first: 9){edges{node{
        key policy{key}}}}}}"""
    [edge] = (await ask(operator(), document))["policy"]["commitments"]["edges"]
    assert edge["node"] == {"key": "C10", "policy": {"key": "home-purchase"}}
