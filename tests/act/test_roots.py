"""Several root fields, keys, retries: what one mutation does to another."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.engine import Question
from hub.kit.errors import QueryTooCostly, Unauthenticated
from tests.act import depot
from tests.act.conftest import Sender
from tests.act.test_payload import MAKE, made

FILL = """
mutation ($c: ID!, $n: Int!, $v: Int, $k: String) {
  fillCrate(input: { crateId: $c, pieces: $n, expectedVersion: $v, idempotencyKey: $k }) {
    before crate { pieces version } userErrors { code field details }
  }
}
"""


def codes(answer: Any) -> list[str]:
    [payload] = answer["data"].values()
    return [error["code"] for error in payload["userErrors"]]


async def test_root_fields_are_transactions_one_after_another(
    send: Sender, owner: asyncpg.Connection
) -> None:
    crate = await made(send)
    document = """
    mutation ($c: ID!) {
      a: fillCrate(input: { crateId: $c, pieces: 60 }) { crate { pieces } userErrors { code } }
      b: fillCrate(input: { crateId: $c, pieces: 60 }) { crate { pieces } userErrors { code } }
      c: fillCrate(input: { crateId: $c, pieces: 40 }) { before crate { pieces version } }
    }
    """
    answer = await send(document, c=crate)
    assert answer["data"] == {
        "a": {"crate": {"pieces": 60}, "userErrors": []},
        "b": {"crate": None, "userErrors": [{"code": "INVALID"}]},
        "c": {"before": 60, "crate": {"pieces": 100, "version": 3}},
    }
    entries = await owner.fetch(
        "SELECT action, refused FROM ledger.audit_entry WHERE operation = $1 ORDER BY at",
        answer["extensions"]["access"]["auditId"],
    )
    assert [tuple(entry) for entry in entries] == [
        ("CHANGE", "{}"),
        ("REFUSAL", '{"code": "INVALID"}'),
        ("CHANGE", "{}"),
    ]


async def test_a_field_that_fails_leaves_what_was_done_before_it(send: Sender) -> None:
    document = """
    mutation ($name: String!, $key: String!) {
      good: makeCrate(input: { name: "good", idempotencyKey: "k-1" }) { crate { name } }
      bad: makeCrate(input: { name: $name, idempotencyKey: $key }) { crate { name } }
    }
    """
    answer = await send(document, name="half \ud800", key=uuid4().hex)
    assert answer["data"] == {"good": {"crate": {"name": "good"}}, "bad": None}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["bad"], "BAD_USER_INPUT")


async def test_a_token_without_the_scope_gets_no_data(send: Sender) -> None:
    answer = await send(MAKE, depot.READ, name="no", key=uuid4().hex)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["needs"] == depot.WRITE


async def test_nobody_changes_anything_and_nothing_without_bounds(send: Sender) -> None:
    with pytest.raises(Unauthenticated):
        await send.engine.answer(Question(MAKE, None, {"name": "x", "key": "y"}), None)
    many = " ".join(
        f'a{n}: makeCrate(input: {{ name: "x", idempotencyKey: "{n}" }}) {{ __typename }}'
        for n in range(21)
    )
    with pytest.raises(QueryTooCostly):
        await send(f"mutation {{ {many} }}")


@pytest.mark.parametrize(
    "id_", ["", "Crate", "Crate:x", f"Park:{UUID(int=1)}", "Crate:" + "0" * 36]
)
async def test_an_id_that_names_nothing_is_not_found(send: Sender, id_: str) -> None:
    answer = await send(FILL, c=id_, n=1)
    assert codes(answer) == ["NOT_FOUND"]
    assert answer["data"]["fillCrate"]["userErrors"][0]["field"] == ["crateId"]


async def test_a_stale_version_is_a_conflict_that_shows_the_object(send: Sender) -> None:
    crate = await made(send)
    await send(FILL, c=crate, n=5)
    answer = await send(FILL, c=crate, n=5, v=1)
    assert codes(answer) == ["CONFLICT"]
    assert answer["data"]["fillCrate"]["crate"] == {"pieces": 5, "version": 2}
    assert answer["data"]["fillCrate"]["before"] is None


async def test_a_refusal_leaves_the_key_free(send: Sender) -> None:
    crate, key = await made(send), uuid4().hex
    assert codes(await send(FILL, c=crate, n=101, k=key)) == ["INVALID"]
    assert codes(await send(FILL, c=crate, n=7, k=key)) == []
    assert codes(await send(FILL, c=crate, n=8, k=key)) == ["IDEMPOTENCY_MISMATCH"]
    again = await send(FILL, c=crate, n=7, k=key)
    assert again["data"]["fillCrate"]["before"] == 0
    assert again["data"]["fillCrate"]["crate"]["pieces"] == 7


async def test_a_repeat_that_changes_nothing_names_no_entry(
    send: Sender, owner: asyncpg.Connection
) -> None:
    crate, key = await made(send), uuid4().hex
    first = await send(FILL, c=crate, n=7, k=key)
    entries = "SELECT count(*) FROM ledger.audit_entry"
    before = await owner.fetchval(entries)

    again = await send(FILL, c=crate, n=7, k=key)

    assert again["data"] == first["data"]
    assert "auditId" in first["extensions"]["access"]
    assert "extensions" not in again
    assert await owner.fetchval(entries) == before


async def test_a_key_belongs_to_a_client_and_a_mutation(send: Sender) -> None:
    crate, key = await made(send), uuid4().hex
    await send(FILL, c=crate, n=1, k=key)
    await send(FILL, client="another", c=crate, n=1, k=key)
    answer = await send(MAKE, name="same key", key=key)
    assert answer["data"]["makeCrate"]["crate"]["version"] == 1
    last = await send(FILL, c=crate, n=0)
    assert last["data"]["fillCrate"]["before"] == 2


async def test_a_key_is_free_again_after_a_day(send: Sender, owner: asyncpg.Connection) -> None:
    crate, key = await made(send), uuid4().hex
    await send(FILL, c=crate, n=1, k=key)
    await owner.execute("UPDATE ledger.idempotency SET at = at - interval '25 hours'")
    again = await send(FILL, c=crate, n=1, k=key)
    assert again["data"]["fillCrate"]["before"] == 1


async def test_a_repeat_is_read_again_under_the_grant_of_now(send: Sender) -> None:
    key = uuid4().hex
    first = await send(MAKE, name="seen", key=key)
    later = await send(MAKE, depot.WRITE, name="seen", key=key)
    assert first["data"]["makeCrate"]["crate"]["version"] == 1
    assert later["data"]["makeCrate"]["crate"] is None
    assert later["extensions"]["access"]["withheld"][0]["needs"] == depot.READ


async def test_those_who_wait_for_each_other_are_tried_again(send: Sender) -> None:
    one, two = await made(send), await made(send)
    document = "mutation ($c: [ID!]!) { spread(input: { crateIds: $c }) { crates { pieces } } }"
    answers = await asyncio.gather(
        *(send(document, c=[one, two] if number % 2 else [two, one]) for number in range(3))
    )
    assert all("errors" not in answer for answer in answers)
    last = await send(FILL, c=one, n=0)
    assert last["data"]["fillCrate"]["before"] == 3


async def test_change_rows_are_as_many_as_versions(send: Sender, owner: asyncpg.Connection) -> None:
    crate = await made(send)
    await asyncio.gather(*(send(FILL, c=crate, n=1) for _ in range(10)))
    rows = await owner.fetch(
        "SELECT version FROM ledger.change WHERE object = $1 ORDER BY xid, seq",
        crate.split(":")[1],
    )
    assert sorted(row["version"] for row in rows) == list(range(1, 12))


async def test_the_app_may_not_rewrite_what_happened(send: Sender) -> None:
    await made(send)
    for statement in (
        "UPDATE ledger.change SET version = 7",
        "DELETE FROM ledger.change",
        "UPDATE ledger.audit_entry SET client = 'x'",
        "DELETE FROM ledger.audit_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await send.engine.pool.fetch(statement)


async def test_the_bell_rings_after_the_commit(send: Sender, owner: asyncpg.Connection) -> None:
    heard: list[str] = []

    def hear(*_: object) -> None:
        heard.append("ring")

    await owner.add_listener("hub_changes", hear)
    await asyncio.gather(*(made(send) for _ in range(20)))
    async with asyncio.timeout(5):
        while not heard:  # noqa: ASYNC110  # the listener sets no event
            await asyncio.sleep(0.01)
    await owner.remove_listener("hub_changes", hear)
    assert len(heard) < 20
