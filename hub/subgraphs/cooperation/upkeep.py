"""What time does to agreements, written down once a minute.

Nobody waits for it: from its last day on nothing is released under an agreement. But who keeps a
copy hears of the end only by a change row.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Date, cast, func, null, select, update

from hub.model.access import constant
from hub.model.action import Ctx
from hub.model.job import BATCH, batch, job
from hub.subgraphs.cooperation.agreement import LIFE, Agreement
from hub.subgraphs.cooperation.rules import AgreementState

AGREEMENT = Agreement.__table__

_today = select(cast(func.timezone("Asia/Shanghai", func.hub_now()), Date())).scalar_subquery()
_ENDED = (
    update(AGREEMENT)
    .values(state=AgreementState.EXPIRED.value, suspended_by=null())
    .where(
        AGREEMENT.c.id.in_(
            batch(
                AGREEMENT,
                AGREEMENT.c.state.in_(map(constant, LIFE.before(AgreementState.EXPIRED))),
                AGREEMENT.c.until <= _today,
            )
        )
    )
)


@job(every=timedelta(minutes=1))
async def expire_agreements(ctx: Ctx) -> bool:
    """Write down which agreements ended by time, by the date in the city."""
    return len(await ctx.cascade(_ENDED)) == BATCH
