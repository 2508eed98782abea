"""`Oracle.answer`: what the hub must answer, bytes of `data` included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute_sync,
    parse,
)

from hub.model.access import Audience, Grant
from tests.oracle.executable import executable
from tests.oracle.memory import Memory
from tests.oracle.notes import Forbidden, Notes, Withheld
from tests.oracle.pages import Refused
from tests.oracle.performance import Performance
from tests.oracle.rehearsal import Rehearsal
from tests.oracle.rules import Rules
from tests.oracle.shapes import NOUNS
from tests.oracle.values import SHANGHAI


@dataclass(frozen=True)
class Audit:
    """An audit row that the operation must leave behind: a release, or a refusal with reasons."""

    entity: str
    subjects: frozenset[UUID]
    groups: tuple[str, ...]
    basis: str | None
    agreement: UUID | None
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Expected:
    """A whole answer, or with `refusal` the code under which the request is refused."""

    data: bytes = b""
    error_paths: tuple[tuple[str, ...], ...] = ()
    withheld: Mapping[Withheld, set[UUID]] = field(default_factory=dict)
    audits: frozenset[Audit] = frozenset()
    status: int = 200
    refusal: str | None = None


class Oracle:
    """Answers operations over rows in memory: slow, plain, and nothing of the engine in it."""

    def __init__(self, published: GraphQLSchema, memory: Memory, now: datetime) -> None:
        self.schema = executable(published)
        self.memory = memory
        self.today = now.astimezone(SHANGHAI).date()

    def answer(
        self,
        document: str,
        variables: Mapping[str, Any],
        grant: Grant | None,
        operation_name: str | None = None,
    ) -> Expected:
        rules = Rules(grant or Grant.nobody(), self.memory, self.today)
        parsed = parse(document)
        given = dict(variables)
        rehearsal = Rehearsal(self.schema, rules)
        rehearsed = self._execute(parsed, rehearsal, given, operation_name)
        refusal = _refusal(rehearsed)
        if refusal is None and grant is None and not _only_typename(rehearsed):
            refusal = "UNAUTHENTICATED"
        if refusal is not None:
            return Expected(refusal=refusal)
        performance = Performance(self.schema, rules, self.memory)
        performed = self._execute(parsed, performance, given, operation_name)
        assert performed.data is not None, performed.errors
        paths = tuple(sorted(_path(error) for error in performed.errors or ()))
        denied = bool(paths) and len(paths) == len(performed.data)
        return Expected(
            b"" if denied else orjson.dumps(performed.data),
            paths,
            {**rehearsal.notes.withheld, **performance.notes.withheld},
            self._audits(rehearsal.notes, performance.notes, rules),
            403 if denied else 200,
        )

    def _execute(
        self, document: DocumentNode, context: Any, given: dict[str, Any], name: str | None
    ) -> ExecutionResult:
        return execute_sync(
            self.schema,
            document,
            context_value=context,
            variable_values=given,
            operation_name=name,
        )

    def _audits(self, asked: Notes, done: Notes, rules: Rules) -> frozenset[Audit]:
        released = [
            Audit(noun, frozenset(ids), tuple(sorted(asked.groups[noun])), *evidence(rules, noun))
            for noun, ids in done.read.items()
        ]
        refused = [
            Audit(noun, frozenset(ids), (group,), *evidence(rules, noun), ((group, reason),))
            for (noun, group, reason), ids in (*asked.refused.items(), *done.refused.items())
        ]
        return frozenset([*released, *refused])


def evidence(rules: Rules, noun: str) -> tuple[str | None, UUID | None]:
    """On what a release rests: the lawful basis, and the agreement with a partner city."""
    match rules.grant.audience:
        case Audience.PARTNER if NOUNS[noun].group:
            found = rules.agreement()
            return (found["lawful_basis"], found["id"]) if found else (None, None)
        case Audience.DEPARTMENT | Audience.INTERNAL:
            return "STATUTORY_DUTY", None
    return None, None


def _path(error: GraphQLError) -> tuple[str, ...]:
    """The path of a refused root field; any other error is a fault of the oracle."""
    assert isinstance(error.original_error, Forbidden), error
    return tuple(str(key) for key in error.path or ())


def _refusal(rehearsed: ExecutionResult) -> str | None:
    """The code under which the request is refused: faults of the arguments come first."""
    codes = set()
    for error in rehearsed.errors or ():
        if isinstance(error.original_error, Refused):
            codes.add(error.original_error.code)
        else:  # a null where the schema takes none, or a variable that does not fit
            assert isinstance(error.original_error, GraphQLError | None), error
            codes.add("BAD_USER_INPUT")
    return min(codes, default=None)


def _only_typename(rehearsed: ExecutionResult) -> bool:
    return all(value == "Query" for value in (rehearsed.data or {}).values())
