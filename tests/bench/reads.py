"""The rows that read.

Every hand-written route here is one statement that yields the whole answer, which is passed on as
it is; only sealed contacts have to be opened on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from tests.bench.row import HANDWRITTEN, Ask, Desk, Needs, Route, Row, Values, digest, question

TOKEN_ID = "not-checked-not-issued"
"""Stands in the ledger for the token that the hand-written routes do not ask for."""

MARK = b"\x1a"
"""Stands around a sealed value in the limit's text, as it does in the hub's."""


def passed_on(name: str, arguments: Callable[[Values], Sequence[Any]]) -> dict[str, Route]:
    """Both routes of a row whose answers leave as the database built them."""

    async def answer(sql: str, desk: Desk, values: Values) -> bytes | str:
        async with desk.pool.acquire() as connection:
            found: bytes | str = await connection.fetchval(sql, *arguments(values))
        return found

    routes = {}
    for contender in HANDWRITTEN:
        sql = question(name, f"{contender}.sql")
        routes[contender] = Route(partial(answer, sql), sql, arguments)
    return routes


# point: one workspace by its id, with its park


async def workspaces(connection: asyncpg.Connection) -> Sequence[Ask]:
    """Five hundred of them, drawn from all."""
    query = "SELECT id FROM park.workspace WHERE state <> 'DRAFT' ORDER BY md5(id::text) LIMIT 500"
    ids = [str(row["id"]) for row in await connection.fetch(query)]
    return [Ask({"id": i}, {"id": f"Workspace:{i}"}) for i in ids]


POINT = Row(
    name="point",
    title="point read",
    client="cloud-platform",
    path="/workspaces/{id}",
    asks=workspaces,
    routes=passed_on("point", lambda values: (UUID(values["id"]),)),
    needs=Needs(expert=0.8, limit=0.75),
)


# nested: twenty parks with twenty workspaces each, both with pageInfo


async def one_question(_: asyncpg.Connection) -> Sequence[Ask]:
    """The same each time."""
    return (Ask({}, {}),)


NESTED = Row(
    name="nested",
    title="nested 20 x 20",
    client="cloud-platform",
    path="/parks",
    asks=one_question,
    routes=passed_on("nested", lambda _: ()),
    needs=Needs(expert=1.2, limit=0.85),
)


# filtered: fifty talents of one degree, last returned first, with their degrees


async def returns(_: asyncpg.Connection) -> Sequence[Ask]:
    """Three degrees, as of forty days over ten years: other persons each time."""
    days = [date(2015, 1, 1) + timedelta(days=97 * number) for number in range(40)]
    values = [
        {"rank": rank, "until": day.isoformat()}
        for day in days
        for rank in ("BACHELOR", "MASTER", "DOCTOR")
    ]
    return [Ask(value, value) for value in values]


def filtered(values: Values) -> Sequence[Any]:
    asker = FILTERED.asker
    return (
        values["rank"],
        date.fromisoformat(values["until"]),
        asker.bounds.purposes[0],
        asker.client_id,
        asker.audience,
        asker.client_id,
        TOKEN_ID,
        FILTERED_DIGEST,
    )


FILTERED = Row(
    name="filtered",
    title="50 filtered",
    client="cloud-platform",
    path="/talents?rank={rank}&until={until}",
    asks=returns,
    routes=passed_on("filtered", filtered),
    needs=Needs(expert=1.05, limit=0.9),
)
FILTERED_DIGEST = digest(FILTERED.document)


# deep: twenty projects with organisation, park, zone, workspaces, programme


async def years(_: asyncpg.Connection) -> Sequence[Ask]:
    return [Ask({"year": str(year)}, {"year": year}) for year in range(2023, 2027)]


DEEP = Row(
    name="deep",
    title="20 deep",
    client="cloud-platform",
    path="/projects?year={year}",
    asks=years,
    routes=passed_on("deep", lambda values: (int(values["year"]),)),
    needs=Needs(expert=1.05, limit=0.85),
)


# consented: fifty talents for a partner city, each as far as she consented, contacts opened


def consented(values: Values) -> Sequence[Any]:
    asker = CONSENTED.asker
    return (
        values["rank"],
        date.fromisoformat(values["until"]),
        asker.bounds.partner,
        asker.bounds.purposes[0],
        asker.client_id,
        asker.audience,
        asker.client_id,
        TOKEN_ID,
        CONSENTED_DIGEST,
    )


async def opened_by_an_expert(desk: Desk, values: Values) -> bytes:
    """Read the JSON, open what is sealed, write it again."""
    async with desk.pool.acquire() as connection:
        found = await connection.fetchval(CONSENTED_EXPERT, *consented(values))
    answer = orjson.loads(found)
    unseal = desk.sealer.open
    for edge in answer["data"]["talents"]["edges"]:
        node = edge["node"]
        if node["phone"] is not None:
            node["phone"] = unseal(node["phone"], "talent.phone")
        if node["email"] is not None:
            node["email"] = unseal(node["email"], "talent.email")
    return orjson.dumps(answer)


async def opened_in_place(desk: Desk, values: Values) -> bytes:
    """Cut the text at the marks and open every second part."""
    async with desk.pool.acquire() as connection:
        found: bytes = await connection.fetchval(CONSENTED_LIMIT, *consented(values))
    parts = found.split(MARK)
    unseal = desk.sealer.open
    for place in range(1, len(parts), 2):
        context, _, sealed = parts[place].decode("ascii").partition(":")
        parts[place] = orjson.dumps(unseal(sealed, context))
    return b"".join(parts)


CONSENTED_EXPERT = question("consented", "expert.sql")
CONSENTED_LIMIT = question("consented", "limit.sql")
CONSENTED = Row(
    name="consented",
    title="50 consented",
    client="suzhou",
    path="/consented-talents?rank={rank}&until={until}",
    asks=returns,
    routes={
        "expert": Route(opened_by_an_expert, CONSENTED_EXPERT, consented),
        "limit": Route(opened_in_place, CONSENTED_LIMIT, consented),
    },
    needs=Needs(limit=0.75),
)
CONSENTED_DIGEST = digest(CONSENTED.document)

READS = (POINT, NESTED, FILTERED, DEEP, CONSENTED)
