"""One row of a report of what is free, and what is to become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from hub.model.action import Record
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Choice
from hub.subgraphs.park.rules import ObservationSource, WorkspaceState
from hub.subgraphs.park.workspace import LIFE

AHEAD = timedelta(minutes=5)
"""By so much a reporting clock may be ahead of the hub's."""


class RowResult(Choice):
    """What came of one row of a batch. 单行处理结果"""

    APPLIED = "APPLIED", "Stored.", "已应用"
    UNCHANGED = (
        "UNCHANGED",
        "Nothing to store: a later observation is known, or it says nothing new.",
        "未变化",
    )
    CONFLICT = "CONFLICT", "The workspace has another version than expected.", "版本冲突"
    OUT_OF_BOUNDS = "OUT_OF_BOUNDS", "The token does not name the park.", "超出管辖范围"
    NOT_FOUND = "NOT_FOUND", "No such workspace exists for the caller.", "对象不存在"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION", "The state cannot be reached.", "状态转换不合法"
    INVALID = "INVALID", "A value breaks a rule.", "取值无效"


class AvailabilityRow(Input):
    """What is free in one workspace. 单个场地的空闲情况"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    free_seats: Annotated[
        int | None, Doc("Seats that are free; null says that it is not known.", "空闲座位数")
    ]
    observed_at: Annotated[datetime, Doc("When it was seen.", "观测时间")]
    source: Annotated[
        ObservationSource | None, Doc("OPERATOR (unless given) or SENSOR.", "来源,默认 OPERATOR")
    ]
    stale_after: Annotated[
        datetime | None,
        Doc(
            "From when on it says nothing; a day after observedAt for an operator, a quarter of an"
            " hour for a sensor, unless given.",
            "失效时间,默认运营方上报 24 小时、传感器 15 分钟后失效",
        ),
    ]
    state: Annotated[
        WorkspaceState | None,
        Doc("AVAILABLE or OUT_OF_SERVICE, where that changes too.", "同时变更的状态"),
    ]
    expected_version: Annotated[
        int | None,
        Doc(
            "The workspace's version as the caller knows it; left out, the later report wins.",
            "预期版本号,省略时以较新的观测为准",
        ),
    ]


@dataclass(frozen=True)
class Verdict:
    """What is to become of a row, and why when it is not stored."""

    result: RowResult
    message: str | None = None
    zh: str | None = None


APPLIED = Verdict(RowResult.APPLIED)
TWICE = Verdict(
    RowResult.INVALID, "The workspace stands twice in this call.", "同一场地在本次请求中重复"
)
OUT, AVAILABLE = WorkspaceState.OUT_OF_SERVICE, WorkspaceState.AVAILABLE


def judge(row: AvailabilityRow, known: Record | None, busy: bool, now: datetime) -> Verdict:
    """In the order in which a caller would want to hear of it."""
    if known is None:
        return Verdict(RowResult.NOT_FOUND, "There is no such workspace.", "场地不存在")
    if not known["within"]:
        return Verdict(
            RowResult.OUT_OF_BOUNDS,
            "The token does not name its park.",
            "令牌的管辖范围不包含该园区",
        )
    if row.expected_version is not None and row.expected_version != known["version"]:
        return Verdict(
            RowResult.CONFLICT,
            f"It has version {known['version']}, not {row.expected_version}.",
            f"当前版本为 {known['version']},而非 {row.expected_version}",
        )
    if (wrong := _wrong(row, known, now)) is not None:
        return Verdict(RowResult.INVALID, *wrong)
    if known["observed_at"] is not None and row.observed_at <= known["observed_at"]:
        return Verdict(RowResult.UNCHANGED, "A later observation is known.", "已有更新的观测")
    if row.state is None or row.state == known["state"]:
        return APPLIED
    if {row.state, known["state"]} != {OUT, AVAILABLE}:
        refusal = LIFE.refusal(known["state"], row.state)
        return Verdict(RowResult.ILLEGAL_TRANSITION, refusal.message, refusal.zh)
    if row.state == OUT and busy:
        return Verdict(
            RowResult.ILLEGAL_TRANSITION,
            "Reservations stand in the way; moveWorkspace names or cancels them.",
            "存在未结束的预订,请使用 moveWorkspace",
        )
    return APPLIED


def _wrong(row: AvailabilityRow, known: Record, now: datetime) -> tuple[str, str] | None:
    """What cannot be in a report."""
    if row.free_seats is not None and not 0 <= row.free_seats <= known["seats"]:
        return f"It has {known['seats']} seats.", f"该场地共有 {known['seats']} 个座位"
    if row.observed_at > now + AHEAD:
        return "It was observed in the future.", "观测时间在将来"
    if row.stale_after is not None and row.stale_after <= row.observed_at:
        return "It was stale before it was observed.", "失效时间不晚于观测时间"
    if row.source == ObservationSource.RESERVATIONS:
        return "Reservations are counted by the hub, not reported.", "预订数由平台统计,不可上报"
    if known["state"] not in (OUT, AVAILABLE):
        return f"It is {known['state']}.", f"当前状态为“{WorkspaceState(known['state']).zh}”"
    return None
