"""Block: a period in which a workspace is closed, whatever its weekly hours say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    Text,
    Uuid,
    func,
    insert,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from hub.kit.user_errors import Invalid
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import derived, edge, field
from hub.model.operation import Doc, Input, Ref
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.park.ending import NAMED, Ending, check_note, end_stranded
from hub.subgraphs.park.hold import FARTHEST, LONGEST_PERIOD
from hub.subgraphs.park.hours import of_offered_workspace
from hub.subgraphs.park.period import first_instant, instant_after
from hub.subgraphs.park.rules import BlockReason, BlockState, CancelReason, Scope, operated
from hub.subgraphs.park.workspace import Workspace

LIFE = States({BlockState.SET: [BlockState.LIFTED]})


class Block(
    Entity,
    life=LIFE,
    scope=Scope.park_read,
    rows=of_offered_workspace,
    visibility=Visibility.P1,
    plural="blocks",
    zh="关闭时段",
):
    """A period in which a workspace is closed: for maintenance, an event, a holiday."""

    __table_args__ = (
        CheckConstraint(
            "NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period)"
            " AND NOT lower_inf(period) AND NOT upper_inf(period)",
            name="period_half_open",
        ),
        Index(
            "ix_block_set_period",
            "workspace_id",
            "period",
            postgresql_using="gist",
            postgresql_where=text("state = 'SET'"),
        ),
    )

    period: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    from_: Mapped[datetime] = derived(
        first_instant("period"), doc="First instant of it.", zh="起始时间"
    )
    until: Mapped[datetime] = derived(
        instant_after("period"), doc="First instant after it.", zh="结束时间"
    )
    reason: Mapped[BlockReason] = field(doc="Why it is closed.", zh="关闭原因", filter=True)
    note: Mapped[str | None] = field(doc="What else there is to say of it.", zh="说明")
    state: Mapped[BlockState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="SET"
    )

    workspace = edge("Workspace", filter=True, doc="What is closed.", zh="工位或场地")
    park = edge("Park", filter=True, doc="The park that it is in.", zh="所在园区")


class BlockWorkspaceInput(Ending):
    """What to close, when and why. 关闭场地时段"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    from_: Annotated[datetime, Doc("First instant of the period.", "起始时间")]
    to: Annotated[datetime, Doc("First instant after the period.", "结束时间")]
    reason: Annotated[BlockReason, Doc("Why.", "关闭原因")]
    idempotency_key: IdempotencyKey


class BlockWorkspacePayload(Payload):
    """The block, and the reservations within it. 关闭时段与受影响的预订"""

    block: Annotated[UUID, Ref("Block"), Doc("The block, SET.", "关闭时段")]
    reservations: Annotated[
        list[UUID],
        Ref("Reservation"),
        Doc(
            "Reservations that were ended, or that stand in the way; at most 100.",
            "被结束的或阻碍变更的预订,最多 100 条",
        ),
    ]


class LiftBlockInput(Input):
    """Which block to take back. 解除关闭时段"""

    id: Annotated[UUID, Ref("Block"), Doc("The block.", "关闭时段")]
    expected_version: ExpectedVersion


class LiftBlockPayload(Payload):
    """The block as it stands now. 关闭时段的当前状态"""

    block: Annotated[UUID, Ref("Block"), Doc("The block.", "关闭时段")]


BLOCK = Block.__table__
_MOMENT = DateTime(timezone=True)
_SET = insert(BLOCK).values(
    workspace_id=given("workspace", Uuid()),
    park_id=given("park", Uuid()),
    period=func.tstzrange(given("since", _MOMENT), given("until", _MOMENT)),
    reason=given("reason", Text()),
    note=given("note", Text()),
    synthetic=given("synthetic", Boolean()),
)
_LIFT = (
    update(BLOCK).values(state=BlockState.LIFTED.value).where(BLOCK.c.id == given("block", Uuid()))
)


@action("Block", scope=Scope.park_write, zh="关闭场地时段")
async def block_workspace(ctx: Ctx, request: BlockWorkspaceInput) -> BlockWorkspacePayload:
    """Close a workspace for a period; reservations in it are named, or ended by force."""
    check_note(request.note)
    space = await ctx.locked(
        Workspace,
        request.workspace_id,
        *("park_id", "synthetic"),
        within=operated,
        field=("workspaceId",),
    )
    _check_period(ctx, request)
    [block] = await ctx.change(
        _SET,
        workspace=space["id"],
        park=space["park_id"],
        since=request.from_,
        until=request.to,
        reason=request.reason.value,
        note=request.note,
        synthetic=space["synthetic"],
    )
    ended = await end_stranded(ctx, space["id"], request, CancelReason.CLOSED)
    return BlockWorkspacePayload(block=block["id"], reservations=ended[:NAMED])


@action("Block", scope=Scope.park_write, zh="解除关闭时段")
async def lift_block(ctx: Ctx, request: LiftBlockInput) -> LiftBlockPayload:
    """Take a block back; the workspace is open again as its weekly hours say."""
    row = await ctx.locked(
        Block,
        request.id,
        "state",
        within=operated,
        expected_version=request.expected_version,
        already={"state": BlockState.LIFTED},
        shows="block",
    )
    if row["state"] != BlockState.LIFTED:
        await ctx.change(_LIFT, block=row["id"])
    return LiftBlockPayload(block=row["id"])


def _check_period(ctx: Ctx, request: BlockWorkspaceInput) -> None:
    if not request.from_ < request.to or request.to <= ctx.now:
        raise Invalid(
            "The period ends before it begins, or is over already.",
            zh="结束时间须晚于起始时间,且时间段不得已过",
            field=("to",),
        )
    if request.to - request.from_ > LONGEST_PERIOD or request.from_ > ctx.now + FARTHEST:
        raise Invalid(
            "The period is longer than 366 days, or begins more than three years from now.",
            zh="时间段超过 366 天,或起始时间在三年之后",
            field=("from",),
        )
