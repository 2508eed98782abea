"""What time does to consents and contacts, written down once a minute.

Nobody waits for the end of a consent: from its last day on nothing is released on it. But who keeps
a copy hears of it only by a change row. A contact whose retention has ended is forgotten.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Date, cast, func, select, update

from hub.model.access import constant
from hub.model.action import Ctx
from hub.model.job import BATCH, batch, job
from hub.subgraphs.talent.consent import Consent
from hub.subgraphs.talent.contact import Contact
from hub.subgraphs.talent.contact_rules import ContactState
from hub.subgraphs.talent.forget_contact import forget
from hub.subgraphs.talent.rules import ConsentState

CONSENT, CONTACT = Consent.__table__, Contact.__table__

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
_DUE = batch(
    CONTACT,
    CONTACT.c.state != constant(ContactState.FORGOTTEN),
    CONTACT.c.retention_until <= _today,
)


@job(every=timedelta(minutes=1))
async def expire_consents(ctx: Ctx) -> bool:
    """Write down which consents ended by time, by the date in the city."""
    return len(await ctx.cascade(_ENDED)) == BATCH


@job(every=timedelta(minutes=1))
async def forget_contacts(ctx: Ctx) -> bool:
    """Forget contacts whose retention has ended, by the date in the city."""
    due = [row["id"] for row in await ctx.rows(_DUE)]
    if due:
        await forget(ctx, due)
    return len(due) == BATCH
