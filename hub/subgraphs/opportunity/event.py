"""Event: an occasion at which the city meets people, at home, abroad or online."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Uuid, column, func, select, table
from sqlalchemy.orm import Mapped

from hub.model.access import Row
from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.operation import extend
from hub.model.states import States
from hub.subgraphs.opportunity.rules import (
    EventKind,
    EventMode,
    EventState,
    Scope,
    departments_only,
    shown_event,
)

LIFE = States(
    {
        EventState.PLANNED: [EventState.ANNOUNCED, EventState.CANCELLED],
        EventState.ANNOUNCED: [EventState.HELD, EventState.CANCELLED],
        EventState.HELD: [EventState.REPORTED],
    }
)
_CONTACT = table("contact", column("event_id", Uuid()), schema="talent")


def _contacts(row: Row) -> ColumnElement[Any]:
    """Everybody who was met at it, whom the hub has forgotten since as well."""
    return (
        select(func.count())
        .select_from(_CONTACT)
        .where(_CONTACT.c.event_id == row.id)
        .correlate_except(_CONTACT)
        .scalar_subquery()
    )


class Event(
    Entity,
    life=LIFE,
    scope=Scope.event_read,
    rows=shown_event,
    wider=Scope.event_read_internal,
    plural="events",
    zh="引才活动",
):
    """An event of the city: a matching event, a fair abroad, a day or week of its brand.

    A closed seminar is never public (the document's 闭门研讨会, S1.3).
    """

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="period_order"),
        CheckConstraint("NOT (public AND kind = 'CLOSED_SEMINAR')", name="seminar_not_public"),
        CheckConstraint("territory ~ '^[A-Z]{2}$'", name="territory_form"),
        CheckConstraint(
            "edition IS NULL OR (edition > 0 AND series_key IS NOT NULL)", name="edition_of_series"
        ),
    )

    kind: Mapped[EventKind] = field(doc="What it is.", zh="活动类型", filter=True)
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文名称", search=True)
    title_en: Mapped[str | None] = field(doc="Title in English.", zh="英文名称")
    starts_at: Mapped[datetime] = field(
        doc="When it begins.", zh="开始时间", filter=True, sort=True
    )
    ends_at: Mapped[datetime] = field(doc="When it ends.", zh="结束时间")
    time_zone: Mapped[str] = field(
        doc="Time zone of the place, as the IANA database names it.",
        zh="当地时区(IANA)",
        server_default="Asia/Shanghai",
    )
    mode: Mapped[EventMode] = field(doc="Where people meet.", zh="举办方式", filter=True)
    territory: Mapped[str] = field(
        doc="Country or region in which it is held, ISO 3166-1.", zh="举办国家和地区", filter=True
    )
    series_key: Mapped[str | None] = field(
        doc="Key of the series that it belongs to.", zh="系列标识", filter=True
    )
    edition: Mapped[int | None] = field(doc="Which edition of the series.", zh="届次")
    public: Mapped[bool] = field(
        doc="Whether it is open to be known of.", zh="是否公开", filter=True, server_default="false"
    )
    state: Mapped[EventState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="PLANNED"
    )
    contact_count: Mapped[int | None] = derived(
        _contacts,
        doc="Contacts made at it, those that were forgotten since among them.",
        zh="活动接触人数(含已删除个人信息者)",
        scope=Scope.event_read_internal,
        release=departments_only,
    )

    division = edge(
        "cooperation.Division",
        by="code",
        required=False,
        filter=True,
        under=True,
        doc="Division in which it is held.",
        zh="举办地行政区划",
    )


division_events = extend(
    "cooperation.Division",
    events=edges(
        "opportunity.Event",
        by="division",
        scope=Scope.event_read,
        doc="Events held in it.",
        zh="在此举办的活动",
    ),
)
