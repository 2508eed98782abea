"""A write: one transaction with the action, its change rows, its audit and the answer.

    BEGIN
        the action      rows change, each with its change row
        settle          audit, claim the idempotency key with the outcome, and by the same
                        statement read back, through the guard as any read of the objects
    COMMIT

A key that is taken undoes what was done: who sent the same before gets the outcome of then.

The answer is complete before the commit, so that nothing can fail after it. When the connection is
lost while committing, PostgreSQL is asked what became of the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import CTE
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from hub.engine import guard, statement
from hub.engine.answers import opened, withheld
from hub.engine.cache import Cache
from hub.engine.commit import CLASHES, ClashError, Trace, commit
from hub.engine.compiled import Compiled
from hub.engine.mutation import Act, null_if_refused, slot_of
from hub.engine.parameters import Run
from hub.engine.payload import given_input, lasting, opaque, plain
from hub.engine.plan import Lookup, Lookups, Plan
from hub.engine.transaction import Transaction
from hub.kit.db import Kept, translated
from hub.kit.errors import DeclarationError, Forbidden, HubError, Unavailable
from hub.kit.user_errors import IdempotencyMismatch, Invalid, UserError
from hub.ledger import idempotency
from hub.ledger.audit import AuditAction
from hub.ledger.writes import ENTRY, SETTLED, SETTLED_WITH_KEY, settled
from hub.model.access import Caller, Grant
from hub.model.action import GIVEN
from hub.model.registry import Registry

if TYPE_CHECKING:
    from hub.engine import Engine

ATTEMPTS = 6
KEPT = 2000
NULL = b"null"
NO_ERRORS: Mapping[str, Any] = {"userErrors": []}

T = TypeVar("T")


class KeyTakenError(HubError):
    """The same request was sent before; what was done now is to be undone."""


@dataclass(frozen=True)
class Change:
    """One root field of a mutation, ready to be carried out for a caller of one shape.

    `read` reads the payload's objects back; `settle` does that and writes the audit entry, with the
    outcome where the action has a key.
    """

    act: Act
    read: Compiled
    settle: Compiled


@dataclass(frozen=True)
class Done:
    """What came of it: plain values of the payload, JSON of its objects, what was withheld.

    `recorded` says whether the ledger has an entry of it; a repeat that only reads again has one
    only if it shows a person.
    """

    values: Mapping[str, Any]
    objects: tuple[bytes, ...] = ()
    withheld: tuple[dict[str, Any], ...] = ()
    statements: int = 0
    recorded: bool = True


class Acting:
    """Carries out changes; one for each engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.registry: Registry = engine.registry
        self._kept: Cache[Any, Any] = Cache(KEPT)

    @property
    def database(self) -> Kept:
        """Where transactions get a connection of their own."""
        assert isinstance(self.engine.pool, Kept), "changes need Kept connections"
        return self.engine.pool

    async def carry_out(self, change: Change, request: Mapping[str, Any], run: Run) -> Done:
        """The change done or refused; what clashes with another is tried again, a few times."""
        try:
            with translated():
                try:
                    return await self._attempt(change, request, run)
                except CLASHES:
                    return await self._again(change, request, run)
        except ClashError as error:
            raise Unavailable("The transaction was undone; nothing was changed.") from error

    async def _again(self, change: Change, request: Mapping[str, Any], run: Run) -> Done:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CLASHES),
            wait=wait_random_exponential(multiplier=0.01, max=0.5),
            stop=stop_after_attempt(ATTEMPTS - 1),
            reraise=True,
        )
        return await retrying(self._attempt, change, request, run)

    async def _attempt(self, change: Change, request: Mapping[str, Any], run: Run) -> Done:
        async with self.database.connection() as connection:
            work = Transaction(self, connection, run)
            await connection.execute("BEGIN")
            try:
                done, trace = await self._work(work, change, request)
            except CLASHES:
                await connection.execute("ROLLBACK")
                raise
            except (HubError, asyncpg.IntegrityConstraintViolationError) as error:
                await connection.execute("ROLLBACK")
                return await self._undone(work, change, request, error)
            except BaseException:
                with suppress(Exception):  # a connection that is lost has no transaction any more
                    await connection.execute("ROLLBACK")
                raise
            await commit(connection, trace, self.database)
            self.engine.bell.ring()
            return done

    async def _work(
        self, work: Transaction, change: Change, request: Mapping[str, Any]
    ) -> tuple[Done, Trace]:
        """Everything between BEGIN and COMMIT, and its trace."""
        action = change.act.action
        check_key(request)
        payload = await action.run(work, given_input(action.input, request))
        if action.versioned and request.get("expectedVersion") and not work.version_checked:
            raise DeclarationError(
                f"{action.source}: {action.name} does not look at expectedVersion.",
                next_step="Hand it to ctx.locked(..., expected_version=request.expected_version).",
            )
        return await self._settle(work, change, request, plain(payload))

    async def _undone(
        self,
        work: Transaction,
        change: Change,
        request: Mapping[str, Any],
        error: HubError | asyncpg.IntegrityConstraintViolationError,
    ) -> Done:
        """What was done already when the same was sent before; else the refusal that it is."""
        try:
            before = await self._outcome_of_before(work, change.act.action.name, request)
        except UserError as mismatch:
            return await self._refused(work, change, mismatch)
        if before is not None:
            return await self._shown(work, change, before)
        match error:
            case UserError():
                return await self._refused(work, change, error)
            case asyncpg.IntegrityConstraintViolationError(constraint_name=str(name)) if (
                meaning := change.act.action.violations.get(name)
            ):
                return await self._refused(work, change, meaning())
            case KeyTakenError():
                raise ClashError from error  # it grew too old in this very moment
            case _:
                raise error

    async def _outcome_of_before(
        self, work: Transaction, mutation: str, request: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """None when the key is new; raises IdempotencyMismatch."""
        key = request.get("idempotencyKey")
        if not key:
            return None
        found = await work.fetch(idempotency.FOUND, mutation=mutation, key=key)
        if not found:
            return None
        if not idempotency.same(found[0]["input_hash"], self._digest(request)):
            raise IdempotencyMismatch(
                "The idempotency key was used before for another input.",
                zh="该幂等键已用于内容不同的请求",
                field=("idempotencyKey",),
            )
        outcome: dict[str, Any] = orjson.loads(found[0]["outcome"])
        return outcome

    def _digest(self, request: Mapping[str, Any]) -> bytes:
        """What an idempotency key keeps of the input; under the data key where there is one."""
        said, sealer = idempotency.digest(request), self.engine.sealer
        return said if sealer is None else idempotency.keyed(said, sealer)

    async def _settle(
        self,
        work: Transaction,
        change: Change,
        request: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> tuple[Done, Trace]:
        """Audit, key and read-back by one statement; further kinds of objects before it."""
        action = change.act.action
        (first, objects), *others = (work.changed or {action.on: []}).items()
        for entity, more in others:
            await work.fetch(ENTRY, **_told(work, action.name, entity, more))
        told = _told(work, action.name, first, objects)
        key = request.get("idempotencyKey") if action.keyed else None
        if key is not None:
            outcome = orjson.dumps(lasting(values, action.payload)).decode()
            told |= {"key": key, "outcome": outcome, "input_hash": self._digest(request)}
        elif action.keyed:  # the outcome is kept under none
            told |= {"key": None, "outcome": None, "input_hash": None}
        if change.settle.statement.sql:
            told = {GIVEN + name: value for name, value in told.items()}
            run = work.run.with_variables({**_ids(change, values), **told})
            row = await self.fetch(work.connection, change.settle, run)
            done = self._done(change.settle, values, row)
        else:  # no objects to be read
            [row] = await work.fetch(SETTLED_WITH_KEY if action.keyed else SETTLED, **told)
            done = self._nothing_read(change, values)
        if key is not None and not row["claimed"]:
            raise KeyTakenError("The idempotency key was used before.")
        return done, Trace(row["xid"], row["entry"])

    async def _refused(self, work: Transaction, change: Change, error: UserError) -> Done:
        """Record the refusal of what was undone, show what it shows."""
        await self.record_refusal(work, change.act, error.code)
        for noun, key in work.looked_up:  # what was recorded of it went with the transaction
            await work.look_up(noun, key)
        values = {"userErrors": [error.shown()], **opaque(error.shows, change.act.action.payload)}
        return replace(await self._shown(work, change, values), recorded=True)

    async def forbidden(self, act: Act, run: Run) -> None:
        """Record that the token lacks the scope of a change."""
        async with self.database.connection() as connection:
            await self.record_refusal(Transaction(self, connection, run), act, Forbidden.code)

    async def record_refusal(self, work: Transaction, act: Act, code: str) -> None:
        """The audit entry of a change that was not made, in a transaction of its own."""
        await work.fetch(
            ENTRY,
            entity=act.action.on,
            action=AuditAction.REFUSAL.value,
            mutation=act.action.name,
            objects=work.touched,
            subjects=work.persons,
            refused=orjson.dumps({"code": code}).decode(),
        )

    # Reading back

    async def _shown(self, work: Transaction, change: Change, values: Mapping[str, Any]) -> Done:
        """The objects of a payload that changed nothing now, as the caller may see them."""
        ids = _ids(change, values)
        if not change.read.statement.sql or not any(ids.values()):
            return replace(self._nothing_read(change, values), recorded=False)
        row = await self.fetch(work.connection, change.read, work.run.with_variables(ids))
        recorded = bool(change.read.statement.audited and row["entries"])
        return replace(self._done(change.read, values, row), recorded=recorded)

    def _nothing_read(self, change: Change, values: Mapping[str, Any]) -> Done:
        objects = (NULL,) * len(change.act.objects)
        return Done({**NO_ERRORS, **values}, objects, tuple(change.read.withheld))

    def _done(self, read: Compiled, values: Mapping[str, Any], row: Any) -> Done:
        columns = [read.statement.roots.get(place) for place in range(len(read.plan.roots))]
        objects = [(row[column] if column else None) or NULL for column in columns]
        if read.statement.sealed:
            objects = [opened(each, self.engine.unseal) for each in objects]
        return Done({**NO_ERRORS, **values}, tuple(objects), tuple(withheld(read, row)), 1)

    def ready(self, act: Act, grant: Grant) -> Change:
        """A root field for a caller of this shape."""
        roots = [part.root for part in act.objects]
        entry = settled(keyed=act.action.keyed)
        return Change(act, self.reading(roots, grant), self.reading(roots, grant, entry))

    def reading(
        self, roots: Sequence[Lookup | Lookups], grant: Grant, entry: CTE | None = None
    ) -> Compiled:
        """Look-ups guarded for the caller and written down, with an audit entry beside them."""
        caller = Caller.of(grant, self.registry)
        found = guard.weave(Plan(tuple(roots), 0), caller).roots
        woven = Plan(tuple(map(null_if_refused, roots, found)), 0)
        return Compiled(None, woven, statement.write(woven, caller, self.registry, entry))

    def kept(self, name: Any, grant: Grant, write: Callable[[], T]) -> T:
        """What depends on the caller's shape alone, made once."""
        key = (name, grant.audience, grant.bounds, grant.scopes)
        found: T | None = self._kept.get(key)
        if found is None:
            found = write()
            self._kept.put(key, found, 1)
        return found

    async def fetch(self, connection: Any, read: Compiled, run: Run) -> Any:
        """The one row of a reading statement; None when there is nothing to run."""
        if not read.statement.sql:
            return None
        [row] = await connection.fetch(read.statement.sql, *read.statement.arguments(run))
        return row


def check_key(request: Mapping[str, Any]) -> None:
    """Raises Invalid for an idempotency key that is empty or too long."""
    key = request.get("idempotencyKey")
    if key is not None and not 1 <= len(key) <= idempotency.MAX_KEY:
        raise Invalid(
            f"An idempotency key has 1 to {idempotency.MAX_KEY} characters.",
            zh=f"幂等键长度须为 1 至 {idempotency.MAX_KEY} 个字符",
            field=("idempotencyKey",),
        )


def _ids(change: Change, values: Mapping[str, Any]) -> dict[str, Any]:
    """The ids of the payload's objects, as the statement that reads them is given them."""
    return {
        slot_of(part.name): values.get(part.name) or ([] if part.many else None)
        for part in change.act.objects
    }


def _told(work: Transaction, mutation: str, entity: str, objects: list[UUID]) -> dict[str, Any]:
    """What the audit entry of a change says beyond who made it."""
    return {
        "entity": entity,
        "action": AuditAction.CHANGE.value,
        "mutation": mutation,
        "objects": objects,
        "subjects": work.persons,
        "refused": "{}",
    }
