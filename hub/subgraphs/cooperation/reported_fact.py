"""ReportedFact: a figure that the document reports as achieved."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import field
from hub.model.types import Choice
from hub.subgraphs.cooperation.rules import Scope


class ReportedRelation(Choice):
    """How a reported figure relates to the real one. 数值关系"""

    EQ = "EQ", "The figure itself.", "等于"
    GT = "GT", "More than the figure.", "超过"


class ReportedFact(
    Entity, scope=Scope.commitment_read, keys=("key",), plural="reported_facts", zh="通报数据"
):
    """A figure that the document reports: a baseline, never mixed with what the hub counts.

    It counts for no commitment, and no count of the hub changes it.
    """

    key: Mapped[str] = field(
        doc="Key, F01 to F08.", zh="数据编号", unique=True, filter=True, sort=True
    )
    section: Mapped[str] = field(doc="Section of the document.", zh="出处章节", filter=True)
    title_zh: Mapped[str] = field(doc="What it says, in Chinese.", zh="中文标题")
    title_en: Mapped[str] = field(doc="What it says, in English.", zh="英文标题")
    value: Mapped[Decimal] = field(doc="The figure.", zh="数值")
    relation: Mapped[ReportedRelation] = field(
        doc="Whether it is the figure or more than it.", zh="数值关系"
    )
    unit_zh: Mapped[str] = field(doc="Unit in Chinese.", zh="中文单位")
    unit_en: Mapped[str] = field(doc="Unit in English.", zh="英文单位")
    period: Mapped[str | None] = field(
        doc="For which time; null when the document does not say.", zh="期间(未说明时为空)"
    )
    precision_zh: Mapped[str | None] = field(doc="How exact it is, in Chinese.", zh="精度说明")
    precision_en: Mapped[str | None] = field(
        doc="How exact it is, in English.", zh="精度说明(英文)"
    )
    gap_zh: Mapped[str | None] = field(
        doc="What the document does not say, in Chinese.", zh="文件未说明之处"
    )
    gap_en: Mapped[str | None] = field(
        doc="What the document does not say, in English.", zh="文件未说明之处(英文)"
    )
    quote_zh: Mapped[str] = field(doc="The exact words of the document.", zh="原文")
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")
