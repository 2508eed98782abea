"""The feed of changes: what was written, in an order in which no committed row is ever skipped.

A reader stops at a place (xid, seq) and goes on after it. Only rows of transactions older than all
that still run are served, so that none can appear later before a place already passed (handbook,
2.8). It is not the order of commits: of two changes of one object the greater version stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Text, cast, func, select, tuple_

from hub.kit.sql import Sql
from hub.ledger.changes import change
from hub.model.action import given
from hub.model.entity import Xid8


class Place(NamedTuple):
    """Where a reader stands."""

    xid: int
    seq: int


BEGINNING = Place(0, 0)


@dataclass(frozen=True)
class Change:
    """One change row; `version` is the object's after the change."""

    place: Place
    entity: str
    object: UUID
    version: int
    deleted: bool
    operation: UUID


class Fetches(Protocol):
    """A connection or pool of asyncpg."""

    async def fetch(self, query: str, /, *args: Any) -> Any:
        """The rows of one statement."""


def _after() -> Any:
    c = change.c
    xid = cast(given("xid", Text()), Xid8())
    horizon = func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=Xid8())
    return (
        select(
            cast(c.xid, Text()).label("xid"),
            c.seq,
            c.entity,
            c.object,
            c.version,
            c.deleted,
            c.operation,
        )
        .where(tuple_(c.xid, c.seq) > tuple_(xid, given("seq", BigInteger())), c.xid < horizon)
        .order_by(c.xid, c.seq)
        .limit(given("limit", BigInteger()))
    )


_AFTER = Sql(_after())


async def after(database: Fetches, place: Place, limit: int = 500) -> list[Change]:
    """The next changes after a place, at most `limit`."""
    values = {"given_xid": str(place.xid), "given_seq": place.seq, "given_limit": limit}
    rows = await database.fetch(_AFTER.text, *_AFTER.arguments(values.__getitem__))
    return [
        Change(
            Place(int(row["xid"]), row["seq"]),
            row["entity"],
            row["object"],
            row["version"],
            row["deleted"],
            row["operation"],
        )
        for row in rows
    ]
