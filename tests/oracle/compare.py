"""Puts one operation to the engine and to the oracle, and says where they differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from graphql import GraphQLSchema

from hub.engine import Engine, Limits, Question, RequestErrors
from hub.kit.errors import HubError
from hub.model.access import Grant
from hub.model.registry import Registry
from tests.oracle.memory import load
from tests.oracle.notes import Withheld
from tests.oracle.oracle import Audit, Expected, Oracle

GENEROUS = Limits(
    tokens=10**6,
    depth=10**3,
    aliases=10**5,
    directives=10**5,
    fields=10**5,
    overlaps=10**6,
    sources=10**4,
    nodes=10**12,
)
"""Limits have tests of their own; here they must not come before an answer."""

MOST_IDS = 20


@dataclass(frozen=True)
class Case:
    """An operation with everything that its answer depends on."""

    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    grant: Grant | None = None


@dataclass(frozen=True)
class Mismatch:
    """What differed, with all that is needed to see it again."""

    case: Case
    what: str
    expected: object
    got: object
    sql: str = ""

    def __str__(self) -> str:
        return "\n".join(
            (
                f"The engine and the oracle differ: {self.what}",
                f"--- document\n{self.case.document}",
                f"--- variables\n{json.dumps(self.case.variables, ensure_ascii=False)}",
                f"--- grant\n{self.case.grant}",
                f"--- the oracle\n{self.expected}",
                f"--- the engine\n{self.got}",
                f"--- statement\n{self.sql}",
            )
        )


class Comparison:
    """One database, read by an engine and held in memory by an oracle.

    The audit rows of each operation are taken out of the ledger again, so that what the oracle
    knows of the ledger stays true.
    """

    def __init__(self, engine: Engine, oracle: Oracle, owner: asyncpg.Connection) -> None:
        self.engine = engine
        self.oracle = oracle
        self.owner = owner
        self.kept = [row["id"] for row in oracle.memory.rows["AuditEntry"]]
        self.last: bytes | None = None

    @classmethod
    async def open(
        cls,
        registry: Registry,
        schema: GraphQLSchema,
        pool: asyncpg.Pool,
        owner: asyncpg.Connection,
        now: datetime,
    ) -> Comparison:
        engine = Engine(registry, schema, pool, unseal=unseal, limits=GENEROUS, clock=lambda: now)
        return cls(engine, Oracle(schema, await load(owner), now), owner)

    async def check(self, case: Case) -> Mismatch | None:
        """None when both agree on everything that a caller or an auditor can see."""
        self.last = None
        expected = self.oracle.answer(case.document, case.variables, case.grant)
        question = Question(case.document, None, case.variables)
        try:
            answer = await self.engine.answer(question, case.grant)
        except RequestErrors as refused:
            code = refused.errors[0]["extensions"]["code"]
            return self._refusal(case, expected, code, str(refused.errors))
        except HubError as refused:
            return self._refusal(case, expected, refused.code, str(refused))
        if expected.refusal is not None:
            return self._differs(case, "the request", expected.refusal, answer.body)
        self.last = answer.body
        audits = await self.audits()
        try:
            body = json.loads(answer.body)
        except ValueError as broken:
            return self._differs(case, f"no JSON: {broken}", expected.data, answer.body)
        for what, wanted, got in (
            ("data", expected.data, data_of(answer.body)),
            ("errors", expected.error_paths, error_paths(body)),
            ("withheld", normal(expected.withheld), withheld_of(body)),
            ("status", expected.status, answer.status),
            ("audit", expected.audits, audits),
            ("auditId", bool(expected.audits), answer.audit_id is not None),
        ):
            if wanted != got:
                return self._differs(case, what, wanted, got)
        return None

    async def audits(self) -> frozenset[Audit]:
        """The audit rows written since the last time, joined; they are taken out again."""
        rows = await self.owner.fetch(
            "DELETE FROM ledger.audit_entry WHERE NOT id = ANY($1) RETURNING *", self.kept
        )
        found: dict[Audit, set[UUID]] = defaultdict(set)
        for row in rows:
            refused = tuple(sorted(json.loads(row["refused"]).items()))
            groups = tuple(sorted(row["field_groups"]))
            of = Audit(row["entity"], frozenset(), groups, row["basis"], row["agreement"], refused)
            found[of].update(row["subjects"])
        return frozenset(replace(of, subjects=frozenset(ids)) for of, ids in found.items())

    def _refusal(self, case: Case, expected: Expected, code: str, said: str) -> Mismatch | None:
        if expected.refusal == code:
            return None
        wanted = expected.refusal or expected.data
        return self._differs(case, "the request is refused", wanted, f"{code}: {said}")

    def _differs(self, case: Case, what: str, expected: object, got: object) -> Mismatch:
        return Mismatch(case, what, expected, got, self._sql(case))

    def _sql(self, case: Case) -> str:
        try:
            operation = self.engine.operation(Question(case.document, None, case.variables))
            variables = self.engine.variables(operation, case.variables)
            return self.engine.compiled(operation, variables, case.grant).statement.sql
        except HubError as refused:
            return f"none: {refused}"


def unseal(sealed: str, context: str) -> str:
    """Shows what was to be opened and as what, so that a mixed-up context is seen."""
    return f"<{context}:{sealed}>"


def data_of(body: bytes) -> bytes:
    """The bytes of `data`, cut out of the answer without being read and written again."""
    text, place, decoder = body.decode(), 1, json.JSONDecoder()
    while place < len(text):
        key, place = decoder.raw_decode(text, place)
        start = place + 1
        _, place = decoder.raw_decode(text, start)
        if key == "data":
            return text[start:place].encode()
        place += 1
    return b""


def error_paths(body: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Paths of the refused root fields, each of which must say FORBIDDEN."""
    errors = body.get("errors", [])
    assert all(error["extensions"]["code"] == "FORBIDDEN" for error in errors), errors
    return tuple(sorted(tuple(error["path"]) for error in errors))


Shown = dict[tuple[object, ...], tuple[int, frozenset[str]] | None]


def withheld_of(body: dict[str, Any]) -> Shown:
    """`extensions.access.withheld` in a form that does not depend on its order.

    Objects of several types in one list may be withheld for one reason and need different things:
    then there is an entry for each, and here they are one.
    """
    entries = body.get("extensions", {}).get("access", {}).get("withheld", [])
    found: Shown = {}
    told = set()
    for entry in entries:
        reason = entry["reason"]
        needs = entry["needs"] if reason == "SCOPE" else None
        key = (*entry["path"], reason, needs)
        assert (key, entry["needs"]) not in told, f"{key} is told twice"
        told.add((key, entry["needs"]))
        count, ids = found.get(key) or (0, frozenset())
        if "count" in entry:
            found[key] = count + entry["count"], ids | frozenset(entry["ids"])
        else:
            found.setdefault(key, None)
    return found


def normal(withheld: Mapping[Withheld, set[Any]]) -> object:
    """The oracle's side of `withheld_of`; of more than twenty ids any twenty may be told."""
    return _Expected(
        {
            (*entry.path, entry.reason, entry.scope): {str(key) for key in ids}
            if entry.counted
            else None
            for entry, ids in withheld.items()
        }
    )


class _Expected:
    """Equal to what the engine tells when counts agree and the ids are among those expected."""

    def __init__(self, entries: dict[tuple[object, ...], set[str] | None]) -> None:
        self.entries = entries

    def __repr__(self) -> str:
        return repr(self.entries)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, dict)
            and other.keys() == self.entries.keys()
            and all(self._agrees(self.entries[key], told) for key, told in other.items())
        )

    def __hash__(self) -> int:
        return hash(frozenset(self.entries))

    @staticmethod
    def _agrees(ids: set[str] | None, told: tuple[int, frozenset[str]] | None) -> bool:
        if ids is None or told is None:
            return ids is None and told is None
        count, named = told
        bare = {name.partition(":")[2] for name in named}
        return count == len(ids) and bare <= ids and len(named) == min(count, MOST_IDS)
