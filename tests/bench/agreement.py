"""No number without this: all contenders give the same answer and leave the same audit behind.

The limit's answer must be the hub's `data` byte for byte, the expert's the same JSON. The entries
in the ledger must say the same of the same persons, in whatever order they are named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from hub.identity.clients.client import Client
from hub.kit.errors import HubError
from tests.bench.contenders import Contender
from tests.bench.load import answer
from tests.bench.row import Ask, Row
from tests.bench.writes import CLEAN

SAMPLES = 6

ENTRIES = """
SELECT entity, action, mutation, cardinality(objects) AS objects, field_groups, purpose, basis,
    agreement, client, audience, sub, partner, document_hash, refused,
    array(SELECT DISTINCT unnest(subjects) ORDER BY 1) AS subjects
FROM ledger.audit_entry ORDER BY entity, refused, field_groups
"""
CHANGES = "SELECT entity, version, deleted FROM ledger.change ORDER BY entity, object, version"
KEPT = """
SELECT client, mutation, key, outcome IS NOT NULL AS kept FROM ledger.idempotency ORDER BY key
"""
NEW_ID = re.compile(rb'"id" ?: ?"Reservation:[0-9a-f-]{36}"')


REAL = re.compile(rb'"id":|"APPLIED"')
"""In every answer that says something."""


class DifferentError(HubError):
    """Two contenders do not do the same, so that comparing them would say nothing."""

    code = "DIFFERENT"


async def verify(
    row: Row,
    contenders: Sequence[Contender],
    asks: Sequence[Ask],
    clients: dict[str, Client],
    owner: asyncpg.Connection,
) -> None:
    """Ask all contenders some of the questions; raises DifferentError where they differ."""
    for one in asks[:: max(1, len(asks) // SAMPLES)]:
        ask = row.renew(one) if row.renew else one
        expected, entries = b"", []
        for contender in contenders:
            await owner.execute(CLEAN if row.renew else "TRUNCATE ledger.audit_entry")
            request = contender.requests(row, [ask], clients)[0]
            body, _ = await answer(contender.port, request)
            body = NEW_ID.sub(b'"id":"new"', body)
            queries = (ENTRIES, CHANGES, KEPT)
            left = [tuple(entry) for query in queries for entry in await owner.fetch(query)]
            if contender.is_hub:
                expected, entries = body, left
                if not REAL.search(body) or b'"errors":' in body:
                    raise DifferentError(
                        f"{row.name}: the hub has no answer to {ask.variables}: {body[:300]!r}",
                        next_step="Make the database anew with --fresh.",
                    )
                continue
            if not agrees(contender.route, body, expected):
                raise DifferentError(
                    f"{row.name}: {contender.name} answers {ask.variables} in another way.\n"
                    + first_difference(body, expected),
                    next_step=f"Compare questions/{row.name}.{contender.route}.sql with the hub.",
                )
            if left != entries:
                raise DifferentError(
                    f"{row.name}: {contender.name} leaves another audit of {ask.variables}.\n"
                    f"hub: {entries}\n{contender.name}: {left}",
                    next_step=f"Compare questions/{row.name}.{contender.route}.sql with the hub.",
                )


def agrees(route: str, body: bytes, expected: bytes) -> bool:
    """The hub adds `extensions` after `data`; the rest must be equal."""
    if route == "limit" and not expected.startswith(body[:-1]):
        return False
    try:
        data: Any = orjson.loads(body)["data"]
    except (orjson.JSONDecodeError, KeyError):
        return False
    return bool(data == orjson.loads(expected)["data"])


def first_difference(body: bytes, expected: bytes) -> str:
    """Both texts from shortly before they part."""
    pairs = enumerate(zip(body, expected, strict=False))
    place = next((at for at, (a, b) in pairs if a != b), min(len(body), len(expected)))
    window = slice(max(0, place - 60), place + 120)
    return f"hub:    {expected[window]!r}\ntheirs: {body[window]!r}"
