"""Observation: how many seats somebody or something saw free, and for how long that is worth."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.subgraphs.park.rules import ObservationSource, Scope, operated

FRESH_FOR = {
    ObservationSource.OPERATOR: timedelta(hours=24),
    ObservationSource.SENSOR: timedelta(minutes=15),
}
"""How long an observation is worth something unless it says so itself (an assumption)."""


class Observation(
    Entity,
    scope=Scope.park_read,
    rows=operated,
    plural="observations",
    append_only=True,
    zh="空闲情况观测",
):
    """One report of what is free in a workspace; the latest one is copied onto the workspace.

    Reports are history: none is ever changed. They are shown to the park's operator and to
    departments; everybody else sees what comes of the latest, on the workspace.
    """

    __table_args__ = (
        CheckConstraint("free_seats >= 0", name="free_seats_not_negative"),
        CheckConstraint("stale_after > observed_at", name="fresh_for_a_time"),
        CheckConstraint("source <> 'RESERVATIONS'", name="source_observes"),
    )

    free_seats: Mapped[int | None] = field(
        doc="Seats that were free; null says that it is not known.", zh="空闲座位数(未知为空)"
    )
    observed_at: Mapped[datetime] = field(doc="When it was seen.", zh="观测时间", sort=True)
    source: Mapped[ObservationSource] = field(doc="Who or what saw it.", zh="来源", filter=True)
    stale_after: Mapped[datetime] = field(
        doc="From when on it says nothing any more.", zh="失效时间"
    )
    reported_by: Mapped[str] = field(doc="Id of the client that reported it.", zh="上报应用标识")

    workspace = edge("Workspace", filter=True, doc="What was looked at.", zh="工位或场地")
    park = edge("Park", filter=True, doc="The park that it is in.", zh="所在园区")
