"""What time does to the hub's own records."""

from __future__ import annotations

from datetime import timedelta

from hub.ledger.idempotency import FORGET
from hub.model.action import Ctx
from hub.model.job import BATCH, job


@job(every=timedelta(minutes=10))
async def forget_keys(ctx: Ctx) -> bool:
    """Remove idempotency keys that are older than a day."""
    return len(await ctx.rows(FORGET)) == BATCH
