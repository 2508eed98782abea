"""What may be said of a talent, as `createTalent` and `correctTalent` take it and store it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from sqlalchemy import ARRAY, Date, Text, literal_column, or_, select

from hub.kit.user_errors import AlreadyOnRecord, Missing
from hub.model.action import Ctx, Violations, given
from hub.model.codes import DegreeRank, SkillLevel, TitleLevel
from hub.model.operation import Doc, Input
from hub.subgraphs.talent.person_checks import (
    check_codes,
    check_days,
    check_document,
    check_email,
    check_name,
    check_phone,
    check_territory,
    chinese,
    latin,
    refused,
)
from hub.subgraphs.talent.record_contact import today
from hub.subgraphs.talent.rules import IdentityType, ReturneeStatus, TalentLevel
from hub.subgraphs.talent.talent import Talent

TALENT = Talent.__table__
INDUSTRY, LANGUAGE = "[A-T]", "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"


class PersonInput(Input):
    """What is said of a person, all but the name. 人才信息"""

    family_name_zh: Annotated[str | None, Doc("Family name, Chinese script.", "姓(中文)")]
    given_name_zh: Annotated[str | None, Doc("Given name, Chinese script.", "名(中文)")]
    family_name_latin: Annotated[str | None, Doc("Family name, Latin script.", "姓(拉丁字母)")]
    given_name_latin: Annotated[str | None, Doc("Given name, Latin script.", "名(拉丁字母)")]
    returnee_status: Annotated[
        ReturneeStatus | None,
        Doc("Whether a returnee; the person herself may say DECLARED.", "归国人才身份"),
    ]
    level: Annotated[TalentLevel | None, Doc("Level, set by a department.", "人才层次(由部门确定)")]
    returned_on: Annotated[date | None, Doc("Day of return to China.", "回国日期")]
    graduated_on: Annotated[date | None, Doc("Day of the last graduation.", "毕业日期")]
    target_industries: Annotated[
        list[str] | None, Doc("Industries looked for, sections of GB/T 4754.", "意向行业门类")
    ]
    languages: Annotated[list[str] | None, Doc("Languages spoken, BCP 47.", "语言(BCP 47)")]
    highest_degree: Annotated[DegreeRank | None, Doc("Highest degree.", "最高学位")]
    title_level: Annotated[TitleLevel | None, Doc("Level of the title.", "职称级别")]
    skill_level: Annotated[SkillLevel | None, Doc("Grade of skill.", "技能等级")]
    phone: Annotated[str | None, Doc("Phone number, E.164; kept encrypted.", "电话(加密保存)")]
    email: Annotated[str | None, Doc("E-mail address; kept encrypted.", "电子邮箱(加密保存)")]
    identity_type: Annotated[IdentityType | None, Doc("Kind of identity document.", "证件类型")]
    identity_territory: Annotated[
        str | None,
        Doc("Country or region that issued it, where the number does not say.", "签发国家和地区"),
    ]
    identity_number: Annotated[
        str | None, Doc("Its number; kept encrypted, shown by its last four.", "证件号码(加密保存)")
    ]
    residence_division: Annotated[
        str | None, Doc("Code of the division of residence.", "居住地行政区划代码")
    ]


_TEXTS = (
    *("display_name", "family_name_zh", "given_name_zh", "family_name_latin", "given_name_latin"),
    *("returnee_status", "level", "highest_degree", "title_level", "skill_level"),
    *("phone", "phone_blind", "email", "email_blind", "residence_division_code"),
    *("identity_type", "identity_territory", "identity_number", "identity_hash", "identity_last4"),
)
SAID = {
    **{name: given(name, Text()) for name in _TEXTS},
    **{name: given(name, Date()) for name in ("returned_on", "graduated_on")},
    **{name: given(name, ARRAY(Text())) for name in ("target_industries", "languages")},
}
"""Column -> its value, null where nothing was said."""

_SAME = select(TALENT.c.id).where(
    TALENT.c.identity_type == given("identity_type", Text()),
    TALENT.c.identity_hash == given("identity_hash", Text()),
)
ALIKE = (
    select(TALENT.c.id)
    .where(
        or_(
            TALENT.c.phone_blind == given("phone_blind", Text()),
            TALENT.c.email_blind == given("email_blind", Text()),
        )
    )
    .order_by(TALENT.c.id)
    .limit(literal_column("6"))
)
"""Who is reached by the same number or address."""

NUMBER = ("identityNumber",)


def no_division() -> Missing:
    return Missing("There is no such division.", zh="行政区划不存在", field=("residenceDivision",))


def on_record(**details: Any) -> AlreadyOnRecord:
    return AlreadyOnRecord(
        "A talent with this identity document is on record.",
        zh="该证件对应的人才已登记",
        field=NUMBER,
        **details,
    )


VIOLATIONS: Violations = {
    "fk_talent_residence_division_code": no_division,
    "uq_talent_identity_type_identity_hash": on_record,
}


async def values_of(ctx: Ctx, request: Any, display_name: str | None) -> dict[str, Any]:
    """What was said, tested and sealed, by column; raises Invalid and AlreadyOnRecord."""
    _check(ctx, request, display_name)
    values: dict[str, Any] = dict.fromkeys(SAID)
    for name in SAID:
        values[name] = _plain(getattr(request, name, None))
    values |= {"display_name": display_name, "residence_division_code": request.residence_division}
    for name, text in (("phone", request.phone), ("email", (request.email or "").lower())):
        sealed = ctx.seal(TALENT.c[name], text) if text else None
        values |= {name: sealed and sealed.text, f"{name}_blind": sealed and sealed.blind}
    return values | await _document(ctx, request)


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _check(ctx: Ctx, request: Any, display_name: str | None) -> None:
    scripts = {
        "family_name_zh": ("familyNameZh", chinese),
        "given_name_zh": ("givenNameZh", chinese),
        "family_name_latin": ("familyNameLatin", latin),
        "given_name_latin": ("givenNameLatin", latin),
    }
    if display_name is not None:
        check_name(display_name, "displayName")
    for name, (field, letters) in scripts.items():
        if (said := getattr(request, name)) is not None:
            check_name(said, field, letters)
    check_days(request.returned_on, request.graduated_on, today(ctx))
    sections = ("sections of GB/T 4754, each a letter from A to T", "行业门类代码(A 至 T)")
    check_codes(request.target_industries or (), INDUSTRY, "targetIndustries", sections)
    tags = ("language tags, as BCP 47 has them", "BCP 47 语言标签")
    check_codes(request.languages or (), LANGUAGE, "languages", tags)
    if request.phone is not None:
        check_phone(request.phone)
    if request.email is not None:
        check_email(request.email)


async def _document(ctx: Ctx, request: Any) -> dict[str, str | None]:
    """The identity document, sealed; raises AlreadyOnRecord when another talent has it."""
    kind, number = request.identity_type, (request.identity_number or "").strip().upper()
    if (kind is None) != (not number) or (request.identity_territory and kind is None):
        raise refused(
            "An identity document is its kind and its number, both or neither",
            "证件类型与证件号码须同时填写",
            NUMBER[0],
        )
    if kind is None:
        return {}
    issuer = check_document(kind, number, today(ctx))
    if request.identity_territory is not None:
        check_territory(request.identity_territory, "identityTerritory")
    sealed = ctx.seal(TALENT.c.identity_number, number)
    about = {"identity_type": kind.value, "identity_hash": sealed.blind}
    for row in await ctx.rows(_SAME, **about):
        if row["id"] == getattr(request, "id", None):
            continue
        seen = await ctx.sees("Talent", row["id"])
        raise on_record(**({"existing": f"Talent:{row['id']}"} if seen else {}))
    return {
        **about,
        "identity_number": sealed.text,
        "identity_last4": sealed.last4,
        "identity_territory": issuer or request.identity_territory,
    }
