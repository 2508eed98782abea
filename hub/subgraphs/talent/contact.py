"""Contact: somebody whom the city met at an event, and what was done to stay in touch."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from hub.model.codes import LawfulBasis
from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.talent.contact_rules import (
    ContactState,
    FollowUpChannel,
    city_only,
    for_a_purpose,
)
from hub.subgraphs.talent.rules import Scope, duty

_WAY = (
    ContactState.MET,
    ContactState.CONSENTED,
    ContactState.IN_TOUCH,
    ContactState.INTERESTED,
    ContactState.ARRIVED,
)
LIFE = States(
    {
        **{
            state: [*_WAY[place + 1 : place + 2], ContactState.DORMANT, ContactState.FORGOTTEN]
            for place, state in enumerate(_WAY)
        },
        ContactState.DORMANT: [ContactState.FORGOTTEN],
    }
)
"""Who consented when met is CONSENTED from the beginning."""


class Contact(
    Entity,
    life=LIFE,
    visibility=Visibility.P3,
    scope=Scope.contact_read,
    rows=city_only & for_a_purpose,
    subject="id",
    grounds=duty,
    plural="contacts",
    zh="活动接触人才",
):
    """Somebody whom the city met at an event; on which basis that may be kept is on the record.

    Forgotten, the row has nothing personal left and still counts for its event (handbook 2.6).
    """

    __table_args__ = (
        CheckConstraint("territory ~ '^[A-Z]{2}$'", name="territory_form"),
        CheckConstraint(
            "consent_evidence IS NOT NULL OR state = 'FORGOTTEN'"
            " OR (lawful_basis <> 'CONSENT' AND state IN ('MET', 'DORMANT'))",
            name="lawful_basis_shown",
        ),
        CheckConstraint(
            "CASE state WHEN 'ARRIVED' THEN talent_id IS NOT NULL"
            " WHEN 'DORMANT' THEN true ELSE talent_id IS NULL END",
            name="talent_of_arrived",
        ),
        CheckConstraint(
            "state <> 'FORGOTTEN' OR (interests = '{}'"
            " AND num_nonnulls(name, reach, next_step, consent_evidence, talent_id) = 0)",
            name="forgotten_whole",
        ),
    )

    name: Mapped[str | None] = field(
        doc="Name, as the person gave it; kept encrypted.", zh="姓名(加密保存)", sealed=True
    )
    reach: Mapped[str | None] = field(
        doc="How to reach the person: phone number (E.164) or e-mail address; kept encrypted.",
        zh="联系方式:电话(E.164)或电子邮箱(加密保存)",
        sealed=True,
    )
    territory: Mapped[str] = field(
        doc="Country or region in which the person lives, ISO 3166-1.",
        zh="居住国家和地区",
        filter=True,
    )
    interests: Mapped[list[str]] = field(
        doc="What the person is interested in.", zh="意向", filter=True, server_default="{}"
    )
    lawful_basis: Mapped[LawfulBasis] = field(
        doc="Why it may be kept.", zh="处理的合法性基础", filter=True
    )
    consent_evidence: Mapped[str | None] = field(
        doc="How and where consent was given.", zh="同意凭证"
    )
    retention_until: Mapped[date] = field(
        doc="Day on which it is forgotten at the latest.",
        zh="保存期限(到期即删除个人信息)",
        filter=True,
        sort=True,
    )
    next_step: Mapped[str | None] = field(doc="What is to be done next.", zh="下一步安排")
    state: Mapped[ContactState] = field(doc="Where it stands in its life.", zh="状态", filter=True)

    event = edge("opportunity.Event", filter=True, doc="Where the person was met.", zh="接触活动")
    owner_org = edge(
        "cooperation.Organisation",
        by="key",
        filter=True,
        doc="The department that looks after it.",
        zh="跟踪单位",
    )
    talent = edge(
        "Talent", required=False, doc="The talent who the person became.", zh="转化为的人才"
    )
    follow_ups = edges("FollowUp", by="contact", doc="What was done since.", zh="跟踪记录")


class FollowUp(
    Entity,
    visibility=Visibility.P3,
    scope=Scope.contact_read,
    rows=city_only & for_a_purpose,
    subject="contact_id",
    grounds=duty,
    plural="follow_ups",
    zh="跟踪记录",
):
    """One time that somebody was in touch with a contact; its note goes when that is forgotten."""

    at: Mapped[datetime] = field(doc="When.", zh="时间", filter=True, sort=True)
    channel: Mapped[FollowUpChannel] = field(doc="How.", zh="方式", filter=True)
    note: Mapped[str | None] = field(doc="What was said.", zh="内容")

    contact = edge("Contact", filter=True, doc="Whom.", zh="接触人才")
    by_org = edge(
        "cooperation.Organisation", by="key", filter=True, doc="By which department.", zh="跟踪单位"
    )


event_contacts = extend(
    "opportunity.Event",
    contacts=edges(
        "talent.Contact",
        by="event",
        scope=Scope.contact_read,
        doc="Who was met at it.",
        zh="活动接触人才",
    ),
)
