"""`moveWorkspace`: into service, out of it, or away for good, from now on.

Reservations that are not over stand in the way of leaving service. They are named; `force` ends
them, each with its reason and its change row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, case, func, select, update

from hub.kit.ids import encode_id
from hub.kit.user_errors import HasReservations, NotAvailable
from hub.model.access import constant
from hub.model.action import Ctx, ExpectedVersion, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.model.types import city_time
from hub.subgraphs.park.reservation import Reservation, not_over
from hub.subgraphs.park.rules import (
    CancelReason,
    ReservationState,
    Scope,
    WorkspaceState,
    operated,
)
from hub.subgraphs.park.visit import check_note
from hub.subgraphs.park.workspace import LIFE, Workspace

NAMED = 100
"""At most so many reservations are listed; all of them are ended."""

WORKSPACE, RESERVATION = Workspace.__table__, Reservation.__table__


class MoveWorkspaceInput(Input):
    """Where to move a workspace. 变更场地状态"""

    id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    to: Annotated[WorkspaceState, Doc("The state that it is to have from now on.", "目标状态")]
    expected_version: ExpectedVersion
    force: Annotated[
        bool | None,
        Doc(
            "End the reservations that stand in the way: cancelled, or checked out if the holder is"
            " there.",
            "强制结束未结束的预订(已入驻的办理离开)",
        ),
    ]
    note: Annotated[
        str | None,
        Doc(
            "What to tell those whose reservation is cancelled, at most 500 characters.", "取消说明"
        ),
    ]


class MoveWorkspacePayload(Payload):
    """The workspace, and the reservations that stood in the way. 场地与受影响的预订"""

    workspace: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    reservations: Annotated[
        list[UUID],
        Ref("Reservation"),
        Doc(
            "Reservations that were ended, or that stand in the way; at most 100.",
            "被结束的或阻碍变更的预订,最多 100 条",
        ),
    ]


_row = RESERVATION.c
_IN_THE_WAY = (
    select(
        *(_row.id, _row.state, func.lower(_row.period).label("start")),
        *(func.upper(_row.period).label("end"), _row.seats),
    )
    .where(not_over(_row, given("workspace", Uuid())))
    .order_by(_row.period, _row.id)
    .with_for_update(key_share=True)
)
_is_there = _row.state == constant(ReservationState.CHECKED_IN)
_END = (
    update(RESERVATION)
    .values(
        state=case(
            (_is_there, constant(ReservationState.COMPLETED)),
            else_=constant(ReservationState.CANCELLED),
        ),
        cancel_reason=case((_is_there, None), else_=given("reason", Text())),
        cancel_note=case((_is_there, None), else_=given("note", Text())),
    )
    .where(_row.id == any_(given("reservations", ARRAY(Uuid()))))
)
_MOVE = (
    update(WORKSPACE)
    .values(state=given("state", Text()))
    .where(WORKSPACE.c.id == given("workspace", Uuid()))
)


def _park_not_approved() -> NotAvailable:
    return NotAvailable(
        "A workspace cannot leave draft before its park was approved.",
        zh="园区尚未获批,场地不能发布",
        field=("to",),
    )


@action(
    "Workspace",
    scope=Scope.park_write,
    zh="变更场地状态",
    violations={"fk_workspace_offered_in_published_park": _park_not_approved},
)
async def move_workspace(ctx: Ctx, request: MoveWorkspaceInput) -> MoveWorkspacePayload:
    """Put a workspace into service, out of it, or retire it, from now on."""
    check_note(request.note)
    row = await ctx.locked(
        Workspace,
        request.id,
        "state",
        within=operated,
        expected_version=request.expected_version,
        already={"state": request.to},
        shows="workspace",
    )
    if row["state"] == request.to:
        return MoveWorkspacePayload(workspace=row["id"], reservations=[])
    if not LIFE.may(row["state"], request.to):
        raise LIFE.refusal(row["state"], request.to, field=("to",), shows={"workspace": row["id"]})
    ended: Sequence[Record] = ()
    if request.to != WorkspaceState.AVAILABLE:
        ended = await ctx.rows(_IN_THE_WAY, workspace=row["id"])
        if ended and not request.force:
            raise _has_reservations(row["id"], ended)
        if ended:
            reason = CancelReason(request.to.value)
            ids = [each["id"] for each in ended]
            await ctx.cascade(_END, reservations=ids, reason=reason.value, note=request.note)
    await ctx.change(_MOVE, workspace=row["id"], state=request.to.value)
    return MoveWorkspacePayload(
        workspace=row["id"], reservations=[each["id"] for each in ended[:NAMED]]
    )


def _has_reservations(workspace: UUID, found: Sequence[Record]) -> HasReservations:
    named: list[dict[str, Any]] = [
        {
            "id": encode_id("Reservation", each["id"]),
            "state": each["state"],
            "from": city_time(each["start"]),
            "to": city_time(each["end"]),
            "seats": each["seats"],
        }
        for each in found[:NAMED]
    ]
    return HasReservations(
        f"{len(found)} reservations that are not over stand in the way.",
        zh=f"有 {len(found)} 个未结束的预订",
        field=("force",),
        shows={"workspace": workspace, "reservations": [each["id"] for each in found[:NAMED]]},
        reservations=named,
        count=len(found),
    )
