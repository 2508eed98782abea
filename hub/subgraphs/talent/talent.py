"""Talent: a person, by field groups."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.codes import DegreeRank, SkillLevel, TitleLevel
from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.types import Visibility
from hub.subgraphs.talent.release import (
    BASIC,
    CONTACT,
    DEGREE,
    IDENTITY,
    departments_only,
    not_closed,
)
from hub.subgraphs.talent.rules import IdentityType, ReturneeStatus, Scope, TalentLevel


class Talent(
    Entity,
    visibility=Visibility.P3,
    group=BASIC,
    rows=not_closed,
    subject="id",
    plural="talents",
    zh="人才",
):
    """A person whom the city wants to attract, settle or keep; null means unknown.

    Fields belong to the groups BASIC, DEGREE, CONTACT and IDENTITY. Contact and identity are kept
    encrypted, with a keyed hash beside them for finding a number without reading any.
    """

    __table_args__ = (
        UniqueConstraint("identity_type", "identity_hash"),
        CheckConstraint(
            "num_nonnulls(identity_type, identity_number, identity_hash, identity_last4) IN (0, 4)",
            name="identity_whole",
        ),
        CheckConstraint("(phone IS NULL) = (phone_blind IS NULL)", name="phone_blind_beside"),
        CheckConstraint("(email IS NULL) = (email_blind IS NULL)", name="email_blind_beside"),
        CheckConstraint("identity_territory ~ '^[A-Z]{2}$'", name="identity_territory_form"),
        Index(None, "phone_blind"),
        Index(None, "email_blind"),
    )

    display_name: Mapped[str] = field(
        doc="Name as the person wants it shown.", zh="显示姓名", search=True
    )
    family_name_zh: Mapped[str | None] = field(doc="Family name, Chinese script.", zh="姓(中文)")
    given_name_zh: Mapped[str | None] = field(doc="Given name, Chinese script.", zh="名(中文)")
    family_name_latin: Mapped[str | None] = field(
        doc="Family name, Latin script.", zh="姓(拉丁字母)"
    )
    given_name_latin: Mapped[str | None] = field(doc="Given name, Latin script.", zh="名(拉丁字母)")
    returnee_status: Mapped[ReturneeStatus | None] = field(
        doc="Whether the person counts as a returnee.", zh="归国人才身份", filter=True
    )
    level: Mapped[TalentLevel | None] = field(doc="Level.", zh="人才层次", filter=True)
    returned_on: Mapped[date | None] = field(
        doc="Day of return to China.", zh="回国日期", filter=True, sort=True
    )
    graduated_on: Mapped[date | None] = field(
        doc="Day of the last graduation; may lie ahead.",
        zh="毕业日期(可为预计)",
        filter=True,
        sort=True,
    )
    target_industries: Mapped[list[str]] = field(
        doc="Industries looked for, sections of GB/T 4754.",
        zh="意向行业(GB/T 4754 门类)",
        filter=True,
        server_default="{}",
    )
    languages: Mapped[list[str]] = field(
        doc="Languages spoken, BCP 47.", zh="语言(BCP 47)", filter=True, server_default="{}"
    )
    highest_degree: Mapped[DegreeRank | None] = field(
        doc="Highest degree.", zh="最高学位", filter=True
    )
    title_level: Mapped[TitleLevel | None] = field(
        doc="Level of the professional title.", zh="职称级别", filter=True
    )
    skill_level: Mapped[SkillLevel | None] = field(
        doc="Grade of skill, of eight.", zh="技能等级", filter=True
    )

    phone: Mapped[str | None] = field(
        doc="Phone number, E.164.", zh="电话", group=CONTACT, sealed=True
    )
    email: Mapped[str | None] = field(
        doc="E-mail address.", zh="电子邮箱", group=CONTACT, sealed=True
    )
    phone_blind: Mapped[str | None] = mapped_column()
    email_blind: Mapped[str | None] = mapped_column()

    identity_type: Mapped[IdentityType | None] = field(
        doc="Kind of identity document.", zh="证件类型", group=IDENTITY
    )
    identity_territory: Mapped[str | None] = field(
        doc="Country or region that issued it, ISO 3166-1.",
        zh="签发国家和地区",
        group=IDENTITY,
        safe=True,
    )
    identity_last4: Mapped[str | None] = field(
        doc="Last four characters of its number.", zh="证件号码后四位", group=IDENTITY
    )
    identity_number: Mapped[str | None] = field(
        doc="Its full number; to departments only.",
        zh="证件号码(仅限部门)",
        group=IDENTITY,
        release=departments_only,
        sealed=True,
    )
    identity_hash: Mapped[str | None] = mapped_column()

    residence_division = edge(
        "cooperation.Division",
        by="code",
        required=False,
        filter=True,
        under=True,
        doc="Division of residence.",
        zh="居住地行政区划",
    )
    degrees = edges("Degree", by="talent", group=DEGREE, doc="Degrees.", zh="学位")
    consents = edges(
        "Consent", by="talent", scope=Scope.consent_read, doc="Consents given.", zh="授权同意"
    )


division_talents = extend(
    "cooperation.Division",
    talents=edges(
        "talent.Talent",
        by="residence_division",
        scope=Scope.talent_read_basic,
        doc="Talents who live in it.",
        zh="居住于此的人才",
    ),
)
