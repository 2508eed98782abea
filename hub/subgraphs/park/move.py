"""`moveWorkspace`: into service, out of it, or away for good, from now on.

Reservations that are not over stand in the way of leaving service. They are named; `force` ends
them, each with its reason and its change row.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import Text, Uuid, update

from hub.kit.user_errors import NotAvailable
from hub.model.action import Ctx, ExpectedVersion, Payload, action, given
from hub.model.operation import Doc, Ref
from hub.subgraphs.park.ending import NAMED, Ending, check_note, end, in_the_way
from hub.subgraphs.park.reservation import Reservation, not_over
from hub.subgraphs.park.rules import CancelReason, Scope, WorkspaceState, operated
from hub.subgraphs.park.workspace import LIFE, Workspace

WORKSPACE = Workspace.__table__


class MoveWorkspaceInput(Ending):
    """Where to move a workspace. 变更场地状态"""

    id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    to: Annotated[WorkspaceState, Doc("The state that it is to have from now on.", "目标状态")]
    expected_version: ExpectedVersion


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


_IN_THE_WAY = in_the_way(not_over(Reservation.__table__.c, given("workspace", Uuid())))
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
    ended: list[UUID] = []
    if request.to != WorkspaceState.AVAILABLE:
        found = await ctx.rows(_IN_THE_WAY, workspace=row["id"])
        reason = CancelReason(request.to.value)
        ended = await end(ctx, found, request, reason, {"workspace": row["id"]})
    await ctx.change(_MOVE, workspace=row["id"], state=request.to.value)
    return MoveWorkspacePayload(workspace=row["id"], reservations=ended[:NAMED])
