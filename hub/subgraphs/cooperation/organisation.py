"""Organisation: departments, universities, enterprises, operators of parks."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.subgraphs.cooperation.rules import OrganisationKind, Scope


class Organisation(
    Entity, scope=Scope.reference_read, keys=("uscc", "key"), plural="organisations", zh="机构"
):
    """A department, university, enterprise, public institution or operator of parks.

    Identified by its unified social credit code (GB 32100-2015), of which both check characters are
    tested: the last one and the inner one of the organisation code (GB 11714). Overseas bodies have
    none.
    """

    __table_args__ = (
        CheckConstraint("hub_uscc_valid(uscc)", name="uscc_valid"),
        CheckConstraint("territory ~ '^[A-Z]{2}$'", name="territory_form"),
    )

    key: Mapped[str | None] = field(
        doc="Short key of a department or university in the reference data.",
        zh="参考数据中的机构标识",
        unique=True,
        filter=True,
    )
    uscc: Mapped[str | None] = field(
        doc="Unified social credit code, 18 characters; overseas bodies have none.",
        zh="统一社会信用代码",
        unique=True,
        filter=True,
    )
    name_zh: Mapped[str] = field(doc="Full name in Chinese.", zh="中文全称", search=True)
    short_name_zh: Mapped[str | None] = field(
        doc="Short name in Chinese, as the document writes it.", zh="中文简称"
    )
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称", search=True)
    kind: Mapped[OrganisationKind] = field(doc="What it is.", zh="机构类型", filter=True)
    territory: Mapped[str] = field(
        doc="Country or region of its seat, two letters by ISO 3166-1.",
        zh="所在国家和地区(ISO 3166-1)",
        filter=True,
        server_default="CN",
        safe=True,
    )
    is_key_unit: Mapped[bool] = field(
        doc="Whether it is a key unit of an industry chain.",
        zh="是否重点单位",
        filter=True,
        server_default="false",
    )
    in_working_group: Mapped[bool] = field(
        doc="Whether it belongs to the working group on returned talent.",
        zh="是否为专项工作组成员单位",
        filter=True,
        server_default="false",
    )
    source: Mapped[str | None] = field(
        doc="Where a reference record comes from; null for organisations that registered.",
        zh="出处",
    )

    division = edge(
        "Division",
        by="code",
        required=False,
        filter=True,
        under=True,
        doc="Division of its seat.",
        zh="所在行政区划",
    )
    agreements = edges(
        "Agreement",
        by="organisation",
        scope=Scope.cooperation_read,
        doc="Agreements that it is a party to.",
        zh="签署的协议",
    )
