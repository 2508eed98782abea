"""Agreement: the terms under which the city works together with another side."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, Select, any_, exists, or_, select
from sqlalchemy.orm import Mapped

from hub.model.access import Caller, constant
from hub.model.codes import FieldGroup, LawfulBasis, PurposeCode
from hub.model.entity import Entity
from hub.model.field import edge, edges, field, list_of
from hub.model.operation import fact
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import (
    AgreementKind,
    AgreementState,
    Scope,
    Side,
    own_agreement,
)

SHARES_DATA = "kind = 'DATA_SHARING'"


LIFE = States(
    {
        AgreementState.DRAFT: [AgreementState.SIGNED],
        AgreementState.SIGNED: [AgreementState.IN_FORCE],
        AgreementState.IN_FORCE: [
            AgreementState.SUSPENDED,
            AgreementState.EXPIRED,
            AgreementState.TERMINATED,
        ],
        AgreementState.SUSPENDED: [
            AgreementState.IN_FORCE,
            AgreementState.EXPIRED,
            AgreementState.TERMINATED,
        ],
    }
)


class Agreement(
    Entity,
    life=LIFE,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    rows=own_agreement,
    plural="agreements",
    zh="协议",
):
    """An agreement with a partner city, a university or another side.

    One that shares data says for which purposes, which field groups, on which lawful basis and for
    how long; a partner city has at most one such agreement in force. Identity documents are never
    shared. Legal dates are in Asia/Shanghai; a period runs from its first day up to, and not
    including, its last.
    """

    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(partner_code, organisation_id) = 1 OR kind = 'OTHER'", name="other_side"
        ),
        CheckConstraint("valid_from < valid_until", name="period_order"),
        CheckConstraint("NOT field_groups @> ARRAY['IDENTITY']", name="identity_never_shared"),
        CheckConstraint(
            f"NOT ({SHARES_DATA}) OR (partner_code IS NOT NULL AND lawful_basis IS NOT NULL"
            " AND retention_days IS NOT NULL AND cardinality(purposes) > 0"
            " AND cardinality(field_groups) > 0)",
            name="data_terms",
        ),
        CheckConstraint(
            f"NOT ({SHARES_DATA}) OR state = 'DRAFT'"
            " OR (own_signed_on IS NOT NULL AND other_signed_on IS NOT NULL)",
            name="signed_by_both",
        ),
        CheckConstraint(
            f"NOT ({SHARES_DATA}) OR state NOT IN ('IN_FORCE', 'SUSPENDED')"
            " OR valid_from IS NOT NULL",
            name="in_force_since",
        ),
        CheckConstraint("suspended_by IS NULL OR state = 'SUSPENDED'", name="suspended_by_a_side"),
        CheckConstraint("retention_days > 0 AND people_per_day > 0", name="limits_positive"),
        Index(
            "uq_agreement_data_sharing_in_force",
            "partner_code",
            unique=True,
            postgresql_where="kind = 'DATA_SHARING' AND state = 'IN_FORCE'",
        ),
    )

    kind: Mapped[AgreementKind] = field(doc="What it is about.", zh="协议类型", filter=True)
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文标题")
    title_en: Mapped[str | None] = field(doc="Title in English.", zh="英文标题")
    own_signed_on: Mapped[date | None] = field(
        doc="Day on which Nantong signed; null when unknown.", zh="我方签署日期"
    )
    own_signatory: Mapped[str | None] = field(
        doc="Office that signed for Nantong, never a person.", zh="我方签署单位"
    )
    other_signed_on: Mapped[date | None] = field(
        doc="Day on which the other side signed; null when unknown.", zh="对方签署日期"
    )
    other_signatory: Mapped[str | None] = field(
        doc="Office that signed for the other side, never a person.", zh="对方签署单位"
    )
    purposes: Mapped[list[PurposeCode]] = field(
        doc="Purposes for which personal data may be used.",
        zh="约定的使用目的",
        type_=list_of(PurposeCode),
        server_default="{}",
    )
    field_groups: Mapped[list[FieldGroup]] = field(
        doc="Field groups that may be released.",
        zh="约定的信息类别",
        type_=list_of(FieldGroup),
        server_default="{}",
    )
    lawful_basis: Mapped[LawfulBasis | None] = field(
        doc="Basis of each release; under CONSENT the person's own consent is needed as well.",
        zh="处理个人信息的合法性基础",
    )
    from_: Mapped[date | None] = field(
        doc="First day in force.", zh="生效日期", name="valid_from", key="from_"
    )
    until: Mapped[date | None] = field(
        doc="First day on which it no longer holds; null without an end.",
        zh="失效日期",
        name="valid_until",
        key="until",
        filter=True,
        sort=True,
    )
    retention_days: Mapped[int | None] = field(
        doc="Days for which the partner may keep what it received.", zh="保存期限(天)"
    )
    onward_sharing: Mapped[bool] = field(
        doc="Whether the partner may pass on what it received.",
        zh="是否允许再次提供",
        server_default="false",
    )
    people_per_day: Mapped[int | None] = field(
        doc="How many different persons may be read a day; null without a limit.",
        zh="每日人数限额",
    )
    suspended_by: Mapped[Side | None] = field(
        doc="Which side suspended it, and may resume it; null while it is not suspended.",
        zh="中止方",
    )
    state: Mapped[AgreementState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="DRAFT"
    )
    source: Mapped[str | None] = field(doc="Where a reference record comes from.", zh="出处")

    partner = edge(
        "Partner",
        by="code",
        required=False,
        filter=True,
        doc="The partner city that is the other side.",
        zh="合作城市",
    )
    organisation = edge(
        "Organisation",
        required=False,
        filter=True,
        doc="The organisation that is the other side.",
        zh="合作机构",
    )
    placements = edges(
        "AgreementPlacement", by="agreement", doc="What was placed under it.", zh="落地内容"
    )


@fact("cooperation.agreement")
def agreement_in_force(caller: Caller) -> Select[Any]:
    """The data-sharing agreement in force now with the caller's city that names its purpose.

    The purpose must also be one for which data may be shared with that city at all.
    """
    agreement, partner = Agreement.__table__.c, caller.registry.nouns["Partner"].table.c
    return (
        select(agreement.id, agreement.field_groups, agreement.lawful_basis)
        .where(
            agreement.partner_code == caller.partner,
            agreement.kind == constant(AgreementKind.DATA_SHARING),
            agreement.state == constant(AgreementState.IN_FORCE),
            agreement.from_ <= caller.today,
            or_(agreement.until.is_(None), caller.today < agreement.until),
            caller.purpose == any_(agreement.purposes),
            exists().where(
                partner.code == caller.partner, caller.purpose == any_(partner.purposes)
            ),
        )
        .order_by(agreement.id)
        .limit(1)
    )
