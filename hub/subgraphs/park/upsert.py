"""`upsertWorkspace`: what a park lets out, made by its code or changed.

A new one is in draft until `moveWorkspace` puts it into service. What reservations rest on (seats,
whether it is let whole, by what unit) does not change under them.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    Text,
    Uuid,
    case,
    func,
    insert,
    select,
    update,
)

from hub.kit.user_errors import Conflict, Invalid
from hub.model.action import Ctx, IdempotencyKey, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Fen
from hub.subgraphs.park.ending import Ending, end, in_the_way
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.reservation import Reservation, not_over
from hub.subgraphs.park.rules import (
    BookingUnit,
    CancelReason,
    Scope,
    WorkspaceKind,
    operated,
    own_park,
)
from hub.subgraphs.park.workspace import Workspace

WORKSPACE = Workspace.__table__


class UpsertWorkspaceInput(Input):
    """A workspace by its code. 登记或更新场地"""

    park_id: Annotated[UUID, Ref("Park"), Doc("The park that lets it out.", "所属园区")]
    code: Annotated[
        str, Doc("Code on the door, 1 to 40 characters, unique in the park.", "门牌号,园区内唯一")
    ]
    kind: Annotated[WorkspaceKind, Doc("What it is.", "类型")]
    seats: Annotated[int, Doc("Places in it, at least 1.", "座位数")]
    area_cm2: Annotated[int, Doc("Area in square centimetres.", "面积(平方厘米)")]
    booking_unit: Annotated[BookingUnit, Doc("For how long it is let out at least.", "计费单位")]
    price_fen: Annotated[
        Fen, Doc("Price of one booking unit in fen; 0 is free of charge.", "单价(分),0 为免费")
    ]
    free_months: Annotated[
        int | None, Doc("Months free of charge for those who are eligible.", "免费月数")
    ]
    whole_space: Annotated[
        bool, Doc("Whether it is let out as a whole and not by the seat.", "是否整体出租")
    ]
    expected_version: Annotated[
        int | None,
        Doc(
            "The version of the one that is to be changed; left out, it must be new.",
            "预期版本号;省略表示新建",
        ),
    ]
    idempotency_key: IdempotencyKey


class UpsertWorkspacePayload(Payload):
    """The workspace as it stands now. 场地的当前状态"""

    workspace: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]


_FIND = select(WORKSPACE.c.id, WORKSPACE.c.version).where(
    WORKSPACE.c.park_id == given("park", Uuid()), WORKSPACE.c.code == given("code", Text())
)
_said = {
    "kind": given("kind", Text()),
    "seats": given("seats", Integer()),
    "area_cm2": given("area_cm2", Integer()),
    "booking_unit": given("booking_unit", Text()),
    "price_fen": given("price_fen", BigInteger()),
    "free_months": given("free_months", Integer()),
    "whole_space": given("whole_space", Boolean()),
}
_MAKE = insert(WORKSPACE).values(
    park_id=given("park", Uuid()),
    code=given("code", Text()),
    synthetic=given("synthetic", Boolean()),
    **_said,
)
_observed = WORKSPACE.c.observed_free_seats
_CHANGE = (
    update(WORKSPACE)
    .values(
        observed_free_seats=case(  # `least` would make a number of a null
            (_observed.is_not(None), func.least(_observed, given("seats", Integer())))
        ),
        **_said,
    )
    .where(WORKSPACE.c.id == given("workspace", Uuid()))
)
_IN_THE_WAY = in_the_way(not_over(Reservation.__table__.c, given("workspace", Uuid())))


def _made_meanwhile() -> Conflict:
    return Conflict(
        "A workspace with this code was made in this very moment.",
        zh="该门牌号的场地刚刚被登记",
        field=("code",),
    )


@action(
    "Workspace",
    scope=Scope.park_write,
    zh="登记或更新场地",
    violations={"uq_workspace_park_id_code": _made_meanwhile},
)
async def upsert_workspace(ctx: Ctx, request: UpsertWorkspaceInput) -> UpsertWorkspacePayload:
    """Make a workspace, in draft, or change the one that has the code."""
    _check(request)
    park = await ctx.locked(Park, request.park_id, "synthetic", within=own_park, field=("parkId",))
    found = await ctx.rows(_FIND, park=park["id"], code=request.code)
    if found:
        return UpsertWorkspacePayload(workspace=await _changed(ctx, found[0], request))
    if request.expected_version is not None:
        raise Conflict(
            "No workspace of the park has this code.",
            zh="园区内没有该门牌号的场地",
            field=("expectedVersion",),
            currentVersion=None,
        )
    [row] = await ctx.change(
        _MAKE,
        park=park["id"],
        code=request.code,
        synthetic=park["synthetic"],
        **_values(request),
    )
    return UpsertWorkspacePayload(workspace=row["id"])


async def _changed(ctx: Ctx, found: Record, request: UpsertWorkspaceInput) -> UUID:
    row = await ctx.locked(
        Workspace,
        found["id"],
        *("seats", "whole_space", "booking_unit"),
        within=operated,
        expected_version=request.expected_version or 0,  # who thinks it is new is told otherwise
        field=("code",),
        shows="workspace",
    )
    rests = (row["whole_space"], row["booking_unit"]) != (
        request.whole_space,
        request.booking_unit.value,
    )
    if rests or request.seats < row["seats"]:
        in_the_way_now = await ctx.rows(_IN_THE_WAY, workspace=row["id"])
        await end(ctx, in_the_way_now, _unforced(), CancelReason.OPERATOR, {"workspace": row["id"]})
    await ctx.change(_CHANGE, workspace=row["id"], **_values(request))
    key: UUID = row["id"]
    return key


def _unforced() -> Ending:
    """Nothing is ended by a change of what they rest on: who wants that takes it out of service."""
    asked = Ending()
    asked.force, asked.note = None, None
    return asked


def _values(request: UpsertWorkspaceInput) -> dict[str, object]:
    said = {name: getattr(request, name) for name in _said}
    return {**said, "kind": request.kind.value, "booking_unit": request.booking_unit.value}


def _check(request: UpsertWorkspaceInput) -> None:
    wrong: dict[str, tuple[bool, str, str]] = {
        "code": (not 1 <= len(request.code) <= 40, "has 1 to 40 characters", "须为 1 至 40 个字符"),
        "seats": (request.seats < 1, "is at least 1", "至少为 1"),
        "areaCm2": (request.area_cm2 < 1, "is at least 1", "至少为 1"),
        "priceFen": (request.price_fen < 0, "is not negative", "不能为负"),
        "freeMonths": ((request.free_months or 0) < 0, "is not negative", "不能为负"),
    }
    for name, (is_wrong, message, zh) in wrong.items():
        if is_wrong:
            raise Invalid(f"{name} {message}.", zh=f"{name} {zh}", field=(name,))
