"""A request that is sent again has its effect once.

(client, mutation, key) names a request for 24 hours. Who did the work claims the key with the
outcome, as the last statement of the transaction: a second that comes meanwhile waits on the
primary key until the first has ended, finds the key taken, and undoes what it did. Either way it
then finds the outcome (ids and row results, never an answer: that is read again under today's
grant). When the first was refused or killed there is no key, and the work is the second's.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    LargeBinary,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    cast,
    delete,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from hub.kit.crypto import Sealer
from hub.kit.errors import BadUserInput
from hub.kit.sql import Sql
from hub.model.access import caller_parameter
from hub.model.action import given
from hub.model.entity import metadata
from hub.model.job import BATCH

MAX_KEY = 200
DIGEST, KEYED = b"\x02", b"\x03"
"""Which way made a hash, `digest` or `keyed`; raised when it changes."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("client", Text(), primary_key=True),
    Column("mutation", Text(), primary_key=True),
    Column("key", Text(), primary_key=True),
    Column(
        "input_hash", LargeBinary(), nullable=False, comment="Way of hashing, SHA-256 of the input."
    ),
    Column("outcome", JSONB(), nullable=False, comment="What the mutation returned."),
    Column("operation", Uuid(), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_idempotency_at", "at"),
    schema="ledger",
    comment="Requests by the key that their client gave them, for 24 hours.",
)

_t = idempotency.c
_OLD = func.now() - literal_column("interval '24 hours'")


def digest(given_input: Any) -> bytes:
    """The same for inputs that say the same: in whatever order their fields were sent, with null
    for what is left out, an instant with whatever offset.

    Raises BadUserInput for what has no form in JSON, such as half of a surrogate pair.
    """
    try:
        said = orjson.dumps(given_input, option=_SORTED, default=_text)
        if b"null" in said:  # perhaps in a text only, which is no harm
            said = orjson.dumps(_said(given_input), option=_SORTED, default=_text)
    except (TypeError, orjson.JSONEncodeError):
        raise BadUserInput(
            "The input holds half of a surrogate pair, or a number of more than 64 bits.",
            zh="输入含有不完整的代理对,或超过 64 位的整数",
        ) from None
    return DIGEST + hashlib.sha256(said).digest()


def keyed(said: bytes, sealer: Sealer) -> bytes:
    """The digest under the data key.

    An input may hold a phone number and little else that is not stored beside it: of a bare hash
    somebody who can read the row could try all numbers until one fits.
    """
    return KEYED + hashlib.sha256(sealer.blind(said.hex(), "ledger.idempotency").encode()).digest()


def same(kept: bytes, mine: bytes) -> bool:
    """Whether a key was used for this input.

    A hash that an earlier version of the hub made another way tells nothing: then the key is
    believed, so that a request repeated across an upgrade does not get its effect twice.
    """
    return kept == mine or kept[: len(DIGEST)] != mine[: len(DIGEST)] or len(kept) != len(mine)


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _said(part) for key, part in value.items() if part is not None}
    return [_said(part) for part in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return str(value.astimezone(UTC)) if isinstance(value, datetime) else str(value)


def _this() -> Any:
    return and_(
        _t.client == caller_parameter("client", Text()),
        _t.mutation == given("mutation", Text()),
        _t.key == given("key", Text()),
    )


def _claim() -> Any:
    """INSERT, or take over a key that is older than a day.

    Returns a row when the key is ours, and none where no key was given.
    """
    kept = {
        "client": caller_parameter("client", Text()),
        "mutation": given("mutation", Text()),
        "key": given("key", Text()),
        "input_hash": given("input_hash", LargeBinary()),
        "outcome": cast(given("outcome", Text()), JSONB()),
        "operation": caller_parameter("operation", Uuid()),
    }
    row = select(*kept.values()).where(given("key", Text()).is_not(None))
    claim = insert(idempotency).from_select(list(kept), row, include_defaults=False)
    return claim.on_conflict_do_update(
        index_elements=["client", "mutation", "key"],
        set_={name: claim.excluded[name] for name in ("input_hash", "outcome", "operation", "at")},
        where=_t.at < _OLD,
    ).returning(literal_column("true").label("claimed"))


def _forget() -> Any:
    """DELETE a batch of keys whose time is over; one that is taken over just now is left."""
    expired = (
        select(_t.client, _t.mutation, _t.key)
        .where(_t.at < _OLD)
        .order_by(_t.at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("expired")
    )
    return (
        delete(idempotency)
        .where(
            _t.client == expired.c.client,
            _t.mutation == expired.c.mutation,
            _t.key == expired.c.key,
        )
        .returning(_t.key)
    )


def _found() -> Select[Any]:
    return select(_t.input_hash, cast(_t.outcome, Text()).label("outcome")).where(
        _this(), _t.at >= _OLD
    )


CLAIM = _claim()
"""Claims the key with the outcome: a row when it is ours, none when it was used within a day."""

FOUND = Sql(_found())
"""Hash of the input and outcome of a key that was used."""

FORGET = _forget()
"""Removes what nobody can repeat any more; a key counts for its day whether or not this was run."""
