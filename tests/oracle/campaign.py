"""Many generated operations, each several times: other values, other callers, the same plans."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.oracle.compare import Case, Comparison, Mismatch
from tests.oracle.generate import Generator
from tests.oracle.grants import partners, some_grant, without_some_scope

CURSOR = re.compile(rb'"(5b22(?:[0-9a-f]{2})+5d)"')
GRANTS = 12

ASKED = {
    "named fragment": "fragment F",
    "inline fragment": "... {",
    "skip": "@skip",
    "include": "@include",
    "variable": "$v",
    "filter": "filter:",
    "order": "orderBy:",
    "after": "after:",
    "before": "before:",
    "last": "last:",
    "node": "node(id:",
    "nodes": "nodes(ids:",
    "type name": "__typename",
    "total": "totalCount",
}
"""What operations must ask for, and how that looks in a document."""

ANSWERED = {
    "field withheld": b'"withheld":',
    "row by row": b'"count":',
    "root refused": b'"FORBIDDEN"',
    "audit": b'"auditId":',
    "more pages": b'"hasNextPage":true',
    "null edge": b":null",
}
"""What answers must show now and then."""


@dataclass
class Campaign:
    """Puts operations to a comparison until they differ; counts what came up on the way."""

    comparison: Comparison
    seed: int
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        oracle = self.comparison.oracle
        self.generator = Generator(oracle.schema, oracle.memory, self.dice)
        self.grants = [some_grant(self.dice, oracle.memory) for _ in range(GRANTS)]
        self.grants += 3 * partners(oracle.memory)

    async def run(self, operations: int) -> Mismatch | None:
        """The first difference, or None; an operation counts once for each of its runs."""
        while self.seen["runs"] < operations:
            operation = self.generator.operation(sets=2)
            one, another = self.dice.sample(self.grants, 2)
            first, second = operation.variables
            for values, grant in (
                (first, one),
                (first, without_some_scope(self.dice, one)),
                (second, another),
                (second, one),
            ):
                mismatch = await self.put(Case(operation.document, values, grant))
                if mismatch is not None:
                    return mismatch
        return None

    async def put(self, case: Case) -> Mismatch | None:
        mismatch = await self.comparison.check(case)
        self.seen["runs"] += 1
        body = self.comparison.last
        self.seen["refused" if body is None else "answered"] += 1
        self.seen.update(what for what, mark in ASKED.items() if mark in case.document)
        self.seen.update(what for what, mark in ANSWERED.items() if mark in (body or b""))
        for cursor in CURSOR.findall(body or b""):
            self.generator.harvest(json.loads(bytes.fromhex(cursor.decode()))[0], cursor.decode())
        return mismatch
