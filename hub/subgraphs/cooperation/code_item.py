"""CodeItem: one code of a code list, with what it means."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import field
from hub.model.types import Choice
from hub.subgraphs.cooperation.rules import Scope


class CodeBasis(Choice):
    """How sure the hub is of a code list. 代码表的依据"""

    PUBLIC_MATERIAL = (
        "PUBLIC_MATERIAL",
        "Codes and labels agree with public material, not with the standard's own text.",
        "与公开材料一致(未与标准文本核对)",
    )
    OWN = "OWN", "An ordered list made for the hub.", "本平台自定"
    UNVERIFIED = "UNVERIFIED", "To be checked before it is relied on.", "待核实"


class CodeItem(Entity, scope=Scope.reference_read, plural="code_items", zh="代码项"):
    """One code of a code list: education levels, degree and title ranks, skill grades and more.

    Local systems reuse the same numbers with another meaning, so a code is told by list and code
    together.
    """

    __table_args__ = (UniqueConstraint("code_list", "code"),)

    code_list: Mapped[str] = field(doc="Name of the code list.", zh="代码表", filter=True)
    code: Mapped[str] = field(doc="The code.", zh="代码", filter=True)
    rank: Mapped[int] = field(doc="Place in the list, from 0.", zh="序号", filter=True, sort=True)
    label_zh: Mapped[str | None] = field(doc="Label in Chinese.", zh="中文名称")
    label_en: Mapped[str | None] = field(doc="Label in English.", zh="英文名称")
    basis: Mapped[CodeBasis] = field(doc="How sure the list is.", zh="依据", filter=True)
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")
