"""Scopes, closed lists and row rules of the project room."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from hub.model.access import Audience, Caller, Reason, Row, constant, rule
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action` or `resource:action.group`; no scope implies another."""

    project_apply = "project:apply"
    project_award = "project:award"
    project_disburse = "project:disburse"
    project_read_full = "project:read.full"
    project_read_public = "project:read.public"
    project_review = "project:review"
    project_write = "project:write"


class ProjectStage(Choice):
    """How far a project has come. 项目阶段"""

    IDEA = "IDEA", "An idea with a plan.", "创意"
    PROTOTYPE = "PROTOTYPE", "A prototype exists.", "样机"
    PILOT = "PILOT", "On trial with first users.", "试点"
    GROWTH = "GROWTH", "Sold and growing.", "成长"
    SCALE = "SCALE", "Produced at scale.", "规模化"


class Seeking(Choice):
    """What a project looks for. 项目需求"""

    FUNDING = "FUNDING", "Funding.", "资金"
    TALENT = "TALENT", "People.", "人才"
    PARTNER = "PARTNER", "Partners.", "合作伙伴"
    SPACE = "SPACE", "Space in a park.", "场地"
    MARKET = "MARKET", "Customers and trials.", "市场与应用场景"
    TECHNOLOGY = "TECHNOLOGY", "Technology.", "技术"


class ProjectState(Choice):
    """Life of a project's public face. 项目公开状态"""

    DRAFT = "DRAFT", "Not shown yet.", "草稿"
    PUBLISHED = "PUBLISHED", "Shown to partners.", "公开"
    CLOSED = "CLOSED", "Over, still shown.", "已结束"
    WITHDRAWN = "WITHDRAWN", "No longer shown.", "已撤下"


SHOWN = (ProjectState.PUBLISHED, ProjectState.CLOSED)


@rule(Reason.VISIBILITY, "a token of a department")
def shown_project(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """Departments see every project; everyone else those that are or were published."""
    if caller.audience in (Audience.DEPARTMENT, Audience.ADMIN):
        return True
    return row.state.in_(map(constant, SHOWN))
