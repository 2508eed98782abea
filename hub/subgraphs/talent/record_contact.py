"""`recordContact`: somebody who was met at an event is kept, on a basis that is on the record.

Who was asked and consented is CONSENTED at once; who is kept on another basis is MET, and can be
followed up only after consenting.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, insert

from hub.kit.checks import email_valid, phone_valid
from hub.kit.user_errors import Invalid, LawfulBasisRequired, Missing, OutOfBounds
from hub.model.action import Ctx, IdempotencyKey, Payload, action, given
from hub.model.codes import LawfulBasis
from hub.model.operation import Doc, Input, Ref
from hub.model.types import CITY_TIME
from hub.subgraphs.talent.contact import Contact
from hub.subgraphs.talent.contact_rules import CITY, ContactState
from hub.subgraphs.talent.person_checks import NAME, check_name, check_territory
from hub.subgraphs.talent.rules import Scope

CONTACT = Contact.__table__
LENGTH = 2_000
INTERESTS = 20


class RecordContactInput(Input):
    """Who was met where, and why that may be kept. 登记活动接触人才"""

    event_id: Annotated[UUID, Ref("Event"), Doc("The event.", "活动")]
    name: Annotated[str | None, Doc("Name; kept encrypted.", "姓名(加密保存)")]
    reach: Annotated[
        str | None,
        Doc(
            "Phone number (E.164) or e-mail address; kept encrypted.",
            "电话(E.164)或电子邮箱(加密保存)",
        ),
    ]
    territory: Annotated[
        str, Doc("Country or region where the person lives, ISO 3166-1.", "居住国家和地区")
    ]
    interests: Annotated[list[str] | None, Doc("What she is interested in.", "意向")]
    owner_org: Annotated[
        str | None,
        Doc(
            "Key of the department that looks after it; the caller's own unless given.",
            "跟踪单位标识(默认调用方所属单位)",
        ),
    ]
    lawful_basis: Annotated[
        LawfulBasis | None,
        Doc("Why it may be kept; CONSENT when evidence of it is given.", "合法性基础"),
    ]
    consent_evidence: Annotated[str | None, Doc("How and where the person consented.", "同意凭证")]
    retention_until: Annotated[date, Doc("Day on which it is forgotten at the latest.", "保存期限")]
    next_step: Annotated[str | None, Doc("What is to be done next.", "下一步安排")]
    idempotency_key: IdempotencyKey


class ContactPayload(Payload):
    """The contact as it stands now. 接触人才的当前状态"""

    contact: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]


_RECORD = insert(CONTACT).values(
    name=given("name", Text()),
    reach=given("reach", Text()),
    territory=given("territory", Text()),
    interests=given("interests", ARRAY(Text())),
    lawful_basis=given("basis", Text()),
    consent_evidence=given("evidence", Text()),
    retention_until=given("until", Date()),
    next_step=given("next_step", Text()),
    state=given("state", Text()),
    event_id=given("event", Uuid()),
    owner_org_key=given("owner", Text()),
)


def _no_event() -> Missing:
    return Missing("There is no such event.", zh="活动不存在", field=("eventId",))


def _no_owner() -> Missing:
    return Missing("There is no such department.", zh="跟踪单位不存在", field=("ownerOrg",))


@action(
    "Contact",
    scope=Scope.contact_write,
    zh="登记活动接触人才",
    violations={
        "fk_contact_event_id": _no_event,
        "fk_contact_owner_org_key": _no_owner,
    },
)
async def record_contact(ctx: Ctx, request: RecordContactInput) -> ContactPayload:
    """Keep somebody who was met at an event; it takes consent or another lawful basis."""
    owner = _owner(ctx, request.owner_org)
    evidence = (request.consent_evidence or "").strip() or None
    basis = request.lawful_basis or (LawfulBasis.CONSENT if evidence else None)
    if basis is None or (basis is LawfulBasis.CONSENT and evidence is None):
        raise LawfulBasisRequired(
            "Nobody is kept without evidence of consent or another lawful basis.",
            zh="未提供同意凭证或其他合法性基础,不得登记",
            field=("consentEvidence",),
        )
    name, reach = (request.name or "").strip() or None, checked_reach(request.reach)
    _check(ctx, request, name)
    [row] = await ctx.change(
        _RECORD,
        name=name and ctx.seal(CONTACT.c.name, name).text,
        reach=reach and ctx.seal(CONTACT.c.reach, reach).text,
        territory=request.territory,
        interests=request.interests or [],
        basis=basis.value,
        evidence=evidence,
        until=request.retention_until,
        next_step=request.next_step,
        state=(ContactState.CONSENTED if evidence else ContactState.MET).value,
        event=request.event_id,
        owner=owner,
    )
    ctx.concerns(row["id"])
    return ContactPayload(contact=row["id"])


def _owner(ctx: Ctx, asked: str | None) -> str:
    """The key of the department that is to look after it; raises OutOfBounds, Invalid."""
    bound = ctx.grant.departments
    if ctx.grant.audience not in CITY or (asked and bound and asked not in bound):
        raise OutOfBounds(
            "Contacts are kept by departments, each its own, and by the city's apps.",
            zh="活动接触人才由部门(限本单位)或本市应用登记",
            field=("ownerOrg",) if asked else (),
        )
    if owner := asked or (bound[0] if bound else None):
        return owner
    raise Invalid(
        "Say which department looks after it; the token names none.",
        zh="须指定跟踪单位(令牌未限定部门)",
        field=("ownerOrg",),
    )


def checked_reach(reach: str | None) -> str | None:
    """A phone number as it is, an e-mail address in small letters; raises Invalid, saying neither.

    What was typed is not repeated in the refusal: it may be somebody's number all the same.
    """
    reach = (reach or "").strip()
    if not reach:
        return None
    if phone_valid(reach):
        return reach
    if email_valid(reach):
        return reach.lower()
    raise Invalid(
        "Give a phone number as +, country code and digits, or an e-mail address.",
        zh="须为电话号码(+国家代码及号码)或电子邮箱",
        field=("reach",),
    )


def _check(ctx: Ctx, request: RecordContactInput, name: str | None) -> None:
    check_territory(request.territory, "territory")
    if name is not None:
        check_name(name, "name")
    interests = request.interests or []
    if len(interests) > INTERESTS or any(not 0 < len(each) <= NAME for each in interests):
        raise Invalid(
            f"At most {INTERESTS} interests, each of 1 to {NAME} characters.",
            zh=f"意向至多 {INTERESTS} 项,每项 1 至 {NAME} 个字符",
            field=("interests",),
        )
    check_text(request.consent_evidence, "consentEvidence")
    check_text(request.next_step, "nextStep")
    if request.retention_until <= today(ctx):
        raise Invalid(
            "The retention ends in the past.", zh="保存期限须晚于今日", field=("retentionUntil",)
        )


def check_text(text: str | None, field: str) -> None:
    """Raise Invalid for a text that is too long."""
    if text and len(text) > LENGTH:
        raise Invalid(
            f"It has at most {LENGTH} characters.", zh=f"至多 {LENGTH} 个字符", field=(field,)
        )


def today(ctx: Ctx) -> date:
    """The legal date, in Asia/Shanghai."""
    return ctx.now.astimezone(CITY_TIME).date()
