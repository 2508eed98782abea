"""How long the park room's answers take at full scale, beside a tenth of it; and what is scanned.

    python -m tests.bench.places        2,000 workspaces with 200,000 reservations against ten times

Two databases of one server are asked in turn through one engine each, so that what disturbs the
machine disturbs both. No row may grow by more than a third, and no golden case that looks at these
tables may read a large one from end to end, unless it counts what a filter leaves of all. Parks are
sixty at either size. The first run fills the databases, which takes some minutes; they are used
again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import asyncpg
import typer
import uvloop
from rich.table import Table

from hub import reference
from hub.app import core_schema, registry, schema
from hub.demo.bare import bare
from hub.engine import Engine, Question
from hub.engine.parameters import Run
from hub.kit import migrations
from hub.kit.db import connect_pool
from hub.kit.postgres import Cluster, ClusterInfo
from hub.model.access import Audience, Grant
from tests.bench.__main__ import screen
from tests.bench.home import HOME
from tests.engine.test_golden import CASES, read

SIZES = {"places_tenth": 2_000, "places_full": 20_000}
EACH = 100
"""Reservations of a workspace: one every eight days, the last three months of them to come."""

MOST = 1.3
LARGE_TABLE = 10_000
ROOMS = ("cooperation", "park", "policy")
ALL = frozenset(registry().scopes)
DEPARTMENT = Grant("bench", Audience.DEPARTMENT, ALL)
OPERATOR = "an operator"
DECEMBER = {"from": "2026-12-01T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00"}
SEARCH = {"seats": 12, "length": "P3D", "during": DECEMBER}
HALF_DAY = {"from": "2026-12-01T09:00:00+08:00", "until": "2026-12-01T18:00:00+08:00"}

QUESTIONS: Mapping[str, tuple[Grant | str, str, dict[str, Any]]] = {
    "workspaces": (
        DEPARTMENT,
        "{ workspaces(first: 20) { edges { node { code seats freeSeats } } } }",
        {},
    ),
    "12 seats for three days of a month, free of charge, in a division": (
        DEPARTMENT,
        """query ($s: FreeWindowSearch!) {
          workspaces(first: 20, withFreeWindow: $s, freeOfCharge: true, division: "320613") {
            edges { node { code park { code } freeWindows(search: $s, first: 3) { from until } } }
          }
        }""",
        {"s": SEARCH},
    ),
    "the same anywhere and at any price": (
        DEPARTMENT,
        """query ($s: FreeWindowSearch!) {
          workspaces(first: 20, withFreeWindow: $s) {
            edges { node { code freeWindows(search: $s, first: 3) { from until } } }
          }
        }""",
        {"s": SEARCH},
    ),
    "workspaces nobody holds in half a day": (
        DEPARTMENT,
        "query ($p: Period!) { workspaces(first: 20, during: $p) { edges { node { code } } } }",
        {"p": HALF_DAY},
    ),
    "reservations of a park": (
        OPERATOR,
        "{ reservations(first: 20, filter: {state: CONFIRMED}) { edges { node { from seats } } } }",
        {},
    ),
    "utilisation of all parks": (
        DEPARTMENT,
        """{ utilisations(first: 60, orderBy: [MONTH_DESC]) {
          edges { node { month seatHours reservedShare park { code } } } } }""",
        {},
    ),
}

PARKS = """
    INSERT INTO park.park (code, name_zh, kind, state, division_code, operator_id)
    SELECT 'B' || n, '园区', 'OTHER', 'OPEN', codes[1 + n % cardinality(codes)], organisation.id
    FROM generate_series(1, 60) AS n, (
            SELECT array_agg(code ORDER BY code) AS codes FROM cooperation.division
            WHERE parent_code = '320600' AND NOT statistical_only
        ) AS city, (SELECT id FROM cooperation.organisation ORDER BY id LIMIT 1) AS organisation
"""
WORKSPACES = """
    INSERT INTO park.workspace (code, kind, seats, area_cm2, booking_unit, price_fen, whole_space,
        state, keeps_hours, park_id)
    SELECT 'W' || n, 'DESK', 1 + floor(random() * 20)::int, 40000,
        (ARRAY['DAY', 'MONTH', 'HOUR'])[1 + n % 3], CASE WHEN random() < 0.3 THEN 0 ELSE 1000 END,
        n % 3 > 0, CASE WHEN random() < 0.06 THEN 'OUT_OF_SERVICE' ELSE 'AVAILABLE' END,
        n % 3 <> 1 AND random() < 0.4, park.id
    FROM generate_series(1, $1::int) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY code) AS number FROM park.park) AS park
        ON park.number = 1 + n % 60
"""
HOURS = """
    INSERT INTO park.availability_rule (workspace_id, weekday, opens_at, closes_at)
    SELECT id, unnest('{MO,TU,WE,TH,FR}'::text[]), '08:30', '18:00'
    FROM park.workspace WHERE keeps_hours
"""
RESERVATIONS = """
    INSERT INTO park.reservation (period, whole_space, seats, requested_by, state, workspace_id,
        park_id, holder_organisation_id)
    SELECT tstzrange(start, until), whole_space, 1, 'cloud-platform', CASE WHEN until > now()
            THEN 'CONFIRMED' WHEN n % 4 = 0 THEN 'NO_SHOW' ELSE 'COMPLETED' END,
        space.id, space.park_id, organisation.id
    FROM park.workspace AS space
    CROSS JOIN generate_series(0, $1::int - 1) AS n
    CROSS JOIN (SELECT id FROM cooperation.organisation ORDER BY id LIMIT 1) AS organisation
    CROSS JOIN LATERAL (
        SELECT day AS start, day + (1 + n % 5) * interval '1 day' AS until
        FROM (
            SELECT date_trunc('day', now())
                + (n * 8 - 700 + abs(hashtext(space.code)) % 8) * interval '1 day'
        ) AS first (day)
    ) AS period
"""
FIGURES = """
    INSERT INTO park.utilisation (park_id, month, workspaces, seats, free_of_charge_seats,
        seat_hours, reserved_seat_hours, used_seat_hours, free_of_charge_seat_hours,
        free_of_charge_reserved_seat_hours, reservations, no_shows, synthetic)
    SELECT counted.* FROM park.park, park.counted_utilisation(park.id) AS counted
"""
EXCLUSION = "ex_reservation_whole_space"


async def fill(url: str, workspaces: int, each: int = EACH) -> None:
    """A migrated database of this size, within one transaction; `each` has so many reservations."""
    owner = await asyncpg.connect(url)
    try:
        async with owner.transaction():
            await owner.execute("SET LOCAL statement_timeout = 0")
            await owner.execute("SELECT setseed(0.5)")
            await owner.execute(PARKS)
            await owner.execute(WORKSPACES, workspaces)
            # Index by index and without triggers it takes a tenth of the time.
            await owner.execute("ALTER TABLE park.reservation DISABLE TRIGGER USER")
            whole = await owner.fetchval(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1", EXCLUSION
            )
            await owner.execute(f"ALTER TABLE park.reservation DROP CONSTRAINT {EXCLUSION}")
            async with bare(owner, ("park.reservation",)):
                await owner.execute(RESERVATIONS, each)
            await owner.execute(f"ALTER TABLE park.reservation ADD CONSTRAINT {EXCLUSION} {whole}")
            await owner.execute("ALTER TABLE park.reservation ENABLE TRIGGER USER")
            await owner.execute(HOURS)
            await owner.execute(FIGURES)
        await owner.execute("VACUUM ANALYZE")
    finally:
        await owner.close()


async def ready(cluster: ClusterInfo, name: str) -> str:
    """The URL of the filled database of this name."""
    url = cluster.url("hub_owner", cluster.accounts.hub_owner, name)
    owner = await asyncpg.connect(cluster.owner_url)
    try:
        if not await owner.fetchval(
            "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name
        ):
            making = f"{name}_in_the_making"
            await owner.execute(f"DROP DATABASE IF EXISTS {making}")
            await owner.execute(f"CREATE DATABASE {making}")
            url_of_making = cluster.url("hub_owner", cluster.accounts.hub_owner, making)
            await migrations.upgrade(url_of_making)
            await reference.load(url_of_making)
            await fill(url_of_making, SIZES[name])
            await owner.execute(f"ALTER DATABASE {making} RENAME TO {name}")
    finally:
        await owner.close()
    await migrations.upgrade(url)
    return url


class Side:
    """An engine over a database of one size."""

    def __init__(self, pool: asyncpg.Pool, park: Any) -> None:
        self.pool = pool
        self.operator = Grant("bench", Audience.OPERATOR, ALL, parks=(park,))
        self.engine = Engine(registry(), core_schema(schema()), pool, unseal=lambda text, _: text)

    def grant(self, given: Grant | str) -> Grant:
        return given if isinstance(given, Grant) else self.operator

    async def milliseconds(self, name: str, times: int) -> float:
        """The median of so many answers."""
        given, document, variables = QUESTIONS[name]
        waits = []
        for _ in range(times):
            begun = time.perf_counter()
            answer = await self.engine.answer(
                Question(document, None, variables), self.grant(given)
            )
            waits.append((time.perf_counter() - begun) * 1e3)
            assert b'"node"' in answer.body, answer.body
        return median(waits)

    async def scanned(self, question: Question, grant: Grant) -> set[str]:
        """Large tables that the statement of an operation reads from end to end."""
        operation = self.engine.operation(question)
        variables = self.engine.variables(operation, question.variables)
        statement = self.engine.compiled(operation, variables, grant).statement
        if not statement.sql:  # nothing of it is for this caller
            return set()
        run = Run(variables, grant, operation.hash, self.engine.clock())
        rows = await self.pool.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(run))
        plan = "\n".join(row[0] for row in rows)
        large = await self.pool.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1", LARGE_TABLE
        )
        return {row[0] for row in large} & set(re.findall(r"Seq Scan on (\w+)", plan))


def golden() -> list[Path]:
    """The golden cases of the rooms that the places' tables are read by."""
    return sorted(file for room in ROOMS for file in (CASES / room).glob("*.graphql"))


def counts_all(file: Path) -> bool:
    """Whether a case counts what a filter leaves of all: who counts all reads all."""
    return "totalCount" in file.read_text("utf-8")


async def side(cluster: ClusterInfo, name: str) -> Side:
    pool = await connect_pool(await ready(cluster, name), size=1)
    return Side(pool, await pool.fetchval("SELECT id FROM park.park ORDER BY code LIMIT 1"))


async def measured(path: Path, rounds: int) -> bool:
    """Show how each row grows and what is scanned; whether all is as it must be."""
    running = Cluster(path)
    cluster = running.start()
    try:
        sides = [await side(cluster, name) for name in SIZES]
        table = Table("row", *(f"ms, {size:,} workspaces" for size in SIZES.values()), "grows")
        good = True
        for name in QUESTIONS:
            for one in sides:
                await one.milliseconds(name, 5)
            waits = [[await one.milliseconds(name, 20) for one in sides] for _ in range(rounds)]
            ratio = median(full / tenth for tenth, full in waits)
            good &= ratio <= MOST
            tenth, full = (median(found) for found in zip(*waits, strict=True))
            table.add_row(name, f"{tenth:.2f}", f"{full:.2f}", f"{ratio:.2f}")
        screen.print(table)
        for file in golden():
            if found := await sides[-1].scanned(*read(file)):
                good &= counts_all(file)
                screen.print(f"{file.name} reads {', '.join(sorted(found))} from end to end")
        for one in sides:
            await one.pool.close()
        return good
    finally:
        running.stop()


def main(
    rounds: Annotated[int, typer.Option(min=1)] = 7,
    path: Annotated[Path, typer.Option("--home", help="Where its databases lie.")] = HOME
    / "places",
) -> None:
    """Exit code 0 when nothing grows more than it may and nothing large is scanned, else 1."""
    if not uvloop.run(measured(path.resolve(), rounds)):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
