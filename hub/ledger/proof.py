"""Whether the rows match their ledger: every change is told, and by this very server.

A copy that was restored, or a row that somebody changed behind the hub's back, shows here.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, case, cast, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.ledger.changes import change
from hub.model.entity import Xid8


async def unmatched(connection: AsyncConnection, tables: Mapping[str, Table]) -> dict[str, int]:
    """Kind of object -> how many have another version than their last change row says.

    Rows that were never changed, such as loaded ones, have no change rows and count as matched.
    """
    counts = []
    for entity, table in tables.items():
        last = (
            select(change.c.object, change.c.version, change.c.deleted)
            .ext(distinct_on(change.c.object))
            .where(change.c.entity == entity)
            .order_by(change.c.object, change.c.xid.desc(), change.c.seq.desc())
            .subquery()
        )
        differs = case(
            (last.c.deleted, table.c.id.is_not(None)),
            else_=last.c.version.is_distinct_from(table.c.version),
        )
        counts.append(
            select(literal(entity), func.count())
            .select_from(last.outerjoin(table, table.c.id == last.c.object))
            .where(differs)
        )
    found = await connection.execute(union_all(*counts))
    return {entity: number for entity, number in found if number}


async def ahead(connection: AsyncConnection) -> bool:
    """Whether change rows are of transactions that this server has not come to yet.

    So it is after pg_dump and restore into another server: the feed would hide them.
    """
    now = cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), Xid8())
    query = select(text("true")).select_from(change).where(change.c.xid > now).limit(1)
    return (await connection.execute(query)).scalar() is True
