"""Carrier: a post-doctoral station or a demonstration base, which a department registers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, Text, Uuid, func, insert, update
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import Doc, Input, Ref, extend
from hub.subgraphs.park.rules import CarrierKind, CarrierLevel, Scope, by_department


class Carrier(Entity, scope=Scope.park_read, plural="carriers", zh="人才载体"):
    """A place that carries talent: a post-doctoral station, workstation or practice base, or a
    demonstration base for returned talent.

    The city's document counts those of both kinds and names none.
    """

    __table_args__ = (CheckConstraint("places >= 0", name="places_not_negative"),)

    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    kind: Mapped[CarrierKind] = field(doc="What it is.", zh="载体类型", filter=True)
    level: Mapped[CarrierLevel] = field(doc="By whom it is recognised.", zh="级别", filter=True)
    discipline: Mapped[str | None] = field(doc="Its discipline, where it has one.", zh="学科")
    places: Mapped[int | None] = field(doc="Places; null when not known.", zh="名额")

    host_organisation = edge(
        "cooperation.Organisation", filter=True, doc="The organisation that has it.", zh="设站单位"
    )


organisation_carriers = extend(
    "cooperation.Organisation",
    carriers=edges(
        "park.Carrier",
        by="host_organisation",
        scope=Scope.park_read,
        doc="Post-doctoral carriers and demonstration bases that it has.",
        zh="人才载体",
    ),
)
CARRIER = Carrier.__table__


class RegisterCarrierInput(Input):
    """A carrier to register. 登记人才载体"""

    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    kind: Annotated[CarrierKind, Doc("What it is.", "载体类型")]
    level: Annotated[CarrierLevel, Doc("By whom it is recognised.", "级别")]
    host_organisation_id: Annotated[
        UUID, Ref("Organisation"), Doc("The organisation that has it.", "设站单位")
    ]
    discipline: Annotated[str | None, Doc("Its discipline, where it has one.", "学科")]
    places: Annotated[int | None, Doc("Places, where known.", "名额")]
    idempotency_key: IdempotencyKey


class UpdateCarrierInput(Input):
    """What is to be said otherwise of a carrier; what is left out stays. 更新人才载体"""

    id: Annotated[UUID, Ref("Carrier"), Doc("The carrier.", "人才载体")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    level: Annotated[CarrierLevel | None, Doc("By whom it is recognised.", "级别")]
    discipline: Annotated[str | None, Doc("Its discipline.", "学科")]
    places: Annotated[int | None, Doc("Places.", "名额")]
    expected_version: ExpectedVersion


class CarrierPayload(Payload):
    """The carrier as it stands now. 人才载体的当前状态"""

    carrier: Annotated[UUID, Ref("Carrier"), Doc("The carrier.", "人才载体")]


_said = {
    "name_zh": given("name_zh", Text()),
    "name_en": given("name_en", Text()),
    "level": given("level", Text()),
    "discipline": given("discipline", Text()),
    "places": given("places", Integer()),
}
_REGISTER = insert(CARRIER).values(
    kind=given("kind", Text()), host_organisation_id=given("host", Uuid()), **_said
)
_UPDATE = (
    update(CARRIER)
    .values({name: func.coalesce(value, CARRIER.c[name]) for name, value in _said.items()})
    .where(CARRIER.c.id == given("carrier", Uuid()))
)


def _no_host() -> Missing:
    return Missing(
        "There is no Organisation with this id.", zh="机构不存在", field=("hostOrganisationId",)
    )


def _no_places() -> Invalid:
    return Invalid("There are no fewer places than none.", zh="名额不能为负", field=("places",))


VIOLATIONS = {
    "fk_carrier_host_organisation_id": _no_host,
    "ck_carrier_places_not_negative": _no_places,
}


@action("Carrier", scope=Scope.park_write, zh="登记人才载体", violations=VIOLATIONS)
async def register_carrier(ctx: Ctx, request: RegisterCarrierInput) -> CarrierPayload:
    """Register a post-doctoral carrier or a demonstration base."""
    if ctx.grant.audience not in (Audience.DEPARTMENT, Audience.ADMIN):
        raise OutOfBounds("A department registers carriers.", zh="人才载体须由主管部门登记")
    [row] = await ctx.change(
        _REGISTER, kind=request.kind.value, host=request.host_organisation_id, **_values(request)
    )
    return CarrierPayload(carrier=row["id"])


@action("Carrier", scope=Scope.park_write, zh="更新人才载体", violations=VIOLATIONS)
async def update_carrier(ctx: Ctx, request: UpdateCarrierInput) -> CarrierPayload:
    """Say something else of a carrier; what is left out stays as it is."""
    row = await ctx.locked(
        Carrier,
        request.id,
        within=by_department,
        expected_version=request.expected_version,
        shows="carrier",
    )
    await ctx.change(_UPDATE, carrier=row["id"], **_values(request))
    return CarrierPayload(carrier=row["id"])


def _values(request: RegisterCarrierInput | UpdateCarrierInput) -> dict[str, object]:
    if request.name_zh is not None and not request.name_zh.strip():
        raise Invalid("A carrier has a name.", zh="名称不能为空", field=("nameZh",))
    level = request.level
    said = {name: getattr(request, name) for name in _said}
    return {**said, "level": level.value if level is not None else None}
