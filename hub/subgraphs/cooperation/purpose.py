"""Purpose: what personal data may be used for."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from hub.model.codes import PurposeCode
from hub.model.entity import Entity
from hub.model.field import field
from hub.subgraphs.cooperation.rules import Scope


class Purpose(Entity, scope=Scope.reference_read, keys=("code",), plural="purposes", zh="使用目的"):
    """A purpose for which personal data may be used; the list is closed.

    An agreement and a consent name purposes, a token lists those its client may act for, and the
    header Hub-Purpose picks the one that a request serves.
    """

    code: Mapped[PurposeCode] = field(
        doc="Code of the purpose.", zh="目的代码", unique=True, filter=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称")
    name_en: Mapped[str] = field(doc="Name in English.", zh="英文名称")
    covers_zh: Mapped[str] = field(
        doc="What it covers and what not, in Chinese.", zh="适用范围(中文)"
    )
    covers_en: Mapped[str] = field(
        doc="What it covers and what not, in English.", zh="适用范围(英文)"
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")
