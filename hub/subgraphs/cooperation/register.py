"""Organisations are registered and changed by departments; none is there twice.

A body of the mainland is known by its unified social credit code, whose form and both check
characters are tested; one from elsewhere has none. What the reference data says of a department or
university is changed there, since it is read from there again.
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Boolean, Text, Uuid, func, insert, update

from hub.kit.checks import UsccFault, uscc_fault
from hub.kit.user_errors import Invalid, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.organisation import Organisation
from hub.subgraphs.cooperation.placement import no_division
from hub.subgraphs.cooperation.rules import OrganisationKind, Scope, department

ORGANISATION = Organisation.__table__
MAINLAND = "CN"
FAULTS = {
    UsccFault.FORM: (
        "A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z.",
        "统一社会信用代码为 18 位数字或大写字母(不含 I、O、S、V、Z)",
    ),
    UsccFault.ORGANISATION_CODE: (
        "Character 17, which checks the organisation code, does not fit the eight before it.",
        "第 17 位(组织机构代码校验码)与前 8 位不符",
    ),
    UsccFault.CHECK_CHARACTER: (
        "Character 18 does not fit the seventeen before it.",
        "第 18 位校验码与前 17 位不符",
    ),
}


class RegisterOrganisationInput(Input):
    """An organisation to register. 登记机构"""

    kind: Annotated[OrganisationKind, Doc("What it is.", "机构类型")]
    name_zh: Annotated[str, Doc("Full name in Chinese.", "中文全称")]
    short_name_zh: Annotated[str | None, Doc("Short name in Chinese.", "中文简称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    uscc: Annotated[
        str | None,
        Doc(
            "Unified social credit code, which a body of the mainland has and no other.",
            "统一社会信用代码(境内机构必填,境外机构不填)",
        ),
    ]
    territory: Annotated[
        str | None,
        Doc("Country or region of its seat by ISO 3166-1; CN unless given.", "所在国家和地区"),
    ]
    division: Annotated[str | None, Doc("Code of the division of its seat.", "所在行政区划代码")]
    is_key_unit: Annotated[
        bool | None, Doc("Whether it is a key unit of an industry chain.", "是否重点单位")
    ]
    idempotency_key: IdempotencyKey


class UpdateOrganisationInput(Input):
    """What is to be said otherwise of an organisation; what is left out stays. 更新机构"""

    id: Annotated[UUID, Ref("Organisation"), Doc("The organisation.", "机构")]
    name_zh: Annotated[str | None, Doc("Full name in Chinese.", "中文全称")]
    short_name_zh: Annotated[str | None, Doc("Short name in Chinese.", "中文简称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    uscc: Annotated[str | None, Doc("Unified social credit code.", "统一社会信用代码")]
    division: Annotated[str | None, Doc("Code of the division of its seat.", "所在行政区划代码")]
    is_key_unit: Annotated[
        bool | None, Doc("Whether it is a key unit of an industry chain.", "是否重点单位")
    ]
    expected_version: ExpectedVersion


class OrganisationPayload(Payload):
    """The organisation as it stands now. 机构的当前状态"""

    organisation: Annotated[UUID, Ref("Organisation"), Doc("The organisation.", "机构")]


_said = {
    **{name: given(name, Text()) for name in ("name_zh", "short_name_zh", "name_en", "uscc")},
    "division_code": given("division", Text()),
    "is_key_unit": given("is_key_unit", Boolean()),
}
_REGISTER = insert(ORGANISATION).values(
    kind=given("kind", Text()), territory=given("territory", Text()), **_said
)
_UPDATE = (
    update(ORGANISATION)
    .values({name: func.coalesce(value, ORGANISATION.c[name]) for name, value in _said.items()})
    .where(ORGANISATION.c.id == given("organisation", Uuid()))
)


def _taken() -> Invalid:
    return Invalid(
        "An organisation with this code is registered already.",
        zh="该统一社会信用代码已登记",
        field=("uscc",),
        next_step="Find it by `organisation(uscc:)`, and change it where needed.",
    )


VIOLATIONS: Any = {
    "uq_organisation_uscc": _taken,
    "fk_organisation_division_code": no_division,
}


@action("Organisation", scope=Scope.cooperation_write, zh="登记机构", violations=VIOLATIONS)
async def register_organisation(
    ctx: Ctx, request: RegisterOrganisationInput
) -> OrganisationPayload:
    """Register an organisation that the reference data does not have."""
    if ctx.grant.audience is not Audience.DEPARTMENT:
        raise OutOfBounds("A department registers organisations.", zh="机构由主管部门登记")
    territory = request.territory or MAINLAND
    if re.fullmatch("[A-Z]{2}", territory) is None:
        raise Invalid(
            "A territory is two capital letters by ISO 3166-1.",
            zh="国家和地区须为 ISO 3166-1 两位大写字母代码",
            field=("territory",),
        )
    if request.uscc is None and territory == MAINLAND:
        raise Invalid(
            "A body of the mainland has a unified social credit code.",
            zh="境内机构须填写统一社会信用代码",
            field=("uscc",),
        )
    _check(request, territory)
    [row] = await ctx.change(
        _REGISTER,
        kind=request.kind.value,
        territory=territory,
        **_values(request, is_key_unit=bool(request.is_key_unit)),
    )
    return OrganisationPayload(organisation=row["id"])


@action("Organisation", scope=Scope.cooperation_write, zh="更新机构", violations=VIOLATIONS)
async def update_organisation(ctx: Ctx, request: UpdateOrganisationInput) -> OrganisationPayload:
    """Say something else of an organisation; what is left out stays as it is."""
    row = await ctx.locked(
        Organisation,
        request.id,
        *("territory", "source"),
        within=department,
        expected_version=request.expected_version,
        shows="organisation",
    )
    named = [name for name in ("name_zh", "short_name_zh", "name_en") if getattr(request, name)]
    if row["source"] is not None and named:
        raise Invalid(
            "Its names are those of the reference data, and are changed there.",
            zh="该机构名称来自参考数据,须在参考数据中更改",
            field=("id",),
        )
    _check(request, row["territory"])
    await ctx.change(
        _UPDATE,
        organisation=row["id"],
        **_values(request, is_key_unit=request.is_key_unit),
    )
    return OrganisationPayload(organisation=row["id"])


def _check(request: RegisterOrganisationInput | UpdateOrganisationInput, territory: str) -> None:
    """Raise Invalid for a name of nothing, or a code that its body cannot have."""
    if request.name_zh is not None and not request.name_zh.strip():
        raise Invalid("An organisation has a name.", zh="名称不能为空", field=("nameZh",))
    if request.uscc is None:
        return
    if territory != MAINLAND:
        raise Invalid(
            "Only a body of the mainland has a unified social credit code.",
            zh="境外机构没有统一社会信用代码",
            field=("uscc",),
        )
    if (fault := uscc_fault(request.uscc)) is not None:
        message, zh = FAULTS[fault]
        raise Invalid(message, zh=zh, field=("uscc",), fault=fault.value)


def _values(
    request: RegisterOrganisationInput | UpdateOrganisationInput, **more: Any
) -> dict[str, Any]:
    names = ("name_zh", "short_name_zh", "name_en", "uscc", "division")
    return {**{name: getattr(request, name) for name in names}, **more}
