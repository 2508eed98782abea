"""A partner city as a whole: `suspendPartner`, `resumePartner`, `revokePartner`.

One act, and within a second no token of any of its clients holds at any worker, nor of the people
who signed in through them, nor of an issuer elsewhere that acts for the city; and none gets a new
one. The agreements with the city are another matter and stay as they are.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from hub.identity.clients import bounds, partners
from hub.identity.clients.bounds import Named
from hub.identity.clients.suspension import PartnerSuspension, SuspensionState
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.platform.rules import Scope


class SuspendPartnerInput(Input):
    """Which partner city to keep out, and why. 停用合作城市"""

    partner: Annotated[str, Doc("Division code of the city.", "城市行政区划代码")]
    reason: Annotated[
        str | None, Doc("Why, without a word about persons.", "停用原因(不含个人信息)")
    ]
    idempotency_key: IdempotencyKey


class PartnerSuspensionInput(Input):
    """Which suspension. 指定停用"""

    id: Annotated[UUID, Ref("PartnerSuspension"), Doc("The suspension.", "停用")]
    expected_version: ExpectedVersion


class PartnerSuspensionPayload(Payload):
    """The suspension as it stands now. 停用的当前状态"""

    partner_suspension: Annotated[UUID, Ref("PartnerSuspension"), Doc("The suspension.", "停用")]


@action(
    "PartnerSuspension",
    scope=Scope.admin_clients,
    zh="停用合作城市",
    violations=partners.VIOLATIONS,
)
async def suspend_partner(ctx: Ctx, request: SuspendPartnerInput) -> PartnerSuspensionPayload:
    """Keep a partner city out: all its clients, people and tokens end within a second."""
    async for fault in bounds.unknown(ctx, Named(partner=request.partner)):
        fault.field = ("partner",)
        raise fault
    key = await partners.suspend(ctx, request.partner, request.reason)
    return PartnerSuspensionPayload(partner_suspension=key)


@action("PartnerSuspension", scope=Scope.admin_clients, zh="恢复合作城市")
async def resume_partner(ctx: Ctx, request: PartnerSuspensionInput) -> PartnerSuspensionPayload:
    """Let a partner city in again; its clients that are ACTIVE need new tokens."""
    return await _moved(ctx, request, SuspensionState.LIFTED)


@action("PartnerSuspension", scope=Scope.admin_clients, zh="吊销合作城市")
async def revoke_partner(ctx: Ctx, request: PartnerSuspensionInput) -> PartnerSuspensionPayload:
    """End the clients of a suspended city for good; the city stays out until it is resumed."""
    return await _moved(ctx, request, SuspensionState.REVOKED)


async def _moved(
    ctx: Ctx, request: PartnerSuspensionInput, to: SuspensionState
) -> PartnerSuspensionPayload:
    row = await ctx.locked(
        PartnerSuspension,
        request.id,
        *("partner", "state"),
        within=everyone,
        expected_version=request.expected_version,
        already={"state": to},
        shows="partner_suspension",
    )
    if row["state"] != to:
        await partners.move(ctx, row, to)
    return PartnerSuspensionPayload(partner_suspension=row["id"])
