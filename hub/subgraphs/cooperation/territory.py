"""Territory: a country or region by ISO 3166-1."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import field
from hub.subgraphs.cooperation.rules import Scope


class Territory(
    Entity, scope=Scope.reference_read, keys=("alpha2",), plural="territories", zh="国家和地区"
):
    """A country or region that talent comes back from, with the labels that the hub shows.

    The list holds those that the document names; fields that carry a territory take any code of
    ISO 3166-1.
    """

    alpha2: Mapped[str] = field(
        doc="Two letters by ISO 3166-1.",
        zh="ISO 3166-1 两位字母代码",
        unique=True,
        filter=True,
        sort=True,
    )
    label_zh: Mapped[str] = field(doc="Label in Chinese.", zh="中文名称")
    label_en: Mapped[str] = field(doc="Label in English.", zh="英文名称")
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")
