"""One operation, one statement, bytes passed through; a mutation acts first, then reads.

`Engine.answer` reads as its phases: the document becomes an operation, the operation a plan, the
plan passes the guard and is written as SQL, PostgreSQL builds the JSON, and the bytes are put
together. Everything up to the SQL is remembered for the next question of the same shape. A worked
example stands in the README beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import asyncpg
from graphql import GraphQLSchema
from graphql.execution.values import get_variable_values

from hub.engine import guard, statement
from hub.engine.answers import Answer, assemble, interpreted
from hub.engine.cache import Cache
from hub.engine.coercion import UnfitError
from hub.engine.compiled import Compiled
from hub.engine.errors import RequestErrors
from hub.engine.limits import Limits
from hub.engine.mutations import Mutations
from hub.engine.operation import Operation, prepare, refuse_change
from hub.engine.parameters import Run
from hub.engine.plan import Interpreted, Typename
from hub.engine.planner import Planner
from hub.kit.crypto import Sealer
from hub.kit.db import translated
from hub.kit.errors import Unauthenticated
from hub.ledger.bell import Bell
from hub.model.access import Caller, Grant
from hub.model.registry import Registry

__all__ = ["Answer", "Engine", "Limits", "Question", "RequestErrors"]

Unseal = Callable[[str, str], str]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Fetches(Protocol):
    """What runs statements: a pool does for reads, changes need `hub.kit.db.Kept`."""

    async def fetch(self, query: str, /, *args: Any) -> list[asyncpg.Record]:
        """The rows of one statement."""


class Question(NamedTuple):
    """What a client asks; `read_only` for a GET, which must not change anything."""

    document: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = NOTHING
    extensions: Mapping[str, Any] = NOTHING
    read_only: bool = False


class Engine:
    """Answers questions; one for each process."""

    def __init__(
        self,
        registry: Registry,
        schema: GraphQLSchema,
        pool: Fetches,
        *,
        unseal: Unseal,
        sealer: Sealer | None = None,
        limits: Limits | None = None,
        introspection_open: bool = False,
        cache_bytes: int = 64 * 2**20,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.registry = registry
        self.schema = schema
        self.pool = pool
        self.unseal = unseal
        self.sealer = sealer
        self.limits = limits or Limits()
        self.introspection_open = introspection_open
        self.clock = clock
        self.operations: Cache[tuple[str, str | None], Operation] = Cache(cache_bytes // 2)
        self.plans: Cache[Any, Any] = Cache(cache_bytes // 2)
        self.bell = Bell(pool)
        self.mutations = Mutations(self)

    async def answer(self, question: Question, grant: Grant | None) -> Answer:
        """The complete response; raises a HubError or RequestErrors when nothing may be run."""
        operation = self.operation(question)
        variables = self.variables(operation, question.variables)
        if operation.changes:
            return await self.mutations.answer(operation, variables, grant)
        compiled = self.compiled(operation, variables, grant)
        if grant is None and not compiled.needs_no_token(self.introspection_open):
            raise Unauthenticated("This needs an access token.")
        run = Run(variables, grant or NOBODY, operation.hash, self.clock())
        row = await self.fetch(compiled, run)
        return assemble(
            compiled,
            row,
            run,
            interpreted(compiled, operation, self.schema, question.variables),
            self.unseal,
        )

    def operation(self, question: Question) -> Operation:
        """Parsed, limited and valid; remembered by its text."""
        key = (question.document, question.operation_name)
        operation = self.operations.get(key)
        if operation is None:
            operation = prepare(
                *key,
                schema=self.schema,
                registry=self.registry,
                limits=self.limits,
                read_only=question.read_only,
            )
            self.operations.put(key, operation, 40 * len(question.document) + 2000)
        elif question.read_only:
            refuse_change(operation.definition)
        return operation

    def variables(self, operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
        """The variables coerced to their types (GraphQL specification, 6.1.2)."""
        if not operation.variable_types:
            return {}
        with suppress(UnfitError):
            return operation.coercion(given)
        found = get_variable_values(
            self.schema,
            operation.definition.variable_definitions or (),
            dict(given),
            max_errors=20,
            hide_suggestions=self.limits.hide_suggestions,
        )
        if isinstance(found, list):
            raise RequestErrors.of(found, "BAD_USER_INPUT", "变量有误")
        return found.coerced

    def compiled(
        self, operation: Operation, variables: dict[str, Any], grant: Grant | None
    ) -> Compiled:
        """Plan, guard and SQL; remembered by the shape of variables and grant."""
        who = grant or NOBODY
        key = operation.plan_key(variables, who)
        compiled: Compiled | None = self.plans.get(key)
        if compiled is None or compiled.operation is not operation:
            compiled = self.compile(operation, variables, who)
            self.plans.put(key, compiled, compiled.weight)
        return compiled

    def compile(self, operation: Operation, variables: dict[str, Any], grant: Grant) -> Compiled:
        plan = Planner(
            operation,
            variables,
            schema=self.schema,
            registry=self.registry,
            limits=self.limits,
        ).plan()
        if grant is not NOBODY or not all(
            isinstance(root, Typename | Interpreted) for root in plan.roots
        ):
            caller = Caller.of(grant, self.registry)
            plan = guard.weave(plan, caller)
            return Compiled(operation, plan, statement.write(plan, caller, self.registry))
        return Compiled(operation, plan, statement.EMPTY)

    async def fetch(self, compiled: Compiled, run: Run) -> asyncpg.Record | None:
        """Run the statement; None when the operation has none."""
        if not compiled.statement.sql:
            return None
        arguments = compiled.statement.arguments(run)
        with translated():
            rows = await self.pool.fetch(compiled.statement.sql, *arguments)
        return rows[0]


NOBODY = Grant.nobody()
