"""More than five hundred malformed requests: never a 5xx, never a stack or a word of SQL.

Sound requests are damaged at random, always in the same way, on the way from bytes to meaning:
method, headers, body, JSON, parameters, document, variables.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.web.conftest import Hub

NUMBER = 600
SEED = 2026

PARKS = "query Q($n: Int, $after: String) { parks(first: $n, after: $after) { totalCount } }"
PARK = "query Q($id: ID!) { park(id: $id) { id name workspaces(first: 3) { totalCount } } }"
NODES = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"

LEAKS = re.compile(
    r"Traceback|File \\?\"|\.py\b|asyncpg|sqlalchemy|pg_|SQLSTATE|\bSELECT\b|\bWHERE\b|\bFROM\b"
    r"|syntax error at or near|does not exist|DataError|out of range for type",
)


@dataclass
class Sent:
    """A request that can still be damaged."""

    query: str
    variables: Any
    method: str = "POST"
    url: str = "/graphql"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    parameters: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None

    def bytes(self) -> bytes:
        if self.body is None:
            whole = {"query": self.query, "variables": self.variables, **self.parameters}
            return json.dumps(whole).encode()
        return self.body


ODD_VALUES: list[Any] = [
    None, True, -1, 0, 101, 2**31, 2**63, 10**40, 1.5, 1e308, -0.0, "", " ", "'", '"', "';--", "%",
    "\\", "\u202e", "😀" * 40, "x" * 5000, "Park:", "Park:1", ":", "Park:" + "0" * 32, "Nobody:1",
    "00", "5b5d", "zz", [], {}, [[]], [None], {"a": 1}, [1] * 200, {"eq": None}, "NaN", "1e9",
]  # fmt: skip
ODD_TOKENS = [
    "{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "|", "&", "=", "...", '"x"', '"""y"""', "#",
    "query", "mutation", "fragment", "on", "true", "null", "1", "-1", "1.5e9", "$n", "ID", "Int",
    "parks", "park", "id", "name", "first", "filter", "orderBy", "edges", "node", "include", "skip",
    "__typename", "__schema", r'"\u12"', r'"\u{110000}"', r'"\uD800"',
]  # fmt: skip
ODD_HEADERS: list[tuple[str, str]] = [
    ("Content-Type", ""),
    ("Content-Type", "application/json; charset"),
    ("Content-Type", "application/json;;;"),
    ("Content-Type", "text/html"),
    ("Content-Encoding", "br"),
    ("Accept", "a/b"),
    ("Accept", ",;q=,application/json;q=x"),
    ("Accept", "application/graphql-response+json;q=1e-9"),
    ("Authorization", ""),
    ("Authorization", "Bearer"),
    ("Authorization", "Bearer a.b.c"),
    ("Authorization", "Bearer " + "x" * 20_000),
    ("Authorization", "Digest x"),
    ("Hub-Purpose", "NOTHING"),
    ("Hub-Purpose", "' OR 1"),
    ("X-Request-Id", "a b\tc"),
]


def method(sent: Sent, chance: random.Random) -> None:
    sent.method = chance.choice(["GET", "HEAD", "PUT", "DELETE", "TRACE", "FOO", "OPTIONS"])
    sent.url = chance.choice(["/graphql", "/graphql?query=%FF", "/graphql?query=%7B", "/graphql?="])


def header(sent: Sent, chance: random.Random) -> None:
    name, value = chance.choice(ODD_HEADERS)
    sent.headers[name] = value


def damaged_bytes(sent: Sent, chance: random.Random) -> None:
    body = bytearray(sent.bytes())
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(body))
        body[place : place + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
    sent.body = bytes(body)


def cut_body(sent: Sent, chance: random.Random) -> None:
    body = sent.bytes()
    sent.body = body[: chance.randrange(len(body))]


def parameter(sent: Sent, chance: random.Random) -> None:
    name = chance.choice(["query", "variables", "operationName", "extensions", "other"])
    sent.parameters[name] = chance.choice(ODD_VALUES)


def deep_json(sent: Sent, chance: random.Random) -> None:
    depth = chance.choice([50, 900, 1100, 20_000])
    sent.body = b'{"query":"{__typename}","variables":{"a":' + b"[" * depth + b"]" * depth + b"}}"


def variable(sent: Sent, chance: random.Random) -> None:
    name = chance.choice([*sent.variables, "unknown"])
    sent.variables = {**sent.variables, name: chance.choice(ODD_VALUES)}


def tokens(sent: Sent, chance: random.Random) -> None:
    words = sent.query.split(" ")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(words))
        words[place : place + chance.randint(0, 2)] = chance.choices(ODD_TOKENS, k=2)
    sent.query = " ".join(words)


def letters(sent: Sent, chance: random.Random) -> None:
    place = chance.randrange(len(sent.query))
    sent.query = sent.query[:place] + chance.choice('{}()$"!é\u2028\ufeff\\') + sent.query[place:]


def deep_document(sent: Sent, chance: random.Random) -> None:
    depth = chance.choice([20, 300, 3000, 30_000])
    sent.query = chance.choice(
        ["{" * depth, "{a" * depth + "}" * depth, "query($a:" + "[" * depth, "{a(b:" + "[" * depth]
    )


def wide_document(sent: Sent, chance: random.Random) -> None:
    width = chance.choice([30, 500, 5000])
    sent.query = (
        "{"
        + chance.choice(
            [
                " ".join(f"a{n}: __typename" for n in range(width)),
                " ".join("parks(first: 100) { totalCount }" for _ in range(width)),
                "__typename " + "@include(if: true) " * width,
                " ".join(f"...F{n}" for n in range(width)),
            ]
        )
        + "}"
    )


DAMAGES: list[Callable[[Sent, random.Random], None]] = [
    method,
    header,
    damaged_bytes,
    cut_body,
    parameter,
    deep_json,
    variable,
    variable,
    tokens,
    tokens,
    letters,
    deep_document,
    wide_document,
]


def malformed(number: int) -> Sent:
    """The request of this number: one of three sound ones with one or two damages."""
    chance = random.Random(SEED * 1000 + number)
    query, variables = chance.choice(
        [(PARKS, {"n": 3, "after": None}), (PARK, {"id": "Park:1"}), (NODES, {"ids": ["Park:1"]})]
    )
    sent = Sent(query, variables)
    for damage in chance.sample(DAMAGES, k=chance.randint(1, 2)):
        damage(sent, chance)
    return sent


async def test_malformed_requests_are_told_what_is_wrong_and_nothing_else(
    hub: Hub, http: httpx.AsyncClient
) -> None:
    refused = 0
    for number in range(NUMBER):
        sent = malformed(number)
        response = await http.request(
            sent.method,
            sent.url,
            content=sent.bytes(),
            headers={**hub.headers, **sent.headers},
        )

        told = response.text
        assert response.status_code < 500, (number, told)
        assert not LEAKS.search(told), (number, told)
        if sent.method in {"HEAD", "OPTIONS"}:
            assert told == ""
        elif sent.method == "FOO":  # refused by the HTTP parser, before there is a request
            assert told == "Invalid HTTP request received."
        else:
            assert {"data", "errors"} & response.json().keys(), (number, told)
        refused += '{"data"' not in told
    # Some damage does no harm: a letter in a name, a variable that nothing uses.
    assert refused >= 500
    assert (await http.get("/graphql", params={"query": "{__typename}"})).status_code == 200
