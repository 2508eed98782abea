"""When a workspace is open, week by week, and `setOpeningHours`.

What must be open depends on the unit by which a workspace is let (an assumption: the handbook says
"weekly hours" only). By the hour, every instant of a reservation; by the day, every day of it has
hours at all, since who takes a desk for three days keeps it over night; by the month nothing: who
rents an office has the key. The function `park.closed` of the database knows these rules, and the
trigger `reservation_keeps_hours` has the last word.
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid
from hub.model.access import Caller, Reason, Row, rule
from hub.model.action import Ctx, ExpectedVersion, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Visibility
from hub.subgraphs.park.ending import NAMED, Ending, check_note, end_stranded
from hub.subgraphs.park.rules import CancelReason, Scope, Weekday, offered_workspace, operated
from hub.subgraphs.park.workspace import Workspace

MAX_HOURS = 28
"""Four stretches a day."""

OPENS = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
CLOSES = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


@rule(Reason.VISIBILITY, "a token of the park's operator or of a department")
def of_offered_workspace(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What belongs to a workspace exists for whom the workspace exists."""
    space = caller.look_up("space", Workspace.__table__, lambda one: one.id == row.workspace_id)
    checks = offered_workspace(space, caller)
    return checks[0].holds if checks else True


class AvailabilityRule(
    Entity,
    scope=Scope.park_read,
    rows=of_offered_workspace,
    visibility=Visibility.P1,
    plural="availability_rules",
    zh="每周开放时间",
):
    """A stretch of a weekday in which a workspace is open, in city time.

    A workspace without any is open at all times.
    """

    __table_args__ = (
        CheckConstraint(f"opens_at ~ '{OPENS}'", name="opens_at_is_a_time"),
        CheckConstraint(f"closes_at ~ '{CLOSES}'", name="closes_at_is_a_time"),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
    )

    weekday: Mapped[Weekday] = field(doc="Day of the week.", zh="星期", filter=True)
    opens_at: Mapped[str] = field(doc="First minute, such as 08:30.", zh="开放时间")
    closes_at: Mapped[str] = field(
        doc="First minute after it, such as 18:00; 24:00 is midnight.", zh="关闭时间"
    )

    workspace = edge("Workspace", filter=True, doc="The workspace.", zh="工位或场地")


WORKSPACE, RULE = Workspace.__table__, AvailabilityRule.__table__


class OpeningHours(Input):
    """A stretch of a weekday. 某一天的开放时段"""

    weekday: Annotated[Weekday, Doc("Day of the week.", "星期")]
    opens_at: Annotated[str, Doc("First minute in city time, such as 08:30.", "开放时间")]
    closes_at: Annotated[
        str, Doc("First minute after it, such as 18:00; 24:00 is midnight.", "关闭时间")
    ]


class SetOpeningHoursInput(Ending):
    """When a workspace is open from now on. 设置每周开放时间"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    hours: Annotated[
        list[OpeningHours],
        Doc(
            "The whole week, at most 28 stretches; empty is open at all times.",
            "整周开放时段(最多 28 段),为空表示全天开放",
        ),
    ]
    expected_version: ExpectedVersion


class SetOpeningHoursPayload(Payload):
    """The workspace, and the reservations that no longer fit. 场地与受影响的预订"""

    workspace: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    reservations: Annotated[
        list[UUID],
        Ref("Reservation"),
        Doc(
            "Reservations that were ended, or that stand in the way; at most 100.",
            "被结束的或阻碍变更的预订,最多 100 条",
        ),
    ]


_FORGET = delete(RULE).where(RULE.c.workspace_id == given("workspace", Uuid()))
_sent = (
    func.unnest(
        given("weekdays", ARRAY(Text())),
        given("opens", ARRAY(Text())),
        given("closes", ARRAY(Text())),
    )
    .table_valued("weekday", "opens_at", "closes_at")
    .render_derived(name="sent")
)
_WRITE = insert(RULE).from_select(
    ["workspace_id", "synthetic", "weekday", "opens_at", "closes_at"],
    select(
        given("workspace", Uuid()),
        given("synthetic", Boolean()),
        *(_sent.c.weekday, _sent.c.opens_at, _sent.c.closes_at),
    ),
    include_defaults=False,
)
_KEEP = (
    update(WORKSPACE)
    .values(keeps_hours=given("keeps", Boolean()))
    .where(WORKSPACE.c.id == given("workspace", Uuid()))
)


@action("Workspace", scope=Scope.park_write, zh="设置每周开放时间")
async def set_opening_hours(ctx: Ctx, request: SetOpeningHoursInput) -> SetOpeningHoursPayload:
    """Say in which hours of the week a workspace is open; what was said before is replaced."""
    check_note(request.note)
    _check_hours(request.hours)
    space = await ctx.locked(
        Workspace,
        request.workspace_id,
        "synthetic",
        within=operated,
        expected_version=request.expected_version,
        field=("workspaceId",),
        shows="workspace",
    )
    await ctx.change(_KEEP, workspace=space["id"], keeps=bool(request.hours))
    await ctx.cascade(_FORGET, workspace=space["id"])
    await ctx.change(
        _WRITE,
        workspace=space["id"],
        synthetic=space["synthetic"],
        weekdays=[one.weekday.value for one in request.hours],
        opens=[one.opens_at for one in request.hours],
        closes=[one.closes_at for one in request.hours],
    )
    ended = await end_stranded(ctx, space["id"], request, CancelReason.CLOSED)
    return SetOpeningHoursPayload(workspace=space["id"], reservations=ended[:NAMED])


def _check_hours(hours: list[Any]) -> None:
    if len(hours) > MAX_HOURS:
        raise Invalid(
            f"A week has at most {MAX_HOURS} stretches.",
            zh=f"每周最多 {MAX_HOURS} 个时段",
            field=("hours",),
            maximum=MAX_HOURS,
        )
    for place, one in enumerate(hours):
        formed = re.match(OPENS, one.opens_at) and re.match(CLOSES, one.closes_at)
        if not formed or one.opens_at >= one.closes_at:
            raise Invalid(
                "Hours are written like 08:30 and 18:00, the earlier one first.",
                zh="时间格式如 08:30 至 18:00,且开放时间须早于关闭时间",
                field=("hours", str(place)),
            )
