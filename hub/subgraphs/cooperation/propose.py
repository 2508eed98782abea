"""`proposeAgreement` and `signAgreement`: an agreement is drawn up, and signed by both sides.

A partner city's system acts for its own side, a department for Nantong; what is agreed with a
university, which has no system here, a department signs for both, side by side.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Date, Integer, Text, Uuid, case, insert, update

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.codes import FieldGroup, LawfulBasis, PurposeCode
from hub.model.operation import Doc, Input, Ref
from hub.model.types import CITY_TIME
from hub.subgraphs.cooperation.agreement import LIFE, Agreement
from hub.subgraphs.cooperation.rules import AgreementKind, AgreementState, Scope, Side, party

AGREEMENT = Agreement.__table__


class ProposeAgreementInput(Input):
    """What is proposed to whom. 提出协议"""

    kind: Annotated[AgreementKind, Doc("What it is about.", "协议类型")]
    title_zh: Annotated[str, Doc("Title in Chinese.", "中文标题")]
    title_en: Annotated[str | None, Doc("Title in English.", "英文标题")]
    partner: Annotated[str | None, Doc("Code of the partner city on the other side.", "合作城市")]
    organisation_id: Annotated[
        UUID | None, Ref("Organisation"), Doc("The organisation on the other side.", "合作机构")
    ]
    from_: Annotated[date, Doc("First day in force.", "生效日期")]
    until: Annotated[date | None, Doc("First day on which it no longer holds.", "失效日期")]
    purposes: Annotated[list[PurposeCode] | None, Doc("Purposes, to share data.", "使用目的")]
    field_groups: Annotated[
        list[FieldGroup] | None, Doc("Field groups, to share data.", "信息类别")
    ]
    lawful_basis: Annotated[LawfulBasis | None, Doc("Basis, to share data.", "合法性基础")]
    retention_days: Annotated[int | None, Doc("Days that data may be kept.", "保存期限(天)")]
    people_per_day: Annotated[int | None, Doc("Persons that may be read a day.", "每日人数限额")]
    idempotency_key: IdempotencyKey


class SignAgreementInput(Input):
    """Which agreement to sign, for which side. 签署协议"""

    id: Annotated[UUID, Ref("Agreement"), Doc("The agreement.", "协议")]
    side: Annotated[
        Side | None,
        Doc("For whom; the caller's own side unless given.", "签署方(默认调用方所属一方)"),
    ]
    signatory: Annotated[str, Doc("Office that signs, never a person.", "签署单位(不含个人)")]
    signed_on: Annotated[date | None, Doc("Day of signing; today unless given.", "签署日期")]
    expected_version: ExpectedVersion


class AgreementPayload(Payload):
    """The agreement as it stands now. 协议的当前状态"""

    agreement: Annotated[UUID, Ref("Agreement"), Doc("The agreement.", "协议")]


_PROPOSE = insert(AGREEMENT).values(
    kind=given("kind", Text()),
    title_zh=given("title_zh", Text()),
    title_en=given("title_en", Text()),
    partner_code=given("partner", Text()),
    organisation_id=given("organisation", Uuid()),
    from_=given("since", Date()),
    until=given("until", Date()),
    purposes=given("purposes", ARRAY(Text())),
    field_groups=given("field_groups", ARRAY(Text())),
    lawful_basis=given("lawful_basis", Text()),
    retention_days=given("retention_days", Integer()),
    people_per_day=given("people_per_day", Integer()),
)
_is_own = given("own", Boolean())
_SIGN = (
    update(AGREEMENT)
    .values(
        own_signed_on=case((_is_own, given("day", Date())), else_=AGREEMENT.c.own_signed_on),
        own_signatory=case((_is_own, given("office", Text())), else_=AGREEMENT.c.own_signatory),
        other_signed_on=case((_is_own, AGREEMENT.c.other_signed_on), else_=given("day", Date())),
        other_signatory=case((_is_own, AGREEMENT.c.other_signatory), else_=given("office", Text())),
        state=given("state", Text()),
    )
    .where(AGREEMENT.c.id == given("id", Uuid()))
)


def _terms(message: str, zh: str, *field: str) -> Invalid:
    return Invalid(message, zh=zh, field=field)


def _no_terms() -> Invalid:
    return _terms(
        "To share data it takes a partner city, purposes, field groups, a basis and a retention.",
        "数据共享协议须写明合作城市、目的、信息类别、合法性基础与保存期限",
        "purposes",
    )


def _identity() -> Invalid:
    return _terms("Identity documents are never shared.", "身份证件信息不得共享", "fieldGroups")


def _period() -> Invalid:
    return _terms("It would end before it begins.", "失效日期须晚于生效日期", "until")


def _other_side() -> Invalid:
    return _terms(
        "Name either a partner city or an organisation as the other side.",
        "须且只能指定合作城市或合作机构之一",
        "partner",
    )


def _limits() -> Invalid:
    return _terms("Limits are positive.", "限额须为正数", "retentionDays")


def _no_partner() -> Missing:
    return Missing("There is no such partner city.", zh="合作城市不存在", field=("partner",))


def _no_organisation() -> Missing:
    return Missing("There is no such organisation.", zh="机构不存在", field=("organisationId",))


@action(
    "Agreement",
    scope=Scope.cooperation_write,
    zh="提出协议",
    violations={
        "ck_agreement_data_terms": _no_terms,
        "ck_agreement_identity_never_shared": _identity,
        "ck_agreement_period_order": _period,
        "ck_agreement_other_side": _other_side,
        "ck_agreement_limits_positive": _limits,
        "fk_agreement_partner_code": _no_partner,
        "fk_agreement_organisation_id": _no_organisation,
    },
)
async def propose_agreement(ctx: Ctx, request: ProposeAgreementInput) -> AgreementPayload:
    """Draw up an agreement, to be signed by both sides."""
    if ctx.grant.audience is Audience.PARTNER and request.partner != ctx.grant.partner:
        raise OutOfBounds(
            "A partner city proposes agreements with itself alone.",
            zh="合作城市只能以本市为一方提出协议",
            field=("partner",),
        )
    if ctx.grant.audience not in (Audience.PARTNER, Audience.DEPARTMENT):
        raise OutOfBounds(
            "Agreements are proposed by departments and partner cities.",
            zh="协议由部门或合作城市提出",
        )
    [row] = await ctx.change(
        _PROPOSE,
        kind=request.kind.value,
        title_zh=request.title_zh,
        title_en=request.title_en,
        partner=request.partner,
        organisation=request.organisation_id,
        since=request.from_,
        until=request.until,
        purposes=[purpose.value for purpose in request.purposes or ()],
        field_groups=[group.value for group in request.field_groups or ()],
        lawful_basis=request.lawful_basis and request.lawful_basis.value,
        retention_days=request.retention_days,
        people_per_day=request.people_per_day,
    )
    return AgreementPayload(agreement=row["id"])


@action("Agreement", scope=Scope.cooperation_write, zh="签署协议")
async def sign_agreement(ctx: Ctx, request: SignAgreementInput) -> AgreementPayload:
    """Sign for one side; with the second signature the agreement is SIGNED."""
    row = await ctx.locked(
        Agreement,
        request.id,
        *("state", "own_signed_on", "other_signed_on", "partner_code"),
        within=party,
        expected_version=request.expected_version,
        shows="agreement",
    )
    side = signed_side(ctx, request.side, row["partner_code"])
    if row["state"] != AgreementState.DRAFT:
        raise LIFE.refusal(
            row["state"], AgreementState.SIGNED, field=("id",), shows={"agreement": row["id"]}
        )
    if not request.signatory.strip():
        raise Invalid("An office signs.", zh="须填写签署单位", field=("signatory",))
    other = row["other_signed_on" if side is Side.OWN else "own_signed_on"]
    state = AgreementState.DRAFT if other is None else AgreementState.SIGNED
    await ctx.change(
        _SIGN,
        id=row["id"],
        own=side is Side.OWN,
        day=request.signed_on or today(ctx),
        office=request.signatory,
        state=state.value,
    )
    return AgreementPayload(agreement=row["id"])


def signed_side(ctx: Ctx, asked: Side | None, partner: str | None) -> Side:
    """The side that the caller may sign for; raises OutOfBounds for the other one's."""
    own = side_of(ctx)
    if asked is None or asked is own:
        return own
    if own is Side.OWN and partner is None:  # the other side has no system of its own here
        return asked
    raise OutOfBounds("Each side signs for itself.", zh="各方只能代表本方签署", field=("side",))


def side_of(ctx: Ctx) -> Side:
    """A partner city's system acts for the other side, everybody else for Nantong."""
    return Side.OTHER if ctx.grant.audience is Audience.PARTNER else Side.OWN


def today(ctx: Ctx) -> date:
    """The legal date, in Asia/Shanghai."""
    return ctx.now.astimezone(CITY_TIME).date()
