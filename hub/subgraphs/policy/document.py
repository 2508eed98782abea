"""PolicyDocument: a document that measures rest on, and the areas that it covers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.subgraphs.policy.rules import Scope


class PolicyDocument(
    Entity, scope=Scope.policy_read, keys=("key",), plural="policy_documents", zh="政策文件"
):
    """A document of the city or of a higher level that measures rest on."""

    key: Mapped[str] = field(
        doc="Short key of the document, or its number.",
        zh="文件标识",
        unique=True,
        filter=True,
        sort=True,
    )
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文标题", search=True)
    title_en: Mapped[str] = field(doc="Title in English.", zh="英文标题")
    issued_on: Mapped[date | None] = field(
        doc="Day on which it was signed; null when the source gives none.", zh="签发日期"
    )
    published_on: Mapped[date | None] = field(
        doc="Day on which it was published; null when the source gives none.", zh="发布日期"
    )
    areas_total: Mapped[int | None] = field(
        doc="How many areas it says that it covers; null when it does not say.", zh="领域总数"
    )
    section: Mapped[str] = field(doc="Section that names it.", zh="出处章节")
    quote_zh: Mapped[str] = field(doc="The exact words that name it.", zh="原文")
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    issuer = edge(
        "cooperation.Organisation",
        required=False,
        filter=True,
        doc="Who issued it; null when the source does not say.",
        zh="发文机构",
    )
    implements = edge(
        "PolicyDocument",
        by="key",
        required=False,
        filter=True,
        doc="The document of a higher level that it carries out.",
        zh="所落实的上级文件",
    )
    implemented_by = edges(
        "PolicyDocument", by="implements", doc="Documents that carry it out.", zh="落实文件"
    )
    areas = edges("PolicyArea", by="document", doc="Areas that it covers.", zh="覆盖领域")
    versions = edges(
        "PolicyVersion",
        by="document",
        doc="Versions of measures that rest on it.",
        zh="相关政策版本",
    )


class PolicyArea(Entity, scope=Scope.policy_read, plural="policy_areas", zh="政策领域"):
    """One of the areas that a document covers; one that it counts but does not name has no name."""

    __table_args__ = (UniqueConstraint("document_key", "position"),)

    position: Mapped[int] = field(
        doc="Place in the document's list, from 1.", zh="序号", filter=True, sort=True
    )
    name_zh: Mapped[str | None] = field(
        doc="Name in Chinese; null is unnamed in the source.", zh="中文名称(原文未列名时为空)"
    )
    name_en: Mapped[str | None] = field(
        doc="Name in English; null is unnamed in the source.", zh="英文名称(原文未列名时为空)"
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    document = edge(
        "PolicyDocument", by="key", filter=True, doc="The document that covers it.", zh="所属文件"
    )


organisation_documents = extend(
    "cooperation.Organisation",
    policy_documents=edges(
        "policy.PolicyDocument",
        by="issuer",
        scope=Scope.policy_read,
        doc="Documents that it issued.",
        zh="印发的文件",
    ),
)
