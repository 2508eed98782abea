"""Partner: a city that the hub shares data with."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from hub.model.codes import PurposeCode
from hub.model.entity import Entity
from hub.model.field import edge, edges, field, list_of
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import Scope


class Partner(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    keys=("code",),
    plural="partners",
    zh="合作城市",
):
    """A city that Nantong shares talent, project and park data with.

    Its code is the code of its division, also where that is a municipality at the level of a
    province.
    """

    __table_args__ = (CheckConstraint("code = division_code", name="code_is_division"),)

    code: Mapped[str] = field(
        doc="Division code of the city.", zh="城市行政区划代码", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称")
    name_en: Mapped[str] = field(doc="Name in English.", zh="英文名称")
    contacts: Mapped[list[str]] = field(
        doc="Contacts as roles, never as persons.", zh="联络角色(不含个人)", server_default="{}"
    )
    purposes: Mapped[list[PurposeCode]] = field(
        doc="Purposes for which data may be shared with it at all.",
        zh="允许的使用目的",
        type_=list_of(PurposeCode),
        server_default="{}",
    )
    source: Mapped[str | None] = field(doc="Where the record comes from.", zh="出处")

    division = edge("Division", by="code", doc="The division of the city.", zh="对应行政区划")
    agreements = edges("Agreement", by="partner", doc="Agreements with it.", zh="合作协议")
