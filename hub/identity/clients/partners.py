"""A partner city as a whole: stopped by one act, let in again, or ended.

    suspend   nothing of the city gets in, and every token of its clients ends
    revoke    its clients are REVOKED besides; the city stays out
    resume    those of its clients that are ACTIVE get new tokens; after a revocation, new clients

The same for an administrator's mutation and for the command line, each in its own transaction
(`Work`). A trigger of the table tells every worker which city it is (`tokens.revocation`), and
wherever a client is judged the city is looked at too (`Client.halted`, `tokens.standing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from hub.identity.clients.changes import CLIENT
from hub.identity.clients.client import ClientState
from hub.identity.clients.suspension import (
    LONGEST_REASON,
    SUSPENSION_LIFE,
    PartnerSuspension,
    SuspensionState,
    stands,
)
from hub.identity.desk import Work
from hub.kit.db import translated
from hub.kit.user_errors import Invalid
from hub.model.action import Record, given

SUSPENSION = PartnerSuspension.__table__

MOVES = {
    SuspensionState.LIFTED: "resumePartner",
    SuspensionState.REVOKED: "revokePartner",
}
"""What each move of a suspension is called, by the API and in the ledger."""

_STANDING = select(SUSPENSION).where(
    SUSPENSION.c.partner == given("partner", Text()),
    SUSPENSION.c.state != SuspensionState.LIFTED.value,
)
_STANDING_LOCKED = _STANDING.with_for_update(key_share=True)
_SUSPEND = insert(SUSPENSION).values(
    partner=given("partner", Text()), reason=given("reason", Text())
)
_MOVE = (
    update(SUSPENSION)
    .values(state=given("state", Text()))
    .where(SUSPENSION.c.id == given("id", Uuid()))
)
# In the order of their ids, as everybody locks clients, so that no two wait for each other.
_LOCK_CLIENTS = (
    select(CLIENT.c.id)
    .where(CLIENT.c.partner == given("partner", Text()))
    .order_by(CLIENT.c.id)
    .with_for_update(key_share=True)
)
_OF_PARTNER = update(CLIENT).where(CLIENT.c.partner == given("partner", Text()))
_END_TOKENS = _OF_PARTNER.where(CLIENT.c.state == ClientState.ACTIVE.value).values(
    generation=CLIENT.c.generation + 1
)
_STOP = _END_TOKENS.values(state=ClientState.SUSPENDED.value)
_REVOKE = _OF_PARTNER.where(CLIENT.c.state == ClientState.SUSPENDED.value).values(
    state=ClientState.REVOKED.value
)
_STANDS = select(stands(bindparam("partner", type_=Text())))


async def suspend(work: Work, partner: str, reason: str | None) -> UUID:
    """Keep a city out from the commit on; returns the suspension, the one that stands if any.

    Two at once break `uq_partner_suspension_standing`.
    """
    if reason is not None and not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(
            f"The reason must have 1 to {LONGEST_REASON} characters.",
            zh=f"停用原因须为 1 至 {LONGEST_REASON} 个字符",
            field=("reason",),
        )
    if there := await work.rows(_STANDING, partner=partner):
        standing: UUID = there[0]["id"]
        return standing
    [row] = await work.change(_SUSPEND, partner=partner, reason=reason)
    await work.rows(_LOCK_CLIENTS, partner=partner)
    await work.cascade(_END_TOKENS, partner=partner)
    made: UUID = row["id"]
    return made


async def move(work: Work, row: Record, to: SuspensionState) -> None:
    """Revoke or lift a suspension that was locked before, if that is legal."""
    if not SUSPENSION_LIFE.may(row["state"], to):
        raise SUSPENSION_LIFE.refusal(row["state"], to, field=("id",))
    await work.change(_MOVE, id=row["id"], state=to.value)
    if to == SuspensionState.REVOKED:
        await work.rows(_LOCK_CLIENTS, partner=row["partner"])
        await work.cascade(_STOP, partner=row["partner"])
        await work.cascade(_REVOKE, partner=row["partner"])


async def standing(work: Work, partner: str) -> Record | None:
    """The suspension under which a city is, locked; None when it is let in."""
    rows = await work.rows(_STANDING_LOCKED, partner=partner)
    return rows[0] if rows else None


async def admitted(engine: AsyncEngine, partner: str) -> bool:
    """Whether a city is let in just now."""
    with translated():
        async with engine.connect() as connection:
            return not await connection.scalar(_STANDS, {"partner": partner})


async def everything(engine: AsyncEngine) -> Sequence[PartnerSuspension]:
    """All suspensions, those that stand first, then the newest."""
    lifted = PartnerSuspension.state == SuspensionState.LIFTED
    async with AsyncSession(engine) as session:
        found = select(PartnerSuspension).order_by(lifted, PartnerSuspension.created_at.desc())
        return (await session.scalars(found)).all()


def suspended_already() -> Invalid:
    """The refusal of a suspension that another request made in the same moment."""
    return Invalid(
        "The partner was suspended by another request just now.",
        zh="该合作城市刚被另一请求停用",
        next_step="Nothing is left to do; `partnerSuspensions` shows it.",
        field=("partner",),
    )


VIOLATIONS = {"uq_partner_suspension_standing": suspended_already}
"""What a broken constraint means."""
