"""Park: a place with workspaces, run by an operator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    Numeric,
    Select,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.park.rules import CoordinateSystem, ParkKind, ParkState, Scope, published_park

LIFE = States(
    {
        ParkState.PROPOSED: [ParkState.APPROVED, ParkState.REJECTED],
        ParkState.APPROVED: [ParkState.OPEN],
        ParkState.OPEN: [ParkState.SUSPENDED, ParkState.CLOSED],
        ParkState.SUSPENDED: [ParkState.OPEN, ParkState.CLOSED],
    }
)


class Park(
    Entity,
    life=LIFE,
    visibility=Visibility.P1,
    scope=Scope.park_read,
    rows=published_park,
    keys=("code",),
    plural="parks",
    zh="园区",
):
    """A place with workspaces that an operator lets out to returned talent and their teams.

    A park for returned talent stands in a zone and has at least one specialty. While it is proposed
    or rejected, its operator and the departments alone see it.
    """

    __table_args__ = (
        UniqueConstraint("id", "published"),
        UniqueConstraint("id", "unclosed"),
        CheckConstraint(
            "kind <> 'RETURNEE_PARK' OR (zone_id IS NOT NULL AND cardinality(specialties) > 0)",
            name="returnee_park_has_zone_and_specialty",
        ),
        CheckConstraint(
            "num_nonnulls(latitude, longitude, coordinate_system) IN (0, 3)", name="place_whole"
        ),
    )

    code: Mapped[str] = field(
        doc="Code of the park.", zh="园区代码", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    kind: Mapped[ParkKind] = field(doc="What it is for.", zh="园区类型", filter=True)
    specialties: Mapped[list[str]] = field(
        doc="What it specialises in.", zh="特色产业", filter=True, server_default="{}"
    )
    open_from: Mapped[date | None] = field(
        doc="Day from which it is open.", zh="启用日期", filter=True, sort=True
    )
    address: Mapped[str | None] = field(doc="Postal address.", zh="地址")
    latitude: Mapped[Decimal | None] = field(
        doc="Latitude in degrees.", zh="纬度", type_=Numeric(9, 6)
    )
    longitude: Mapped[Decimal | None] = field(
        doc="Longitude in degrees.", zh="经度", type_=Numeric(9, 6)
    )
    coordinate_system: Mapped[CoordinateSystem | None] = field(
        doc="System of the coordinate.", zh="坐标系"
    )
    state: Mapped[ParkState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="PROPOSED"
    )
    decision_note: Mapped[str | None] = field(
        doc="What the department said of its last decision.", zh="审批意见"
    )
    # Generated columns are written as PostgreSQL prints them, for Alembic compares the words.
    published: Mapped[bool] = mapped_column(
        Boolean(),
        Computed("state <> ALL (ARRAY['PROPOSED'::text, 'REJECTED'::text])", persisted=True),
        nullable=True,
    )

    unclosed: Mapped[bool] = mapped_column(
        Boolean(),
        Computed(
            "CASE WHEN state <> 'CLOSED'::text THEN true ELSE NULL::boolean END", persisted=True
        ),
        nullable=True,
    )

    zone = edge("Zone", required=False, filter=True, doc="Zone that it stands in.", zh="所在开发区")
    division = edge(
        "cooperation.Division",
        by="code",
        filter=True,
        under=True,
        doc="Division that it stands in.",
        zh="所在行政区划",
    )
    operator = edge("cooperation.Organisation", filter=True, doc="Who runs it.", zh="运营机构")
    workspaces = edges("Workspace", by="park", doc="Its workspaces.", zh="工位与场地")
    returnee_homes = edges(
        "ReturneeHome", by="park", doc="Homes for returnees in it.", zh="归国人才之家"
    )
    fee_reliefs = edges(
        "FeeRelief",
        by="park",
        scope=Scope.park_read_relief,
        doc="Property fees that it reduced or waived.",
        zh="物业费减免",
    )
    utilisations = edges(
        "Utilisation", by="park", doc="How full it was and will be, by month.", zh="逐月使用率"
    )
    reservations = edges(
        "Reservation",
        by="park",
        scope=Scope.workspace_reserve,
        doc="Reservations of its workspaces.",
        zh="预订记录",
    )


def parks_in(division: Any) -> Select[Any]:
    """Ids of the parks in a division or below it; in no code, none.

    A trailing pair of zeros stands for the whole level (GB/T 2260), as in filters.
    """
    code = Park.__table__.c.division_code
    prefix = func.nullif(func.regexp_replace(division, "(00)+$", ""), "", type_=Text())
    return select(Park.__table__.c.id).where(code >= prefix, code < prefix.concat("~"))


organisation_parks = extend(
    "cooperation.Organisation",
    operated_parks=edges(
        "park.Park",
        by="operator",
        scope=Scope.park_read,
        doc="Parks that it runs.",
        zh="运营的园区",
    ),
)
division_parks = extend(
    "cooperation.Division",
    parks=edges(
        "park.Park", by="division", scope=Scope.park_read, doc="Parks in it.", zh="辖区内园区"
    ),
)
