"""What time does to consents, written down once a minute.

Nobody waits for it: from its last day on nothing is released on a consent. But who keeps a copy
hears of the end only by a change row.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Date, cast, func, select, update

from hub.model.access import constant
from hub.model.action import Ctx
from hub.model.job import BATCH, batch, job
from hub.subgraphs.talent.consent import Consent
from hub.subgraphs.talent.rules import ConsentState

CONSENT = Consent.__table__

_today = select(cast(func.timezone("Asia/Shanghai", func.hub_now()), Date())).scalar_subquery()
_ENDED = (
    update(CONSENT)
    .values(state=ConsentState.EXPIRED.value)
    .where(
        CONSENT.c.id.in_(
            batch(
                CONSENT,
                CONSENT.c.state == constant(ConsentState.GRANTED),
                CONSENT.c.until <= _today,
            )
        )
    )
)


@job(every=timedelta(minutes=1))
async def expire_consents(ctx: Ctx) -> bool:
    """Write down which consents ended by time, by the date in the city."""
    return len(await ctx.cascade(_ENDED)) == BATCH
