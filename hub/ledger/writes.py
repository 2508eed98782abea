"""The audit entries of changes: what was done, and what was refused.

A change that is done has an entry for each kind of object, written by the same transaction. A
refusal is written by a transaction of its own, after the change was rolled back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, CTE, Insert, Text, Uuid, bindparam, cast, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from hub.kit.sql import Sql
from hub.ledger import idempotency
from hub.ledger.audit import AuditEntry
from hub.model.access import caller_parameter
from hub.model.action import given


def _entry() -> Insert:
    table = AuditEntry.__table__
    transaction = cast(func.pg_current_xact_id(), Text()).label("xid")
    return (
        insert(table)
        .values(
            operation=caller_parameter("operation", Uuid()),
            at=func.clock_timestamp(),
            entity=given("entity", Text()),
            action=given("action", Text()),
            mutation=given("mutation", Text()),
            objects=given("objects", ARRAY(Uuid())),
            subjects=given("subjects", ARRAY(Uuid())),
            refused=cast(given("refused", Text()), JSONB()),
            **{name: _caller(name) for name in ("purpose", "client", "audience", "sub", "partner")},
            token_id=_caller("token"),
            document_hash=_caller("document"),
        )
        .returning(transaction, table.c.id.label("entry"))
    )


def _caller(name: str) -> Any:
    return bindparam(f"caller_{name}", type_=Text(), required=True)


def settled(*, keyed: bool) -> CTE:
    """The entry as part of another statement; columns `xid`, `entry`, and with a key `claimed`.

    `xid` and `entry` are the ids of the transaction and of the entry, by which the fate of a lost
    commit is found; `claimed` is null where the idempotency key was taken.
    """
    if not keyed:
        return _entry().cte("entry")
    claimed = idempotency.CLAIM.cte("kept")
    entry = _entry()
    return entry.returning(select(claimed.c.claimed).scalar_subquery().label("claimed")).cte(
        "entry"
    )


ENTRY = Sql(_entry())
"""One entry by itself."""

SETTLED, SETTLED_WITH_KEY = (Sql(select(settled(keyed=keyed))) for keyed in (False, True))
"""One entry where nothing is to be read back."""
