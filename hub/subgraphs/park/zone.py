"""Zone: a development zone of the city."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.types import Json
from hub.subgraphs.park.rules import Scope, ZoneKind


class Zone(Entity, scope=Scope.park_read, keys=("key",), plural="zones", zh="开发区"):
    """A development zone; a noun of its own, since zones are no divisions of GB/T 2260.

    Other systems number them in their own ways, so their codes are told with the system's name. No
    source says which zone hosts a park for returned talent.
    """

    key: Mapped[str] = field(
        doc="Short key of the zone.", zh="开发区标识", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    kind: Mapped[ZoneKind | None] = field(
        doc="Standing; null where it is not settled.", zh="开发区类型", filter=True
    )
    external_codes: Mapped[Json] = field(
        doc="Codes in other systems: a list of {system, code}.",
        zh="其他系统代码",
        server_default="[]",
    )
    note: Mapped[str | None] = field(doc="What is doubtful or worth knowing.", zh="备注")
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    division = edge(
        "cooperation.Division",
        by="code",
        required=False,
        filter=True,
        under=True,
        doc="District or county that it lies in; null where it is not settled.",
        zh="所在行政区划",
    )
    parks = edges("Park", by="zone", doc="Parks in it.", zh="区内园区")


division_zones = extend(
    "cooperation.Division",
    zones=edges(
        "park.Zone",
        by="division",
        scope=Scope.park_read,
        doc="Development zones in it.",
        zh="开发区",
    ),
)
