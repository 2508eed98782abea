"""Enclave: a place of one city in another, proposed by one and accepted by the other."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import EnclaveState, Scope, own_agreement

LIFE = States(
    {
        EnclaveState.PROPOSED: [EnclaveState.AGREED],
        EnclaveState.AGREED: [EnclaveState.ACTIVE],
        EnclaveState.ACTIVE: [EnclaveState.PAUSED],
        EnclaveState.PAUSED: [EnclaveState.ACTIVE, EnclaveState.CLOSED],
    }
)


class Enclave(
    Entity,
    life=LIFE,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    rows=own_agreement,
    plural="enclaves",
    zh="人才合作飞地",
):
    """A staffed office of one city in another, which looks for talent and incubates projects.

    Nantong is one of the two cities. The one that did not propose it accepts it. What it brings
    about is reported by one city and counts once the other has confirmed it.
    """

    __table_args__ = (
        UniqueConstraint("id", "partner_code"),
        CheckConstraint(
            "(host_code = '320600' AND home_code = partner_code)"
            " OR (home_code = '320600' AND host_code = partner_code)",
            name="between_nantong_and_partner",
        ),
        CheckConstraint("proposed_by_code IN (host_code, home_code)", name="proposed_by_a_side"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
    )

    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称")
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    seats: Mapped[int | None] = field(doc="Seats in it; null when unknown.", zh="座位数")
    office: Mapped[str | None] = field(doc="Where its office is.", zh="办公地址")
    agreed_on: Mapped[date | None] = field(
        doc="Day on which the other city accepted it.", zh="达成日期"
    )
    state: Mapped[EnclaveState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="PROPOSED"
    )

    partner = edge("Partner", by="code", filter=True, doc="The partner city.", zh="合作城市")
    host = edge("Division", by="code", filter=True, doc="The city that it stands in.", zh="飞入地")
    home = edge("Division", by="code", filter=True, doc="The city whose it is.", zh="飞出地")
    proposed_by = edge("Division", by="code", doc="The city that proposed it.", zh="提议方")
    agreement = edge(
        "Agreement",
        required=False,
        filter=True,
        doc="The agreement that it rests on; null where there is none.",
        zh="所依据协议",
    )
    results = edges("EnclaveResult", by="enclave", doc="What it brought about.", zh="飞地成果")


hosted = extend(
    "cooperation.Division",
    enclaves=edges(
        "cooperation.Enclave",
        by="host",
        scope=Scope.cooperation_read,
        doc="Enclaves that stand in it.",
        zh="境内飞地",
    ),
)
