"""What a row of the benchmark is: one question, asked of the hub and of two hand-written routes.

The question is a GraphQL document, the routes are statements; they lie side by side in `questions/`
as `<row>.graphql`, `<row>.expert.sql` and `<row>.limit.sql`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from hub.demo.client_list import CLIENTS
from hub.identity.clients.enrol import Registration
from hub.kit.crypto import Sealer

QUESTIONS = Path(__file__).parent / "questions"

HANDWRITTEN = ("expert", "limit")

WRITES_OF_A_STRETCH = 12_000
"""More than any contender carries out in one; they must not come round again."""

Values = Mapping[str, Any]
"""What a request to a hand-written route says, in its path, its query string or its body."""


@dataclass(frozen=True)
class Ask:
    """One request: what a hand-written route is given, and the same as GraphQL variables."""

    values: Values
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """What a hand-written route works with."""

    pool: asyncpg.Pool
    sealer: Sealer


Answer = Callable[[Desk, Values], Awaitable[bytes | str]]
Asks = Callable[[asyncpg.Connection], Awaitable[Sequence[Ask]]]


@dataclass(frozen=True)
class Route:
    """A hand-written route: how it answers, and the statement for EXPLAIN to look at."""

    answer: Answer
    sql: str
    arguments: Callable[[Values], Sequence[Any]]


@dataclass(frozen=True)
class Needs:
    """Required ratios of total CPU per request, theirs / hub; None where nothing is required."""

    expert: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Row:
    """One row of the table; `path` is the hand-written routes' address with `{places}`.

    A row that writes has `renew`, which makes of a request the same for something that nobody asked
    for before; its hand-written routes are sent the values by POST.
    """

    name: str
    title: str
    client: str
    path: str
    asks: Asks
    routes: Mapping[str, Route]
    needs: Needs
    renew: Callable[[Ask], Ask] | None = None

    def fresh(self, asks: Sequence[Ask]) -> Sequence[Ask]:
        """Requests for one stretch: of a row that writes no two of a run are the same.

        What one request is about, its neighbours are about too: each connection begins elsewhere in
        the list, so that none comes between another's moments.
        """
        if self.renew is None:
            return asks
        total = WRITES_OF_A_STRETCH
        return [self.renew(asks[place * len(asks) // total]) for place in range(total)]

    @property
    def document(self) -> str:
        return question(self.name, "graphql")

    @property
    def asker(self) -> Registration:
        """The demo client that asks."""
        return CLIENTS[self.client]


def question(row: str, what: str) -> str:
    """A file of `questions/`."""
    return (QUESTIONS / f"{row}.{what}").read_text(encoding="utf-8")


def digest(document: str) -> str:
    """The document's hash, as the ledger keeps it."""
    return hashlib.sha256(document.encode()).hexdigest()
