"""WorkingGroup: departments that settle talents' matters together."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Integer,
    UniqueConstraint,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapped

from hub.model.access import Row, constant
from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.types import Visibility
from hub.subgraphs.cooperation.matter import Matter, minutes_between
from hub.subgraphs.cooperation.rules import MatterState, Scope, inside


def _matters(row: Row, state: MatterState) -> ColumnElement[Any]:
    matter = Matter.__table__.alias()
    return (
        select(func.count())
        .select_from(matter)
        .where(matter.c.working_group_key == row.key, matter.c.state == constant(state))
        .correlate_except(matter)
        .scalar_subquery()
    )


def _open(row: Row) -> ColumnElement[Any]:
    return _matters(row, MatterState.OPEN)


def _answered(row: Row) -> ColumnElement[Any]:
    return _matters(row, MatterState.ANSWERED)


def _median(row: Row) -> ColumnElement[Any]:
    """Half of the answers took no longer."""
    matter = Matter.__table__.alias()
    took = minutes_between(matter.c.asked_at, matter.c.answered_at)
    half: Any = func.percentile_cont(literal_column("0.5")).within_group(took)
    return (
        select(cast(func.round(half), Integer()))
        .where(
            matter.c.working_group_key == row.key,
            matter.c.state == constant(MatterState.ANSWERED),
        )
        .correlate_except(matter)
        .scalar_subquery()
    )


class WorkingGroup(
    Entity,
    visibility=Visibility.P2,
    scope=Scope.matter_read,
    rows=inside,
    keys=("key",),
    plural="working_groups",
    zh="专项工作组",
):
    """A group of departments; its list of members is open.

    How long answers took is published as a median: no time limit was promised.
    """

    __table_args__ = (CheckConstraint("formed_on < dissolved_on", name="period_order"),)

    key: Mapped[str] = field(
        doc="Short key of the group.", zh="工作组标识", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称")
    name_en: Mapped[str] = field(doc="Name in English.", zh="英文名称")
    formed_on: Mapped[date | None] = field(
        doc="Day on which it was formed; null while it was not.", zh="成立日期"
    )
    dissolved_on: Mapped[date | None] = field(doc="Day on which it ended.", zh="撤销日期")
    open_matters: Mapped[int | None] = derived(
        _open, doc="Matters that wait for an answer.", zh="待答复事项数"
    )
    answered_matters: Mapped[int | None] = derived(
        _answered, doc="Matters that were answered.", zh="已答复事项数"
    )
    median_minutes: Mapped[int | None] = derived(
        _median,
        doc="Median of the minutes from asking to answer; null when nothing was answered.",
        zh="答复用时中位数(分钟)",
    )

    members = edges("WorkingGroupMember", by="working_group", doc="Members.", zh="成员单位")
    matters = edges("Matter", by="working_group", doc="Its matters.", zh="事项")


class WorkingGroupMember(
    Entity,
    visibility=Visibility.P2,
    scope=Scope.matter_read,
    rows=inside,
    plural="working_group_members",
    zh="工作组成员单位",
):
    """A department that belongs to a working group."""

    __table_args__ = (UniqueConstraint("working_group_key", "organisation_key"),)

    since: Mapped[date | None] = field(doc="Day on which it joined.", zh="加入日期")

    working_group = edge("WorkingGroup", by="key", filter=True, doc="The group.", zh="所属工作组")
    organisation = edge("Organisation", by="key", filter=True, doc="The department.", zh="成员单位")
