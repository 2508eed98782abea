"""What an action must not forget: whose row it changes, and in which version."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from hub.kit.errors import DeclarationError
from tests.act.conftest import Sender
from tests.act.test_payload import MAKE, made
from tests.act.test_roots import FILL, codes

SHAKE = "mutation ($c: ID!) { shakeCrate(input: { crateId: $c }) { userErrors { code } } }"
PAINT = """
mutation ($c: ID!) {
  paintCrate(input: { crateId: $c, expectedVersion: 1 }) { userErrors { code } }
}
"""


async def test_a_row_that_may_be_seen_but_not_changed_is_out_of_bounds(send: Sender) -> None:
    answer = await send(MAKE, name="safe", key=uuid4().hex)
    safe = answer["data"]["makeCrate"]["crate"]["id"]

    answer = await send(FILL, c=safe, n=1, v=7)

    assert codes(answer) == ["OUT_OF_BOUNDS"]  # and no word about the version
    assert answer["data"]["fillCrate"]["userErrors"][0]["field"] == ["crateId"]


@pytest.mark.parametrize(
    ("document", "message"), [(SHAKE, "that it did not lock"), (PAINT, "look at expectedVersion")]
)
async def test_a_careless_action_changes_nothing(
    send: Sender, owner: asyncpg.Connection, document: str, message: str
) -> None:
    crate = await made(send)

    with pytest.raises(DeclarationError, match=message):
        await send(document, c=crate)

    pieces = await owner.fetchval("SELECT pieces FROM depot.crate WHERE id = $1", crate[6:])
    assert pieces == 0
