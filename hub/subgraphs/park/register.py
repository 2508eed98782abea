"""`registerPark` and `updatePark`: what a park is.

A department registers it: a token of an operator names the parks that it may change, and a new one
is none of them. From then on its operator keeps its record up to date.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Numeric, Text, Uuid, func, insert, update

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.rules import CoordinateSystem, ParkKind, Scope, own_park

PARK = Park.__table__


class ParkDetails(Input):
    """Base of inputs that say what a park is."""

    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    zone_id: Annotated[UUID | None, Ref("Zone"), Doc("Zone that it stands in.", "所在开发区")]
    specialties: Annotated[
        list[str] | None,
        Doc("What it specialises in; a park for returned talent names one at least.", "特色产业"),
    ]
    open_from: Annotated[date | None, Doc("Day from which it is open.", "启用日期")]
    address: Annotated[str | None, Doc("Postal address.", "地址")]
    latitude: Annotated[Decimal | None, Doc("Latitude in degrees.", "纬度")]
    longitude: Annotated[Decimal | None, Doc("Longitude in degrees.", "经度")]
    coordinate_system: Annotated[
        CoordinateSystem | None, Doc("System of the coordinate.", "坐标系")
    ]


class RegisterParkInput(ParkDetails):
    """A park that is proposed. 登记园区"""

    code: Annotated[str, Doc("Code of the park, 1 to 40 characters, its own.", "园区代码(唯一)")]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    kind: Annotated[ParkKind, Doc("What it is for.", "园区类型")]
    division: Annotated[str, Doc("Code of the division that it stands in.", "所在行政区划代码")]
    operator_id: Annotated[UUID, Ref("Organisation"), Doc("Who runs it.", "运营机构")]
    idempotency_key: IdempotencyKey


class UpdateParkInput(ParkDetails):
    """What is to be said otherwise of a park; what is left out stays. 更新园区信息"""

    id: Annotated[UUID, Ref("Park"), Doc("The park.", "园区")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    expected_version: ExpectedVersion


class ParkPayload(Payload):
    """The park as it stands now. 园区的当前状态"""

    park: Annotated[UUID, Ref("Park"), Doc("The park.", "园区")]


_DETAILS: dict[str, Any] = {
    "name_zh": Text(),
    "name_en": Text(),
    "zone_id": Uuid(),
    "specialties": ARRAY(Text()),
    "open_from": Date(),
    "address": Text(),
    "latitude": Numeric(),
    "longitude": Numeric(),
    "coordinate_system": Text(),
}
_said = {name: given(name, kind) for name, kind in _DETAILS.items()}
_REGISTER = insert(PARK).values(
    code=given("code", Text()),
    kind=given("kind", Text()),
    division_code=given("division", Text()),
    operator_id=given("operator", Uuid()),
    **_said,
)
_UPDATE = (
    update(PARK)
    .values({name: func.coalesce(value, PARK.c[name]) for name, value in _said.items()})
    .where(PARK.c.id == given("park", Uuid()))
)


def _missing(noun: str, zh: str, field: str) -> Any:
    return lambda: Missing(f"There is no {noun} of this name.", zh=zh, field=(field,))


def _invalid(message: str, zh: str, field: str) -> Any:
    return lambda: Invalid(message, zh=zh, field=(field,))


VIOLATIONS = {
    "uq_park_code": _invalid("Another park has this code.", "园区代码已被使用", "code"),
    "ck_park_returnee_park_has_zone_and_specialty": _invalid(
        "A park for returned talent stands in a zone and has a specialty.",
        "归国人才创新创业园须位于开发区内并有特色产业",
        "kind",
    ),
    "ck_park_place_whole": _invalid(
        "A coordinate has latitude, longitude and system.",
        "坐标须同时给出纬度、经度与坐标系",
        "latitude",
    ),
    "fk_park_zone_id": _missing("Zone", "开发区不存在", "zoneId"),
    "fk_park_division_code": _missing("Division", "行政区划不存在", "division"),
    "fk_park_operator_id": _missing("Organisation", "机构不存在", "operatorId"),
}


@action("Park", scope=Scope.park_write, zh="登记园区", violations=VIOLATIONS)
async def register_park(ctx: Ctx, request: RegisterParkInput) -> ParkPayload:
    """Register a park that is proposed; it takes an approval before it opens."""
    if ctx.grant.audience not in (Audience.DEPARTMENT, Audience.ADMIN):
        raise OutOfBounds(
            "A new park is in no token's bounds: a department registers it.",
            zh="新园区须由主管部门登记",
        )
    if not 1 <= len(request.code) <= 40:
        raise Invalid(
            "A code has 1 to 40 characters.", zh="园区代码须为 1 至 40 个字符", field=("code",)
        )
    said = _values(request)
    [row] = await ctx.change(
        _REGISTER,
        **{**said, "specialties": said["specialties"] or []},
        code=request.code,
        kind=request.kind.value,
        division=request.division,
        operator=request.operator_id,
    )
    return ParkPayload(park=row["id"])


@action("Park", scope=Scope.park_write, zh="更新园区信息", violations=VIOLATIONS)
async def update_park(ctx: Ctx, request: UpdateParkInput) -> ParkPayload:
    """Say something else of a park; what is left out stays as it is."""
    row = await ctx.locked(
        Park, request.id, within=own_park, expected_version=request.expected_version, shows="park"
    )
    await ctx.change(_UPDATE, park=row["id"], **_values(request))
    return ParkPayload(park=row["id"])


def _values(request: RegisterParkInput | UpdateParkInput) -> dict[str, Any]:
    """The details that both say; raises Invalid for what no park can have."""
    said = {name: getattr(request, name) for name in _DETAILS}
    if said["name_zh"] is not None and not said["name_zh"].strip():
        raise Invalid("A park has a name.", zh="园区名称不能为空", field=("nameZh",))
    for name, most in (("latitude", 90), ("longitude", 180)):
        if said[name] is not None and not -most <= said[name] <= most:
            raise Invalid(
                f"The {name} lies between -{most} and {most} degrees.",
                zh="经纬度超出范围",
                field=(name,),
            )
    return said
