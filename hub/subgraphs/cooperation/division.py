"""Division: an administrative division by GB/T 2260."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.subgraphs.cooperation.rules import DivisionLevel, Scope


class Division(
    Entity, scope=Scope.reference_read, keys=("code",), plural="divisions", zh="行政区划"
):
    """An administrative division by GB/T 2260: province, prefecture-level city, district or county.

    Shanghai is a municipality and stands at the level of a province. Statistical units of
    development zones are listed too and marked, since they are no divisions of the standard.
    """

    code: Mapped[str] = field(
        doc="Six digits by GB/T 2260.",
        zh="GB/T 2260 行政区划代码",
        unique=True,
        filter=True,
        sort=True,
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="名称", search=True)
    level: Mapped[DivisionLevel] = field(doc="Level.", zh="级别", filter=True)
    municipality: Mapped[bool] = field(
        doc="Whether it is a municipality directly under the central government.", zh="是否直辖市"
    )
    statistical_only: Mapped[bool] = field(
        doc="Whether it is a unit of the statistical bureau and no division of the standard.",
        zh="是否仅为统计用区划",
        filter=True,
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    parent = edge(
        "Division",
        by="code",
        required=False,
        filter=True,
        doc="The division that it lies in.",
        zh="上级行政区划",
    )
    children = edges("Division", by="parent", doc="The divisions in it.", zh="下级行政区划")
    organisations = edges(
        "Organisation", by="division", doc="Organisations seated in it.", zh="辖区内机构"
    )
