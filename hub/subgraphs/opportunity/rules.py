"""Scopes, closed lists and row rules of the opportunity room."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement

from hub.model.access import Audience, Caller, Reason, Row, constant, rule
from hub.model.types import Choice


class Scope(StrEnum):
    """`resource:action` or `resource:action.group`; no scope implies another."""

    event_read = "event:read"
    event_read_internal = "event:read.internal"
    event_write = "event:write"
    opportunity_read = "opportunity:read"
    opportunity_review = "opportunity:review"
    opportunity_write = "opportunity:write"
    placement_read = "placement:read"
    placement_write = "placement:write"


class EventKind(Choice):
    """What an event is; the names are the document's. 活动类型"""

    MATCHING = "MATCHING", "Matching event for returned talent.", "归国人才专题对接活动"
    OVERSEAS_FAIR = "OVERSEAS_FAIR", "Recruitment fair abroad.", "海外专场招聘会"
    CITY_PROMOTION = "CITY_PROMOTION", "Promotion of the city.", "城市推介"
    POLICY_LAUNCH = "POLICY_LAUNCH", "Launch of talent policies.", "人才政策发布会"
    INDUSTRY_MATCHING = (
        "INDUSTRY_MATCHING",
        "Matching event of one industry.",
        "产业人才专场对接会",
    )
    ROADSHOW = "ROADSHOW", "Roadshow of projects.", "项目路演"
    CLOSED_SEMINAR = "CLOSED_SEMINAR", "Closed seminar, never public.", "闭门研讨会"
    NANTONG_DAY = "NANTONG_DAY", "Nantong Day, abroad or online.", "南通日"
    TALENT_DAY = "TALENT_DAY", "Nantong Talent Day.", "南通人才日"
    ENTREPRENEURSHIP_WEEK = (
        "ENTREPRENEURSHIP_WEEK",
        "Jianghai Entrepreneurship Week.",
        "江海英才创业周",
    )


class EventMode(Choice):
    """Where people meet. 举办方式"""

    ONSITE = "ONSITE", "In one place.", "线下"
    ONLINE = "ONLINE", "Over the network alone.", "线上"
    HYBRID = "HYBRID", "Both at once.", "线上线下结合"


class EventState(Choice):
    """Life of an event: PLANNED, ANNOUNCED, HELD, REPORTED, or CANCELLED before it was held.

    活动状态
    """

    PLANNED = "PLANNED", "Being planned, not announced.", "策划中"
    ANNOUNCED = "ANNOUNCED", "Announced.", "已发布"
    HELD = "HELD", "Held.", "已举办"
    REPORTED = "REPORTED", "Held, and its figures reported.", "已上报"
    CANCELLED = "CANCELLED", "Cancelled.", "已取消"


NEEDS_INTERNAL = "a token of a department or of an app of the city, with event:read.internal"


@rule(Reason.VISIBILITY, NEEDS_INTERNAL)
def shown_event(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """What is not public, or not announced yet, is for the city's own who may read that."""
    if caller.audience in (Audience.DEPARTMENT, Audience.INTERNAL) and (
        Scope.event_read_internal in caller.scopes
    ):
        return True
    return row.public & (row.state != constant(EventState.PLANNED))


@rule(Reason.VISIBILITY, "a token of a department", per_row=False)
def departments_only(row: Row, caller: Caller) -> bool:  # noqa: ARG001  # the form of a condition
    """How many contacts were made is for departments."""
    return caller.audience is Audience.DEPARTMENT
