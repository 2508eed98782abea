"""How a consent that was asked for is answered, and how a granted one ends.

What partner cities see of a person hangs on it: a withdrawal counts from the next statement on,
without anybody being told.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Text, Uuid, func, select, update

from hub.kit.user_errors import Invalid
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.talent.consent import LIFE, Consent
from hub.subgraphs.talent.consent_grant import (
    ONE_GRANTED,
    ConsentPayload,
    Evidence,
    check_evidence,
    evidence_of,
    room_for_another,
    today,
)
from hub.subgraphs.talent.rules import ConsentState, Scope, own, own_or_department

CONSENT = Consent.__table__


class ConsentInput(Input):
    """Which consent. 指定同意"""

    id: Annotated[UUID, Ref("Consent"), Doc("The consent.", "授权同意")]
    evidence: Evidence
    expected_version: ExpectedVersion


_ANSWER = (
    update(CONSENT)
    .values(state=given("state", Text()), evidence=given("evidence", Text()))
    .where(CONSENT.c.id == given("id", Uuid()))
)
_WITHDRAW = (
    update(CONSENT)
    .values(
        state=ConsentState.WITHDRAWN.value,
        withdrawn_at=select(func.hub_now()).scalar_subquery(),
        withdrawal_evidence=given("evidence", Text()),
    )
    .where(CONSENT.c.id == given("id", Uuid()))
)


@action("Consent", scope=Scope.consent_write, zh="接受请求", violations=ONE_GRANTED)
async def accept_consent(ctx: Ctx, request: ConsentInput) -> ConsentPayload:
    """Grant what one was asked for, as it was asked."""
    row = await _answered(ctx, request, ConsentState.GRANTED)
    if row["state"] != ConsentState.GRANTED:
        if row["valid_until"] <= today(ctx):
            raise Invalid("Its last day has come.", zh="已超过失效日期", field=("id",))
        await room_for_another(ctx, row["talent_id"], row["recipient"], row["purpose"])
        await ctx.change(
            _ANSWER,
            id=row["id"],
            state=ConsentState.GRANTED.value,
            evidence=evidence_of(ctx, request.evidence),
        )
    return ConsentPayload(consent=row["id"])


@action("Consent", scope=Scope.consent_write, zh="拒绝请求")
async def decline_consent(ctx: Ctx, request: ConsentInput) -> ConsentPayload:
    """Decline what one was asked for."""
    row = await _answered(ctx, request, ConsentState.DECLINED)
    if row["state"] != ConsentState.DECLINED:
        declined = ConsentState.DECLINED.value
        await ctx.change(_ANSWER, id=row["id"], state=declined, evidence=request.evidence)
    return ConsentPayload(consent=row["id"])


@action("Consent", scope=Scope.consent_write, zh="撤回同意")
async def withdraw_consent(ctx: Ctx, request: ConsentInput) -> ConsentPayload:
    """Withdraw a consent; nothing is released on it from the next statement on.

    A department records a withdrawal that it was told of, with the evidence.
    """
    row = await _from(ctx, request, ConsentState.WITHDRAWN, own_or_department)
    if row["state"] != ConsentState.WITHDRAWN:
        if ctx.grant.audience is not Audience.TALENT and not (request.evidence or "").strip():
            raise Invalid(
                "A department says how it was told of the withdrawal.",
                zh="代为登记撤回须填写凭证",
                field=("evidence",),
            )
        check_evidence(request.evidence)
        await ctx.change(_WITHDRAW, id=row["id"], evidence=request.evidence)
    return ConsentPayload(consent=row["id"])


async def _answered(ctx: Ctx, request: ConsentInput, to: ConsentState) -> Record:
    """What the person was asked for, from where her answer is legal or was given already."""
    row = await _from(ctx, request, to, own)
    check_evidence(request.evidence)
    return row


async def _from(ctx: Ctx, request: ConsentInput, to: ConsentState, within: Any) -> Record:
    """The consent, locked, from where the move is legal or made already."""
    row = await ctx.locked(
        Consent,
        request.id,
        *("state", "talent_id", "recipient", "purpose", "until"),
        within=within,
        expected_version=request.expected_version,
        already={"state": to},
        shows="consent",
    )
    ctx.concerns(row["talent_id"])
    if row["state"] != to and not LIFE.may(row["state"], to):
        raise LIFE.refusal(row["state"], to, field=("id",), shows={"consent": row["id"]})
    return row
