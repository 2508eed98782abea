"""How an agreement takes force, is suspended and resumed, and ends.

What partner cities see of persons hangs on the agreement in force: its suspension counts from the
next statement on, without anybody being told.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Text, Uuid, update

from hub.kit.user_errors import AnotherInForce, IllegalTransition, Invalid, OutOfBounds
from hub.model.access import Rule
from hub.model.action import Ctx, ExpectedVersion, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.agreement import LIFE, Agreement
from hub.subgraphs.cooperation.propose import AgreementPayload, side_of, today
from hub.subgraphs.cooperation.rules import AgreementState, Scope, Side, department, party

AGREEMENT = Agreement.__table__


class AgreementInput(Input):
    """Which agreement. 指定协议"""

    id: Annotated[UUID, Ref("Agreement"), Doc("The agreement.", "协议")]
    expected_version: ExpectedVersion


_MOVE = (
    update(AGREEMENT)
    .values(state=given("state", Text()), suspended_by=given("suspended_by", Text()))
    .where(AGREEMENT.c.id == given("id", Uuid()))
)


def _another() -> AnotherInForce:
    return AnotherInForce(
        "Another data-sharing agreement with this city is in force.",
        zh="与该城市已有生效的数据共享协议",
        field=("id",),
    )


_ONE_IN_FORCE: Any = {"uq_agreement_data_sharing_in_force": _another}


@action("Agreement", scope=Scope.cooperation_write, zh="协议生效", violations=_ONE_IN_FORCE)
async def bring_into_force(ctx: Ctx, request: AgreementInput) -> AgreementPayload:
    """Bring a signed agreement into force, from its first day on."""
    row = await _from(ctx, request, AgreementState.IN_FORCE, department)
    if row["state"] == AgreementState.SUSPENDED:
        raise _not_by_this(row, "It is suspended: resumeAgreement resumes it.", "请使用恢复协议")
    if row["state"] == AgreementState.SIGNED:
        if row["valid_from"] is None or today(ctx) < row["valid_from"]:
            raise Invalid(
                "Its first day has not come, or was never agreed on.",
                zh="尚未到生效日期,或未约定生效日期",
                field=("id",),
            )
        await _move(ctx, row, AgreementState.IN_FORCE)
    return AgreementPayload(agreement=row["id"])


@action("Agreement", scope=Scope.cooperation_write, zh="中止协议")
async def suspend_agreement(ctx: Ctx, request: AgreementInput) -> AgreementPayload:
    """Suspend an agreement in force; nothing is released under it from the next statement on."""
    row = await _from(ctx, request, AgreementState.SUSPENDED, party)
    if row["state"] != AgreementState.SUSPENDED:
        await _move(ctx, row, AgreementState.SUSPENDED, side_of(ctx))
    return AgreementPayload(agreement=row["id"])


@action("Agreement", scope=Scope.cooperation_write, zh="恢复协议", violations=_ONE_IN_FORCE)
async def resume_agreement(ctx: Ctx, request: AgreementInput) -> AgreementPayload:
    """Resume what one's own side suspended."""
    row = await _from(ctx, request, AgreementState.IN_FORCE, party)
    if row["state"] == AgreementState.SIGNED:
        raise _not_by_this(row, "It was not in force yet: use bringIntoForce.", "请使用协议生效")
    if row["state"] == AgreementState.SUSPENDED:
        if row["suspended_by"] not in (None, side_of(ctx)):
            raise OutOfBounds(
                "The side that suspended it resumes it.", zh="由中止方恢复", field=("id",)
            )
        await _move(ctx, row, AgreementState.IN_FORCE)
    return AgreementPayload(agreement=row["id"])


@action("Agreement", scope=Scope.cooperation_write, zh="终止协议")
async def terminate_agreement(ctx: Ctx, request: AgreementInput) -> AgreementPayload:
    """End an agreement before its time, for good; each side may."""
    row = await _from(ctx, request, AgreementState.TERMINATED, party)
    if row["state"] != AgreementState.TERMINATED:
        await _move(ctx, row, AgreementState.TERMINATED)
    return AgreementPayload(agreement=row["id"])


@action("Agreement", scope=Scope.cooperation_write, zh="协议到期")
async def expire_agreement(ctx: Ctx, request: AgreementInput) -> AgreementPayload:
    """Say that an agreement ended by time; since its last day nothing was released anyway."""
    row = await _from(ctx, request, AgreementState.EXPIRED, department)
    if row["state"] != AgreementState.EXPIRED:
        if row["valid_until"] is None or today(ctx) < row["valid_until"]:
            raise Invalid("Its last day has not come.", zh="尚未到失效日期", field=("id",))
        await _move(ctx, row, AgreementState.EXPIRED)
    return AgreementPayload(agreement=row["id"])


async def _from(ctx: Ctx, request: AgreementInput, to: AgreementState, within: Rule) -> Record:
    """The agreement, locked, from where the move is legal or made already."""
    row = await ctx.locked(
        Agreement,
        request.id,
        *("state", "from_", "until", "suspended_by"),
        within=within,
        expected_version=request.expected_version,
        already={"state": to},
        shows="agreement",
    )
    if row["state"] != to and not LIFE.may(row["state"], to):
        raise LIFE.refusal(row["state"], to, field=("id",), shows={"agreement": row["id"]})
    return row


def _not_by_this(row: Record, message: str, zh: str) -> IllegalTransition:
    """The state may be reached from here, but by another mutation."""
    state = AgreementState(row["state"])
    return IllegalTransition(
        message,
        zh=f"当前状态为“{state.zh}”,{zh}",
        field=("id",),
        shows={"agreement": row["id"]},
        state=state.value,
        available=[str(move) for move in LIFE.after(state)],
    )


async def _move(ctx: Ctx, row: Record, to: AgreementState, by: Side | None = None) -> None:
    await ctx.change(_MOVE, id=row["id"], state=to.value, suspended_by=by and by.value)
