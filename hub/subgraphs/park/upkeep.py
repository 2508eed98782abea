"""What time does to the park's rows, written down once a minute.

Nobody waits for it: a hold that ran out takes no seats from then on, and `freeSeats` is unknown
once an observation is stale. But who keeps a copy hears of it only by a change row.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, not_, select, true, update

from hub.model.access import constant
from hub.model.action import Ctx
from hub.model.job import BATCH, batch, job
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import ReservationState, SeriesState
from hub.subgraphs.park.series import ReservationSeries
from hub.subgraphs.park.workspace import Workspace

RESERVATION, WORKSPACE = Reservation.__table__, Workspace.__table__
SERIES = ReservationSeries.__table__

_now = select(func.hub_now()).scalar_subquery()


_EXPIRE = (
    update(RESERVATION)
    .values(state=ReservationState.EXPIRED.value)
    .where(
        RESERVATION.c.id.in_(
            batch(
                RESERVATION,
                RESERVATION.c.state == constant(ReservationState.HELD),
                RESERVATION.c.hold_expires_at <= _now,
            )
        )
    )
)
_EXPIRE_SERIES = (
    update(SERIES)
    .values(state=SeriesState.EXPIRED.value)
    .where(
        SERIES.c.id.in_(
            batch(
                SERIES,
                SERIES.c.state == constant(SeriesState.HELD),
                SERIES.c.hold_expires_at <= _now,
            )
        )
    )
)
_STALE = (
    update(WORKSPACE)
    .values(observation_stale=true())
    .where(
        WORKSPACE.c.id.in_(
            batch(
                WORKSPACE,
                WORKSPACE.c.observed_at.is_not(None),
                not_(WORKSPACE.c.observation_stale),
                WORKSPACE.c.stale_after <= _now,
            )
        )
    )
)


@job(every=timedelta(minutes=1))
async def expire_holds(ctx: Ctx) -> bool:
    """Write down which holds ran out."""
    return len(await ctx.cascade(_EXPIRE)) == BATCH


@job(every=timedelta(minutes=1))
async def expire_series(ctx: Ctx) -> bool:
    """Write down the holds of which series ran out."""
    return len(await ctx.cascade(_EXPIRE_SERIES)) == BATCH


@job(every=timedelta(minutes=1))
async def note_stale_observations(ctx: Ctx) -> bool:
    """Write down which workspaces were not observed for too long."""
    return len(await ctx.cascade(_STALE)) == BATCH
