"""Programme: a programme or brand of the city under which projects and events stand."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.subgraphs.project.rules import Scope


class Programme(
    Entity, scope=Scope.project_read_public, keys=("key",), plural="programmes", zh="计划项目"
):
    """A programme or brand of the city, such as the Jianghai Talent Programme."""

    key: Mapped[str] = field(
        doc="Short key of the programme.", zh="计划标识", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    brand_line: Mapped[bool] = field(
        doc="Whether it is a line of the city's brand and not a programme of its own.",
        zh="是否品牌口号",
        server_default="false",
    )
    edition_named: Mapped[int | None] = field(
        doc="Edition that the document names; null where it names none.", zh="文件提及的届次"
    )
    basis_zh: Mapped[str | None] = field(
        doc="On what it rests, in the document's own words.", zh="依据(原文)"
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    parent = edge(
        "Programme",
        by="key",
        required=False,
        filter=True,
        doc="The programme that it belongs to.",
        zh="上级计划",
    )
    children = edges("Programme", by="parent", doc="Programmes under it.", zh="下级计划")
    projects = edges("Project", by="programme", doc="Projects under it.", zh="项目")
