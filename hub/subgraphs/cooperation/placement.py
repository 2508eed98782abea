"""AgreementPlacement: a discipline, team or result that an agreement brings to Nantong."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import Boolean, Date, Text, Uuid, insert
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Missing
from hub.model.action import Ctx, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Visibility
from hub.subgraphs.cooperation.agreement import Agreement
from hub.subgraphs.cooperation.rules import PlacementKind, Scope, department, own_placement


class AgreementPlacement(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    rows=own_placement,
    plural="agreement_placements",
    zh="协议落地内容",
):
    """What a university or another side places in Nantong under an agreement."""

    kind: Mapped[PlacementKind] = field(doc="What it is.", zh="类型", filter=True)
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文名称")
    title_en: Mapped[str | None] = field(doc="Title in English.", zh="英文名称")
    placed_on: Mapped[date | None] = field(
        doc="Day from which it is there; null when unknown.", zh="落地日期"
    )

    agreement = edge("Agreement", filter=True, doc="The agreement.", zh="所属协议")
    division = edge(
        "Division",
        by="code",
        filter=True,
        under=True,
        doc="Division in which it is placed.",
        zh="落地行政区划",
    )


PLACEMENT = AgreementPlacement.__table__


class RegisterPlacementInput(Input):
    """What was placed where, under which agreement. 登记协议落地内容"""

    agreement_id: Annotated[UUID, Ref("Agreement"), Doc("The agreement.", "协议")]
    kind: Annotated[PlacementKind, Doc("What it is.", "类型")]
    title_zh: Annotated[str, Doc("Title in Chinese.", "中文名称")]
    title_en: Annotated[str | None, Doc("Title in English.", "英文名称")]
    placed_on: Annotated[date | None, Doc("Day from which it is there.", "落地日期")]
    division: Annotated[str, Doc("Code of the division in which it is placed.", "行政区划代码")]
    idempotency_key: IdempotencyKey


class RegisterPlacementPayload(Payload):
    """What was placed. 登记结果"""

    placement: Annotated[UUID, Ref("AgreementPlacement"), Doc("What was placed.", "落地内容")]


_PLACE = insert(PLACEMENT).values(
    agreement_id=given("agreement", Uuid()),
    kind=given("kind", Text()),
    title_zh=given("title_zh", Text()),
    title_en=given("title_en", Text()),
    placed_on=given("placed_on", Date()),
    division_code=given("division", Text()),
    synthetic=given("synthetic", Boolean()),
)


def no_division() -> Missing:
    """The code of a division that there is not."""
    return Missing("There is no Division with this code.", zh="行政区划不存在", field=("division",))


@action(
    "AgreementPlacement",
    scope=Scope.cooperation_write,
    zh="登记协议落地内容",
    violations={"fk_agreement_placement_division_code": no_division},
)
async def register_placement(ctx: Ctx, request: RegisterPlacementInput) -> RegisterPlacementPayload:
    """Register a discipline, team or result that an agreement brought to Nantong."""
    agreement = await ctx.locked(
        Agreement, request.agreement_id, "synthetic", within=department, field=("agreementId",)
    )
    [row] = await ctx.change(
        _PLACE,
        agreement=agreement["id"],
        kind=request.kind.value,
        title_zh=request.title_zh,
        title_en=request.title_en,
        placed_on=request.placed_on,
        division=request.division,
        synthetic=agreement["synthetic"],
    )
    return RegisterPlacementPayload(placement=row["id"])
