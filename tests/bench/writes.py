"""The rows that write, each request another one: a key and a period, or a moment, of its own.

The hand-written routes do the same durable work: they lock what is to change, and write the rows
with change rows, audit entry and the key with its outcome in one statement, all in one transaction.
The expert expires stale holds by a statement of its own, as one would write it; the limit looks
whether there are any first. Neither checks a token nor what a caller may see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from hub.kit.ids import uuid7
from tests.bench.reads import TOKEN_ID
from tests.bench.row import HANDWRITTEN, Ask, Desk, Needs, Route, Row, Values, digest, question

AHEAD = timedelta(days=200)
"""From when on the holds are: nobody else has reservations then."""

_numbers = count()

LOCK_ONE = """
    SELECT space.park_id, space.seats, space.whole_space,
        EXISTS (SELECT FROM park.reservation AS other WHERE other.workspace_id = space.id
            AND other.state = 'HELD' AND other.hold_expires_at <= hub_now()
            AND other.period && tstzrange($2, $3)) AS lapsed
    FROM park.workspace AS space JOIN park.park ON park.id = space.park_id
    WHERE space.id = $1 AND space.state = 'AVAILABLE' AND park.state = 'OPEN'
    FOR NO KEY UPDATE OF space
"""
LOCK_ALL = """
    SELECT id, park_id, seats, state, observed_at FROM park.workspace
    WHERE id = ANY ($1)
    ORDER BY id FOR NO KEY UPDATE
"""
EXPIRE = """
    WITH expired AS (
        UPDATE park.reservation SET state = 'EXPIRED', version = version + 1, updated_at = now(),
            change_xid = pg_current_xact_id()
        WHERE workspace_id = $1 AND state = 'HELD' AND hold_expires_at <= hub_now()
            AND period && tstzrange($2, $3)
        RETURNING id, version
    )
    INSERT INTO ledger.change (entity, object, version, operation)
    SELECT 'Reservation', id, version, $4 FROM expired
"""


def input_hash(values: Values) -> bytes:
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).digest()


def bare(opaque: str) -> UUID:
    return UUID(opaque.partition(":")[2])


# hold: an hour of a workspace for an organisation's team, by a partner city


async def spaces(connection: asyncpg.Connection) -> Sequence[Ask]:
    """Workspaces that are let by the seat at all times, and who is to sit there."""
    rows = await connection.fetch(
        "SELECT space.id FROM park.workspace AS space JOIN park.park ON park.id = park_id"
        " WHERE space.state = 'AVAILABLE' AND park.state = 'OPEN' AND NOT whole_space"
        " AND space.seats >= 4 AND NOT space.keeps_hours"
        " AND NOT EXISTS (SELECT FROM park.block WHERE workspace_id = space.id)"
        " ORDER BY md5(space.id::text) LIMIT 500"
    )
    team = await connection.fetchval(
        "SELECT id FROM cooperation.organisation WHERE kind = 'ENTERPRISE' ORDER BY id LIMIT 1"
    )
    asks = []
    for row in rows:
        given = {
            "workspaceId": f"Workspace:{row['id']}",
            "seats": 2,
            "holder": {"organisationId": f"Organisation:{team}"},
        }
        asks.append(Ask({}, {"input": given}))
    return asks


def another_hour(ask: Ask) -> Ask:
    """The same for an hour that nobody asked for before."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today + AHEAD + timedelta(hours=next(_numbers) % 12_000)
    given = {
        **ask.variables["input"],
        "from": since.isoformat(),
        "to": (since + timedelta(hours=1)).isoformat(),
        "idempotencyKey": uuid4().hex,
    }
    return Ask(given, {"input": given})


async def hold(sql: str, always_expire: bool, desk: Desk, values: Values) -> bytes | str:
    asker = HOLD.asker
    workspace, operation = bare(values["workspaceId"]), uuid7()
    since, until = datetime.fromisoformat(values["from"]), datetime.fromisoformat(values["to"])
    holder: Any = values["holder"]
    async with desk.pool.acquire() as connection, connection.transaction():
        space = await connection.fetchrow(LOCK_ONE, workspace, since, until)
        if always_expire or space["lapsed"]:
            await connection.execute(EXPIRE, workspace, since, until, operation)
        seats = int(values["seats"])
        found: bytes | str = await connection.fetchval(
            sql,
            *(workspace, since, until, space["park_id"], space["whole_space"], seats),
            *(bare(holder["organisationId"]), asker.client_id, asker.bounds.partner),
            0 if space["whole_space"] else space["seats"] - seats,
            *(operation, asker.bounds.purposes[0], TOKEN_ID, HOLD_DIGEST),
            *(values["idempotencyKey"], input_hash(values)),
        )
    return found


def held_by(contender: str) -> Route:
    sql = question("hold", f"{contender}.sql")
    return Route(partial(hold, sql, contender == "expert"), sql, lambda _: ())


HOLD = Row(
    name="hold",
    title="holdWorkspace",
    client="suzhou",
    path="/holds",
    asks=spaces,
    routes={contender: held_by(contender) for contender in HANDWRITTEN},
    needs=Needs(limit=0.6),
    renew=another_hour,
)
HOLD_DIGEST = digest(HOLD.document)


# availability: twenty workspaces of its own park, by an operator's system

ROWS = 20


async def batches(connection: asyncpg.Connection) -> Sequence[Ask]:
    """Twenty workspaces at a time, of the parks that the operator runs."""
    rows = await connection.fetch(
        "SELECT id, seats FROM park.workspace WHERE park_id = ANY ($1)"
        " AND state IN ('AVAILABLE', 'OUT_OF_SERVICE') ORDER BY md5(id::text)",
        list(AVAILABILITY.asker.bounds.parks),
    )
    spaces = [{"workspaceId": f"Workspace:{r['id']}", "freeSeats": r["seats"]} for r in rows]
    size = min(ROWS, len(spaces))  # a small database has fewer in a park
    starts = range(0, len(spaces) - size + 1, size)
    return [Ask({}, {"input": {"rows": spaces[start : start + size]}}) for start in starts]


def another_moment(ask: Ask) -> Ask:
    """The same, seen later than all before."""
    seen = (EPOCH + timedelta(milliseconds=next(_numbers))).isoformat()
    rows = [{**row, "observedAt": seen} for row in ask.variables["input"]["rows"]]
    given = {"rows": rows, "idempotencyKey": uuid4().hex}
    return Ask(given, {"input": given})


EPOCH = datetime.now(UTC) - timedelta(hours=2)


async def report(sql: str, desk: Desk, values: Values) -> bytes | str:
    asker = AVAILABILITY.asker
    rows: Any = values["rows"]
    spaces, operation = [bare(row["workspaceId"]) for row in rows], uuid7()
    seen = [datetime.fromisoformat(row["observedAt"]) for row in rows]
    async with desk.pool.acquire() as connection, connection.transaction():
        known = await connection.fetch(LOCK_ALL, spaces)
        by_id = {space["id"]: space for space in known}
        for row, space, moment in zip(rows, spaces, seen, strict=True):
            stored = by_id[space]
            assert stored["park_id"] in asker.bounds.parks
            assert 0 <= row["freeSeats"] <= stored["seats"]
            if stored["observed_at"] is not None and stored["observed_at"] >= moment:
                return unchanged(rows)  # only where two connections share what they report on
        found: bytes | str = await connection.fetchval(
            sql,
            *(spaces, [row["freeSeats"] for row in rows], seen, operation, asker.client_id),
            *(TOKEN_ID, AVAILABILITY_DIGEST, values["idempotencyKey"]),
            *(asker.bounds.purposes[0], input_hash(values)),
        )
    return found


def unchanged(rows: Any) -> bytes:
    """The answer to a report that comes too late; nothing of it is stored."""
    results = [{"workspaceId": row["workspaceId"], "result": "UNCHANGED"} for row in rows]
    return orjson.dumps({"data": {"setAvailability": {"rows": results, "userErrors": []}}})


def reported_to(contender: str) -> Route:
    sql = question("availability", f"{contender}.sql")
    return Route(partial(report, sql), sql, lambda _: ())


AVAILABILITY = Row(
    name="availability",
    title="setAvailability x 20",
    client="park-operator",
    path="/availability",
    asks=batches,
    routes={contender: reported_to(contender) for contender in HANDWRITTEN},
    needs=Needs(limit=0.7),
    renew=another_moment,
)
AVAILABILITY_DIGEST = digest(AVAILABILITY.document)

WRITES = (AVAILABILITY, HOLD)

CLEAN = """
    TRUNCATE ledger.audit_entry, ledger.change, ledger.idempotency;
    DELETE FROM park.reservation WHERE lower(period) > now() + interval '190 days';
    UPDATE park.workspace SET version = 1, observed_at = NULL, observed_free_seats = NULL,
        observed_source = NULL, stale_after = NULL WHERE version <> 1;
    TRUNCATE park.observation
"""
"""Before each stretch of a row that writes everything is as it was."""
