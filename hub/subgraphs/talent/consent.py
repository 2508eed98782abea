"""Consent: what a talent allowed whom to receive."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from hub.model.codes import FieldGroup, PurposeCode
from hub.model.entity import Entity
from hub.model.field import edge, field, list_of
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.talent.rules import (
    ConsentState,
    Scope,
    duty,
    own_or_department,
    own_or_for_a_purpose,
)

LIFE = States(
    {
        ConsentState.REQUESTED: [ConsentState.GRANTED, ConsentState.DECLINED],
        ConsentState.GRANTED: [ConsentState.WITHDRAWN, ConsentState.EXPIRED],
    }
)
"""A talent's own grant goes straight to GRANTED."""


class Consent(
    Entity,
    life=LIFE,
    visibility=Visibility.P3,
    scope=Scope.consent_read,
    rows=own_or_department & own_or_for_a_purpose,
    subject="talent_id",
    grounds=duty,
    plural="consents",
    zh="授权同意",
):
    """A talent's separate consent: who may receive which field groups, what for and how long.

    At most one is GRANTED for a talent, recipient and purpose. It counts from its first day up to,
    and not including, its last; a withdrawal counts from the next statement on.
    """

    __table_args__ = (
        CheckConstraint("valid_from < valid_until", name="period_order"),
        CheckConstraint("cardinality(field_groups) > 0", name="field_groups_some"),
        CheckConstraint("NOT field_groups @> ARRAY['IDENTITY']", name="identity_never_shared"),
        CheckConstraint(
            "(state = 'WITHDRAWN') = (withdrawn_at IS NOT NULL)", name="withdrawn_when"
        ),
        CheckConstraint(
            "evidence IS NOT NULL OR state IN ('REQUESTED', 'DECLINED')", name="granted_how"
        ),
        CheckConstraint("(text_zh IS NULL) = (text_en IS NULL)", name="text_in_both"),
        Index(
            "uq_consent_granted",
            "recipient",
            "purpose",
            "talent_id",
            unique=True,
            postgresql_include=["from_", "until", "field_groups"],
            postgresql_where="state = 'GRANTED'",
        ),
    )

    recipient: Mapped[str] = field(
        doc="Who may receive: division code of a partner city; its systems act for it.",
        zh="接收方(合作城市行政区划代码)",
        filter=True,
    )
    purpose: Mapped[PurposeCode] = field(doc="What for.", zh="使用目的", filter=True)
    field_groups: Mapped[list[FieldGroup]] = field(
        doc="Which field groups.", zh="信息类别", type_=list_of(FieldGroup)
    )
    from_: Mapped[date] = field(
        doc="First day on which it holds.", zh="生效日期", name="valid_from", key="from_"
    )
    until: Mapped[date] = field(
        doc="First day on which it no longer holds.",
        zh="失效日期",
        name="valid_until",
        key="until",
        filter=True,
        sort=True,
    )
    evidence: Mapped[str | None] = field(
        doc="How and where it was given; null while it is not.", zh="同意凭证"
    )
    text_zh: Mapped[str | None] = field(
        doc="What she is told before she answers, in Chinese (Personal Information Protection Law,"
        " article 23): recipient, purpose, manner, kinds of data; null where given elsewhere.",
        zh="告知内容(中文)",
    )
    text_en: Mapped[str | None] = field(doc="The same in English.", zh="告知内容(英文)")
    requested_by: Mapped[str | None] = field(
        doc="The client that asked for it; null where nobody had to ask.", zh="请求同意的应用"
    )
    withdrawn_at: Mapped[datetime | None] = field(doc="When it was withdrawn.", zh="撤回时间")
    withdrawal_evidence: Mapped[str | None] = field(
        doc="How a department was told of the withdrawal; null where she withdrew it herself.",
        zh="撤回凭证(由部门代为登记时)",
    )
    state: Mapped[ConsentState] = field(doc="Where it stands in its life.", zh="状态", filter=True)

    talent = edge("Talent", doc="Who consented.", zh="同意人")
