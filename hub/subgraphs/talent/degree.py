"""Degree: an academic degree of a talent and its certification."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.codes import DegreeRank
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.types import Visibility
from hub.subgraphs.talent.release import DEGREE, not_closed
from hub.subgraphs.talent.rules import CertificationState


class Degree(
    Entity,
    visibility=Visibility.P3,
    group=DEGREE,
    rows=not_closed,
    subject="talent_id",
    plural="degrees",
    zh="学位",
):
    """An academic degree of a talent, mostly from abroad.

    Having a degree and having it certified are two things: certification takes time, and a foreign
    degree has no Chinese graduation record.
    """

    __table_args__ = (
        CheckConstraint("institution_territory ~ '^[A-Z]{2}$'", name="institution_territory_form"),
        CheckConstraint(
            "(certification_state = 'CERTIFIED') = (certified_on IS NOT NULL)",
            name="certified_when",
        ),
    )

    level: Mapped[DegreeRank] = field(doc="Rank of the degree.", zh="学位级别", filter=True)
    awarded_on: Mapped[date] = field(doc="Day of the award.", zh="授予日期", filter=True, sort=True)
    institution_name: Mapped[str] = field(
        doc="Institution that awarded it.", zh="授予机构", search=True
    )
    institution_territory: Mapped[str] = field(
        doc="Country or region of the institution, ISO 3166-1.",
        zh="授予机构所在国家和地区",
        filter=True,
        safe=True,
    )
    institution_external_id: Mapped[str | None] = field(
        doc="Id of the institution in a public register, with the register's name in front.",
        zh="授予机构的公开登记标识",
    )
    discipline: Mapped[str | None] = field(
        doc="Discipline by GB/T 13745.", zh="学科(GB/T 13745)", filter=True
    )
    isced_field: Mapped[str | None] = field(
        doc="Field by ISCED-F 2013, kept beside the discipline without a forced crosswalk.",
        zh="学科领域(ISCED-F 2013)",
    )
    certification_state: Mapped[CertificationState] = field(
        doc="Where its certification stands.", zh="认证状态", filter=True, server_default="NONE"
    )
    certified_on: Mapped[date | None] = field(doc="Day of the certification.", zh="认证日期")
    certification_hash: Mapped[str | None] = mapped_column()

    talent = edge("Talent", doc="Whose degree it is.", zh="所属人才")
