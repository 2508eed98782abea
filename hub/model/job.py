"""How a room's recurring work is declared.

    @job(every=timedelta(minutes=1))
    async def expire_holds(ctx: Ctx) -> bool:
        '''Write down that holds ran out.'''
        return len(await ctx.cascade(_EXPIRE)) == BATCH

    _EXPIRE = update(TABLE).values(...).where(TABLE.c.id.in_(batch(TABLE, <what is due>)))

A job works as an action does, through the same `Ctx`: its changes have versions, change rows and an
audit entry, whose client is `hub`. One run is one transaction, so it should be short: a job does a
batch and says whether there may be more. Who runs it when, and that it is never run twice, is
`hub.engine.jobs`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from hub.model.action import Ctx
from hub.model.field import Source
from hub.model.types import camel

BATCH = 500
"""As many rows as one run changes."""


def batch(table: Any, *conditions: Any) -> Select[Any]:
    """Ids of a batch of rows; those that somebody is changing just now are left for later."""
    due = select(table.c.id).where(*conditions).limit(BATCH)
    return due.with_for_update(skip_locked=True, key_share=True)


@dataclass(frozen=True)
class Job:
    """Declared recurring work; `run` returns whether there may be more to do at once."""

    name: str
    every: timedelta
    run: Callable[[Ctx], Awaitable[bool]]
    source: Source

    @property
    def doc(self) -> str:
        return inspect.cleandoc(self.run.__doc__ or "")


def job(*, every: timedelta) -> Callable[[Callable[[Ctx], Awaitable[bool]]], Job]:
    """Declare the decorated function as work that recurs after so long."""

    def make(run: Callable[[Ctx], Awaitable[bool]]) -> Job:
        return Job(camel(run.__name__), every, run, Source.caller())

    return make
