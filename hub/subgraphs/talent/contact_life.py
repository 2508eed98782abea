"""`followUpContact` and `moveContact`: what is done to stay in touch, and how far that has come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, func, insert, update

from hub.kit.user_errors import Invalid, LawfulBasisRequired, Missing, OutOfBounds
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.codes import LawfulBasis
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.talent.contact import LIFE, Contact, FollowUp
from hub.subgraphs.talent.contact_rules import ContactState, FollowUpChannel, looks_after
from hub.subgraphs.talent.record_contact import ContactPayload, check_text
from hub.subgraphs.talent.rules import Scope

CONTACT, FOLLOW_UP = Contact.__table__, FollowUp.__table__
ELSEWHERE = {
    ContactState.ARRIVED: ("convertContact", "with the talent who the person became", "转化"),
    ContactState.FORGOTTEN: ("forgetContact", "which erases what is personal", "删除"),
}
"""States that a mutation of their own leads to."""


class FollowUpContactInput(Input):
    """Whom somebody was in touch with, how and about what. 登记跟踪记录"""

    contact_id: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]
    channel: Annotated[FollowUpChannel, Doc("How.", "方式")]
    at: Annotated[datetime | None, Doc("When; now unless given.", "时间(默认当前时间)")]
    by_org: Annotated[
        str | None,
        Doc("Key of the department; its owner unless given.", "跟踪单位标识(默认所属单位)"),
    ]
    note: Annotated[str | None, Doc("What was said, at most 2000 characters.", "内容")]
    idempotency_key: IdempotencyKey


class FollowUpContactPayload(Payload):
    """What was noted, and of whom. 跟踪记录与接触人才"""

    follow_up: Annotated[UUID, Ref("FollowUp"), Doc("The follow-up.", "跟踪记录")]
    contact: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]


class MoveContactInput(Input):
    """How far it has come with which contact. 变更跟踪状态"""

    id: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]
    to: Annotated[ContactState, Doc("Its next state.", "目标状态")]
    consent_evidence: Annotated[
        str | None,
        Doc(
            "How and where the person consented; to become CONSENTED.", "同意凭证(转为已同意时必填)"
        ),
    ]
    next_step: Annotated[
        str | None, Doc("What is to be done next; as before unless given.", "下一步安排")
    ]
    expected_version: ExpectedVersion


_FOLLOW_UP = insert(FOLLOW_UP).values(
    at=given("at", DateTime(timezone=True)),
    channel=given("channel", Text()),
    note=given("note", Text()),
    contact_id=given("contact", Uuid()),
    by_org_key=given("by_org", Text()),
)
_MOVE = (
    update(CONTACT)
    .values(
        state=given("state", Text()),
        lawful_basis=func.coalesce(given("basis", Text()), CONTACT.c.lawful_basis),
        consent_evidence=func.coalesce(given("evidence", Text()), CONTACT.c.consent_evidence),
        next_step=func.coalesce(given("next_step", Text()), CONTACT.c.next_step),
    )
    .where(CONTACT.c.id == given("id", Uuid()))
)


def _forgotten() -> Invalid:
    return Invalid(
        "The contact was forgotten; nothing more is written of it.",
        zh="该接触人才的个人信息已删除,不得再登记",
        field=("contactId",),
    )


def _no_department() -> Missing:
    return Missing("There is no such department.", zh="单位不存在", field=("byOrg",))


@action(
    "FollowUp",
    scope=Scope.contact_write,
    zh="登记跟踪记录",
    violations={
        "ck_follow_up_of_forgotten": _forgotten,
        "fk_follow_up_by_org_key": _no_department,
    },
)
async def follow_up_contact(ctx: Ctx, request: FollowUpContactInput) -> FollowUpContactPayload:
    """Note that somebody was in touch with a contact."""
    row = await ctx.locked(
        Contact,
        request.contact_id,
        *("state", "owner_org_key"),
        within=looks_after,
        field=("contactId",),
    )
    if row["state"] == ContactState.FORGOTTEN:
        raise _forgotten()
    by_org = request.by_org or row["owner_org_key"]
    if ctx.grant.departments and by_org not in ctx.grant.departments:
        raise OutOfBounds(
            "A department notes what it did itself.", zh="只能登记本单位的跟踪", field=("byOrg",)
        )
    if request.at and request.at > ctx.now:
        raise Invalid("It lies ahead.", zh="时间不得晚于当前", field=("at",))
    check_text(request.note, "note")
    [made] = await ctx.change(
        _FOLLOW_UP,
        at=request.at or ctx.now,
        channel=request.channel.value,
        note=(request.note or "").strip() or None,
        contact=row["id"],
        by_org=by_org,
    )
    ctx.concerns(row["id"])
    return FollowUpContactPayload(follow_up=made["id"], contact=row["id"])


@action("Contact", scope=Scope.contact_write, zh="变更跟踪状态")
async def move_contact(ctx: Ctx, request: MoveContactInput) -> ContactPayload:
    """Say how far it has come with a contact; ARRIVED and FORGOTTEN have mutations of their own."""
    row = await ctx.locked(
        Contact,
        request.id,
        *("state", "consent_evidence"),
        within=looks_after,
        expected_version=request.expected_version,
        already={"state": request.to},
        shows="contact",
    )
    if row["state"] == request.to:
        return ContactPayload(contact=row["id"])
    if not LIFE.may(row["state"], request.to):
        raise LIFE.refusal(row["state"], request.to, field=("to",), shows={"contact": row["id"]})
    if request.to in ELSEWHERE:
        name, why, zh = ELSEWHERE[request.to]
        raise Invalid(
            f"It becomes {request.to} by {name}, {why}.",
            zh=f"须通过 {name} {zh}",
            field=("to",),
            next_step=f"Send {name}.",
        )
    evidence = (request.consent_evidence or "").strip() or None
    check_text(evidence, "consentEvidence")
    check_text(request.next_step, "nextStep")
    if request.to is ContactState.CONSENTED and not (evidence or row["consent_evidence"]):
        raise LawfulBasisRequired(
            "It becomes CONSENTED with evidence of the consent.",
            zh="转为已同意须提供同意凭证",
            field=("consentEvidence",),
        )
    consented = request.to is ContactState.CONSENTED
    await ctx.change(
        _MOVE,
        id=row["id"],
        state=request.to.value,
        basis=LawfulBasis.CONSENT.value if consented else None,
        evidence=evidence,
        next_step=request.next_step,
    )
    ctx.concerns(row["id"])
    return ContactPayload(contact=row["id"])
