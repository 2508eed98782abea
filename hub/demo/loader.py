"""Demonstration data into a database with COPY."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import asyncpg

from hub.demo import (
    agreements,
    consents,
    degrees,
    hours,
    met,
    observations,
    organisations,
    people,
    projects,
    records,
    reservations,
    series,
    together,
)
from hub.demo.bare import bare
from hub.demo.places import (
    PARK_COLUMNS,
    PUBLISHED,
    WORKSPACE_COLUMNS,
    Workspace,
    Zone,
    parks,
    workspaces,
)
from hub.demo.reset import told
from hub.demo.scale import Scale
from hub.kit import crypto
from hub.kit.crypto import Sealer
from hub.kit.db import plain_url
from hub.settings import settings

Progress = Callable[[str, int, int], None]
"""Told what is being loaded, how many rows are in and how many there will be."""

BATCH = 10_000
MANY = 20_000
"""Talents from which on it pays to build the indexes at the end."""

BEIJING = timezone(timedelta(hours=8))

OBSERVATION = "park.observation"
"""What was seen of a workspace is as invented as the workspace."""

TABLES = (
    "park.carrier",
    "park.fee_relief",
    "park.returnee_home",
    "park.utilisation",
    "park.availability_rule",
    "park.block",
    "park.reservation",
    "park.reservation_series",
    "park.workspace",
    "project.project",
    "park.park",
    "talent.consent",
    "talent.degree",
    "talent.talent",
    "cooperation.agreement",
    "cooperation.organisation",
)
"""Tables that are filled here; the last two have real rows besides, the others only where people
work with them."""

TOGETHER = (
    "talent.follow_up",
    "talent.contact",
    "opportunity.event",
    "cooperation.chain_role",
    "cooperation.industry_chain",
    "cooperation.matter",
    "cooperation.working_group_member",
    "cooperation.working_group",
    "cooperation.enclave_share",
    "cooperation.enclave_result",
    "cooperation.enclave",
)
"""Tables of what cities and departments do together and of whom they met, all of it dated by the
moment of loading."""


async def load(
    owner_url: str,
    *,
    talents: int = 2_000,
    seed: int = 1,
    progress: Progress | None = None,
    sealer: Sealer | None = None,
) -> bool:
    """Fill an empty database, in one transaction; False when it has demonstration data already."""
    sealer = sealer or crypto.load(settings().home / "keys", settings().data_key)
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        async with connection.transaction():
            if await _any_synthetic(connection):
                return False
            loader = Loader(connection, Scale.of(talents), seed, sealer, progress)
            await loader.run()
            await told(connection, (*TOGETHER, *TABLES), gone=False)
        tables = ", ".join((OBSERVATION, *TOGETHER, *TABLES))
        await connection.execute(f"ANALYZE {tables}")
        return True
    finally:
        await connection.close()


async def loaded(owner_url: str) -> bool:
    """Whether the database has demonstration data."""
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        return await _any_synthetic(connection)
    finally:
        await connection.close()


async def _any_synthetic(connection: asyncpg.Connection) -> bool:
    each = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE synthetic)" for table in TABLES)
    return bool(await connection.fetchval(f"SELECT {each}"))


class Loader:
    """Loads everything of one seed and scale; what later tables refer to is kept by its id."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        scale: Scale,
        seed: int,
        sealer: Sealer,
        progress: Progress | None,
    ) -> None:
        self.connection = connection
        self.scale = scale
        self.seed = seed
        self.sealer = sealer
        self.progress = progress or _silent
        self.now = datetime.now(BEIJING)
        self.talents: list[UUID] = []

    @property
    def today(self) -> date:
        return self.now.date()

    async def run(self) -> None:
        await self.connection.execute("SET LOCAL statement_timeout = 0")
        await self._people()
        firms = await self._organisations()
        await self._copy(
            "cooperation.agreement", agreements.COLUMNS, agreements.agreements(self.today)
        )
        for table, columns, rows in together.tables(self.now, firms):
            await self._copy(table, columns, rows)
        for table, columns, rows in met.tables(self.now, self.talents, self.sealer):
            await self._copy(table, columns, rows)
        published, spaces = await self._places(firms)
        await self._projects(firms, published)
        await self._bookings(firms, spaces)
        await self._records(firms, published)
        await self._copy(
            OBSERVATION,
            observations.COLUMNS,
            observations.observations(self.seed, spaces, self.now),
        )
        await self.connection.execute(observations.COPY_LATEST)

    async def _bookings(self, firms: list[UUID], spaces: list[Workspace]) -> None:
        """Reservations; and hours and blocks of workspaces that have none, so that all agree."""
        booked: set[UUID] = set()

        def noted() -> Iterator[tuple[Any, ...]]:
            for row in reservations.reservations(self.seed, spaces, self.talents, firms, self.now):
                booked.add(row[1])
                yield row

        await self._copy("park.reservation", reservations.COLUMNS, noted())
        left = [space for space in spaces if space.id not in booked]
        await self._copy(
            "park.availability_rule", hours.COLUMNS, hours.opening_hours(self.seed, left)
        )
        blocks = list(hours.blocks(self.seed, left, self.now))
        await self._copy("park.block", hours.BLOCK_COLUMNS, blocks)
        await self.connection.execute(hours.KEEP)
        closed = {row[1] for row in blocks}
        rooms = [space for space in left if space.id not in closed]
        rows, each = series.series(self.seed, rooms, firms, self.now)
        await self._copy("park.reservation_series", series.COLUMNS, rows)
        await self._copy("park.reservation", series.EACH_COLUMNS, each)

    async def _records(self, firms: list[UUID], parks: list[UUID]) -> None:
        await self._copy(
            "park.carrier", records.CARRIER_COLUMNS, records.carriers(self.seed, firms)
        )
        await self._copy(
            "park.returnee_home", records.HOME_COLUMNS, records.homes(self.seed, parks)
        )
        made = records.reliefs(self.seed, parks, firms, self.today)
        await self._copy("park.fee_relief", records.RELIEF_COLUMNS, made)

    async def _people(self) -> None:
        if self.scale.talents < MANY:
            await self._batches_of_people()
            return
        async with bare(self.connection, ("talent.talent", "talent.degree", "talent.consent")):
            await self._batches_of_people()
            self.progress("indexes", 0, 1)
        self.progress("indexes", 1, 1)

    async def _batches_of_people(self) -> None:
        divisions = await self._divisions("SELECT code FROM cooperation.division")
        total = self.scale.talents
        for first in range(0, total, BATCH):
            batch = people.Batch(self.seed, first, min(first + BATCH, total))
            made = list(people.people(batch, divisions, self.sealer, self.today))
            await self._copy("talent.talent", people.COLUMNS, (person.row for person in made))
            await self._copy(
                "talent.degree", degrees.COLUMNS, degrees.degrees(batch, made, self.today)
            )
            await self._copy(
                "talent.consent", consents.COLUMNS, consents.consents(batch, made, self.today)
            )
            if len(self.talents) < BATCH:
                self.talents += [person.id for person in made]
            self.progress("talents", batch.last, total)

    async def _organisations(self) -> list[UUID]:
        made = list(
            organisations.organisations(self.seed, self.scale.organisations, await self._nantong())
        )
        await self._copy("cooperation.organisation", organisations.COLUMNS, made)
        return [row[0] for row in made]

    async def _places(self, firms: list[UUID]) -> tuple[list[UUID], list[Workspace]]:
        rows = await self.connection.fetch(
            "SELECT id, name_zh, division_code FROM park.zone ORDER BY key"
        )
        zones = [Zone(row["id"], row["name_zh"], row["division_code"]) for row in rows]
        operators = firms[: organisations.OPERATORS]
        made = list(parks(self.seed, self.scale.parks, zones, await self._nantong(), operators))
        await self._copy("park.park", PARK_COLUMNS, (park.row for park in made))
        spaces = list(workspaces(self.seed, self.scale.workspaces, made))
        await self._copy("park.workspace", WORKSPACE_COLUMNS, (space.row for space in spaces))
        return [park.id for park in made if park.state in PUBLISHED], spaces

    async def _projects(self, firms: list[UUID], published: list[UUID]) -> None:
        rows = await self.connection.fetch("SELECT id FROM project.programme ORDER BY key")
        programmes = [row["id"] for row in rows]
        await self._copy(
            "project.project",
            projects.COLUMNS,
            projects.projects(self.seed, self.scale.projects, programmes, firms, published),
        )

    async def _nantong(self) -> list[str]:
        return await self._divisions(
            "SELECT code FROM cooperation.division"
            " WHERE parent_code = '320600' AND NOT statistical_only"
        )

    async def _divisions(self, query: str) -> list[str]:
        return [row["code"] for row in await self.connection.fetch(f"{query} ORDER BY code")]

    async def _copy(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        """COPY the rows, a batch at a time so that memory stays small."""
        schema, name = table.split(".")
        for batch in _batches(rows):
            await self.connection.copy_records_to_table(
                name, schema_name=schema, columns=list(columns), records=batch
            )


def _silent(what: str, done: int, total: int) -> None:
    """Nobody listens."""


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    source = iter(rows)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch
