"""What a mutation answers: plain values, objects read back under the caller's grant, refusals."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.act import depot
from tests.act.conftest import Sender

MAKE = """
mutation ($name: String!, $key: String!) {
  makeCrate(input: { name: $name, idempotencyKey: $key }) { crate { id version pieces } }
}
"""


async def made(send: Sender, name: str = "a crate") -> str:
    answer = await send(MAKE, name=name, key=str(uuid4()))
    crate: dict[str, Any] = answer["data"]["makeCrate"]["crate"]
    assert crate["version"] == 1
    return str(crate["id"])


async def test_aliases_fragments_and_conditions_hold_for_payloads(send: Sender) -> None:
    crate = await made(send)
    document = """
    mutation ($crates: [ID!]!, $no: Boolean = false) {
      again: spread(input: { crateIds: $crates }) {
        kind: __typename
        ...Rows
        rows { pieces }
        crates { id @include(if: $no) name }
        userErrors { code }
      }
    }
    fragment Rows on SpreadPayload { rows { crateId __typename ... @skip(if: $no) { n: pieces } } }
    """
    answer = await send(document, crates=[crate])
    assert answer["data"] == {
        "again": {
            "kind": "SpreadPayload",
            "rows": [{"crateId": crate, "__typename": "Pieces", "n": 1, "pieces": 1}],
            "crates": [{"name": "a crate"}],
            "userErrors": [],
        }
    }
    assert list(answer["data"]["again"]["rows"][0]) == ["crateId", "__typename", "n", "pieces"]


async def test_object_is_null_where_its_scope_is_missing(send: Sender) -> None:
    crate = await made(send)
    document = (
        "mutation ($c: ID!) { fillCrate(input: {crateId: $c, pieces: 2}) { before crate { id } } }"
    )
    answer = await send(document, depot.WRITE, c=crate)
    assert answer["data"] == {"fillCrate": {"before": 0, "crate": None}}
    [withheld] = answer["extensions"]["access"]["withheld"]
    assert withheld == {"path": ["fillCrate", "crate"], "reason": "SCOPE", "needs": depot.READ}
