"""Which inputs say the same under one idempotency key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from hub.kit.crypto import Sealer
from hub.ledger.idempotency import digest, keyed, same

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAID = {"from": NOON, "seats": 2, "rows": [{"id": "a", "free": 0}]}


@pytest.mark.parametrize(
    "other",
    [
        {"rows": [{"free": 0, "id": "a"}], "seats": 2, "from": NOON},
        {**SAID, "ttl": None},
        {**SAID, "rows": [{"id": "a", "free": 0, "note": None}]},
        {**SAID, "from": NOON.astimezone(timezone(timedelta(hours=8)))},
    ],
)
def test_what_says_the_same_is_the_same(other: dict[str, Any]) -> None:
    assert digest(other) == digest(SAID)


@pytest.mark.parametrize(
    "other",
    [
        {**SAID, "seats": 3},
        {**SAID, "from": NOON + timedelta(microseconds=1)},
        {**SAID, "rows": [{"id": "a", "free": 0}, {"id": "a", "free": 0}]},
        {**SAID, "rows": []},
        {**SAID, "ttl": 0},
    ],
)
def test_what_says_something_else_is_not(other: dict[str, Any]) -> None:
    assert digest(other) != digest(SAID)


def test_hash_of_an_earlier_version_of_the_hub_is_believed() -> None:
    mine, other = digest(SAID), digest({"another": "input"})
    assert same(mine, mine)
    assert not same(other, mine)
    assert same(mine[1:], mine)
    assert same(b"\x01" + other[1:], mine)


def test_hash_cannot_be_tried_without_the_data_key() -> None:
    one, other = Sealer(bytes(32)), Sealer(b"x" * 32)
    said = digest(SAID)
    assert keyed(said, one) == keyed(digest(SAID), one)
    assert not same(keyed(digest({"another": "input"}), one), keyed(said, one))
    assert keyed(said, one) != keyed(said, other)
    assert said[1:] not in keyed(said, one)
    assert same(said, keyed(said, one)), "a key that was used before the upgrade is believed"
