"""`grantConsent` and `requestConsent`: a consent is granted by the person, or asked of her.

Only the person grants, and she is told before who receives what for which purpose.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, column, insert, select, table, update

from hub.kit.user_errors import AlreadyGranted, Invalid, Missing, OutOfBounds, PurposeRefused
from hub.model.access import Audience, constant
from hub.model.action import Ctx, IdempotencyKey, Payload, action, given
from hub.model.codes import FieldGroup, PurposeCode
from hub.model.operation import Doc, Input, Ref
from hub.model.types import CITY_TIME
from hub.subgraphs.talent.consent import Consent
from hub.subgraphs.talent.consent_text import told
from hub.subgraphs.talent.rules import ConsentState, Scope

CONSENT = Consent.__table__
LENGTH = 500

Evidence = Annotated[
    str | None,
    Doc("How and where it was given, at most 500 characters.", "同意凭证(最多 500 字符)"),
]
Groups = Annotated[
    list[FieldGroup],
    Doc("Which field groups; never IDENTITY.", "信息类别(不含身份证件信息)"),
]
Recipient = Annotated[
    str, Doc("Division code of the partner city that may receive.", "接收城市行政区划代码")
]
Until = Annotated[date, Doc("First day on which it no longer holds.", "失效日期")]
ValidFrom = Annotated[
    date | None, Doc("First day on which it holds; today unless given.", "生效日期(默认当日)")
]


class GrantConsentInput(Input):
    """Who may receive what of the caller's data, what for and how long. 授予同意"""

    recipient: Recipient
    purpose: Annotated[PurposeCode, Doc("What for.", "使用目的")]
    groups: Groups
    valid_from: ValidFrom
    until: Until
    evidence: Evidence
    idempotency_key: IdempotencyKey


class RequestConsentInput(Input):
    """Whom to ask for which consent. 请求同意"""

    talent_id: Annotated[
        UUID | None,
        Ref("Talent"),
        Doc("Whom to ask; oneself unless given.", "被请求人(默认本人)"),
    ]
    recipient: Recipient
    purpose: Annotated[PurposeCode, Doc("What for.", "使用目的")]
    groups: Groups
    valid_from: ValidFrom
    until: Until
    idempotency_key: IdempotencyKey


class ConsentPayload(Payload):
    """The consent as it stands now. 授权同意的当前状态"""

    consent: Annotated[UUID, Ref("Consent"), Doc("The consent.", "授权同意")]


_partner = table(
    "partner",
    *map(column, ("code", "name_zh", "name_en", "contacts", "purposes")),
    schema="cooperation",
)
_CITY = select(_partner).where(_partner.c.code == given("recipient", Text()))
_same = (
    CONSENT.c.talent_id == given("talent", Uuid()),
    CONSENT.c.recipient == given("recipient", Text()),
    CONSENT.c.purpose == given("purpose", Text()),
    CONSENT.c.state == constant(ConsentState.GRANTED),
)
_LIVE = select(CONSENT.c.id).where(*_same)
_LAPSED = (
    update(CONSENT)
    .values(state=ConsentState.EXPIRED.value)
    .where(*_same, CONSENT.c.until <= given("day", Date()))
)
_KEEP = insert(CONSENT).values(
    talent_id=given("talent", Uuid()),
    recipient=given("recipient", Text()),
    purpose=given("purpose", Text()),
    field_groups=given("groups", ARRAY(Text())),
    from_=given("since", Date()),
    until=given("until", Date()),
    text_zh=given("text_zh", Text()),
    text_en=given("text_en", Text()),
    requested_by=given("requested_by", Text()),
    evidence=given("evidence", Text()),
    state=given("state", Text()),
    synthetic=select(column("synthetic"))
    .select_from(table("talent", schema="talent"))
    .where(column("id") == given("talent", Uuid()))
    .scalar_subquery(),
)


def _granted_already() -> AlreadyGranted:
    return AlreadyGranted(
        "A consent for this city and purpose is granted already.",
        zh="已就该城市和目的授予同意",
        field=("recipient",),
    )


ONE_GRANTED: Any = {"uq_consent_granted": _granted_already}


@action("Consent", scope=Scope.consent_write, zh="授予同意", violations=ONE_GRANTED)
async def grant_consent(ctx: Ctx, request: GrantConsentInput) -> ConsentPayload:
    """Let a partner city read some of one's own data for a purpose, until a day."""
    person = herself(ctx)
    evidence = evidence_of(ctx, request.evidence)
    await room_for_another(ctx, person, request.recipient, request.purpose)
    return await _kept(ctx, request, person, ConsentState.GRANTED, evidence=evidence)


@action("Consent", scope=Scope.consent_write, zh="请求同意")
async def request_consent(ctx: Ctx, request: RequestConsentInput) -> ConsentPayload:
    """Ask a person for her consent: she reads the text, then accepts or declines.

    An app of her own may ask too, to show her the text before she answers.
    """
    if request.talent_id is None:
        person = herself(ctx)
    elif ctx.grant.audience not in (Audience.DEPARTMENT, Audience.TALENT):
        raise OutOfBounds("A department asks, or she herself.", zh="须由部门或本人提出")
    elif not await ctx.sees("Talent", request.talent_id):
        raise Missing("There is no such person.", zh="人才不存在", field=("talentId",))
    else:
        person = request.talent_id
    return await _kept(
        ctx, request, person, ConsentState.REQUESTED, evidence=None, requested_by=ctx.grant.client
    )


def herself(ctx: Ctx) -> UUID:
    if ctx.grant.audience is Audience.TALENT and ctx.grant.talent:
        return ctx.grant.talent
    raise OutOfBounds(
        "Nobody but the person herself consents: that takes her own token.",
        zh="只能由本人授予同意,须使用本人的令牌",
    )


def today(ctx: Ctx) -> date:
    return ctx.now.astimezone(CITY_TIME).date()


def check_evidence(text: str | None) -> None:
    if text is not None and not 0 < len(text.strip()) <= LENGTH:
        raise Invalid(
            f"Evidence has 1 to {LENGTH} characters.",
            zh=f"凭证须为 1 至 {LENGTH} 个字符",
            field=("evidence",),
        )


def evidence_of(ctx: Ctx, said: str | None) -> str:
    """What was said, or that she answered by this client."""
    check_evidence(said)
    return (
        said or f"本人通过应用 {ctx.grant.client} 在线同意 · by herself, through {ctx.grant.client}"
    )


async def room_for_another(ctx: Ctx, person: UUID, recipient: str, purpose: str) -> None:
    """What ended by time is written down as ended; what is still granted stands in the way."""
    same = {"talent": person, "recipient": recipient, "purpose": str(purpose)}
    await ctx.cascade(_LAPSED, **same, day=today(ctx))
    if live := await ctx.rows(_LIVE, **same):
        raise AlreadyGranted(
            "A consent for this city and purpose is granted already.",
            zh="已就该城市和目的授予同意",
            field=("recipient",),
            consent=f"Consent:{live[0]['id']}",
        )


async def _kept(
    ctx: Ctx,
    request: GrantConsentInput | RequestConsentInput,
    person: UUID,
    state: ConsentState,
    *,
    evidence: str | None,
    requested_by: str | None = None,
) -> ConsentPayload:
    """A new consent, with what the person is told."""
    groups = list(dict.fromkeys(request.groups))
    since = request.valid_from or today(ctx)
    _check_terms(ctx, groups, since, request.until)
    cities = await ctx.rows(_CITY, recipient=request.recipient)
    if not cities:
        raise Missing("There is no such partner city.", zh="合作城市不存在", field=("recipient",))
    if request.purpose not in cities[0]["purposes"]:
        raise PurposeRefused(
            f"{request.purpose} is no purpose for which data may be shared with this city.",
            zh=f"与该城市共享数据不得用于“{request.purpose.zh}”",
            field=("purpose",),
            allowed=list(cities[0]["purposes"]),
        )
    zh, en = told(cities[0], request.purpose, groups, since, request.until)
    ctx.concerns(person)
    [row] = await ctx.change(
        _KEEP,
        talent=person,
        recipient=request.recipient,
        purpose=request.purpose.value,
        groups=[group.value for group in groups],
        since=since,
        until=request.until,
        text_zh=zh,
        text_en=en,
        requested_by=requested_by,
        evidence=evidence,
        state=state.value,
    )
    return ConsentPayload(consent=row["id"])


def _check_terms(ctx: Ctx, groups: list[FieldGroup], since: date, until: date) -> None:
    if not groups or FieldGroup.IDENTITY in groups:
        raise Invalid(
            "Name one field group or more, and never IDENTITY.",
            zh="须至少指定一类信息,且不得包含身份证件信息",
            field=("groups",),
        )
    if until <= max(since, today(ctx)):
        raise Invalid(
            "It would end before it begins, or has ended.",
            zh="失效日期须晚于生效日期和当日",
            field=("until",),
        )
