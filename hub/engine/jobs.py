"""Recurring work: done by whichever worker comes first, once, and again after a kill.

    BEGIN
        claim        one job that is due and that nobody is at, its row locked
        the job      rows change, each with its change row
        audit        an entry for each kind of object, by the client `hub`
        done         when it is due next
    COMMIT

Every worker looks; the lock on the job's row keeps them apart, and since the work and the note that
it was done are one transaction, no run can be counted without its effects, nor have them twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from hub.engine.parameters import Run
from hub.engine.transaction import Transaction
from hub.ledger.audit import AuditAction
from hub.ledger.jobs import CLAIM, DONE, FAILED, KNOWN
from hub.ledger.writes import ENTRY
from hub.model.access import Audience, Grant
from hub.model.job import Job

if TYPE_CHECKING:
    from hub.engine import Engine

PAUSE_SECONDS = 2.0
"""How long a worker rests when nothing is due."""

HUB = Grant(client="hub", audience=Audience.ADMIN, scopes=frozenset())
"""Who does it: the hub itself. It looks up nothing on anybody's behalf."""

log = structlog.get_logger()


class Jobs:
    """Does the declared work of one engine's registry."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.acting = engine.mutations.acting
        self.jobs: Mapping[str, Job] = engine.registry.jobs
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; a database that is away is waited for."""
        known = False
        while self.jobs and not self._stop.is_set():
            busy = False
            try:
                if not known:
                    await self.prepare()
                    known = True
                busy = await self.once() is not None
            except Exception as error:  # noqa: BLE001  # whatever it is, the work goes on later
                log.warning("job.failed", error=type(error).__name__)
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), PAUSE_SECONDS)

    def stop(self) -> None:
        """Begin nothing new."""
        self._stop.set()

    async def prepare(self) -> None:
        """See to it that each job has its row."""
        async with self.acting.database.connection() as connection:
            await self._transaction(connection, "").fetch(KNOWN, names=[*self.jobs])

    async def once(self) -> str | None:
        """Do one job that is due; its name, or None when there is none.

        Raises what the job raises, after its work was undone and its next time set.
        """
        async with self.acting.database.connection() as connection:
            claiming = self._transaction(connection, "")
            await connection.execute("BEGIN")
            found = await claiming.fetch(CLAIM, names=[*self.jobs])
            if not found:
                await connection.execute("ROLLBACK")
                return None
            job = self.jobs[found[0]["name"]]
            try:
                await self._work(self._transaction(connection, job.name), job)
                await connection.execute("COMMIT")
            except Exception:
                await connection.execute("ROLLBACK")
                await claiming.fetch(FAILED, name=job.name, every=job.every)
                raise
            self.engine.bell.ring()
            return job.name

    async def _work(self, work: Transaction, job: Job) -> None:
        more = await job.run(work)
        for entity, objects in work.changed.items():
            if objects:
                await work.fetch(
                    ENTRY,
                    entity=entity,
                    action=AuditAction.CHANGE.value,
                    mutation=job.name,
                    objects=objects,
                    subjects=work.persons,
                    refused="{}",
                )
        await work.fetch(DONE, name=job.name, every=job.every, more=more)

    def _transaction(self, connection: Any, name: str) -> Transaction:
        run = Run({}, HUB, f"job {name}", self.engine.clock())
        return Transaction(self.acting, connection, run)
