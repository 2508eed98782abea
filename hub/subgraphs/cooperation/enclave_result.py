"""EnclaveResult: what an enclave brought about, and to which cities it is attributed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import Mapped

from hub.model.access import Row
from hub.model.entity import Entity
from hub.model.field import derived, edge, edges, field
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import ResultKind, ResultState, Scope, own_agreement

LIFE = States(
    {
        ResultState.PENDING: [ResultState.CONFIRMED, ResultState.DISPUTED],
        ResultState.DISPUTED: [ResultState.PENDING],
    }
)


class EnclaveResult(
    Entity,
    life=LIFE,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    rows=own_agreement,
    plural="enclave_results",
    zh="飞地成果",
):
    """Something that an enclave brought about, reported by one of its cities.

    It counts from the moment at which the other city confirms it. A city that disputes it says why;
    the city that reported it may then state it anew.
    """

    __table_args__ = (
        UniqueConstraint("id", "partner_code"),
        ForeignKeyConstraint(
            ["enclave_id", "partner_code"],
            ["cooperation.enclave.id", "cooperation.enclave.partner_code"],
            name="fk_enclave_result_partner_of_enclave",
        ),
        CheckConstraint("amount >= 1", name="amount_positive"),
        CheckConstraint(
            "(state = 'CONFIRMED') = (confirmed_by_code IS NOT NULL)", name="confirmed_by_a_city"
        ),
        CheckConstraint("confirmed_by_code <> reported_by_code", name="confirmed_by_the_other"),
    )

    kind: Mapped[ResultKind] = field(doc="What it is.", zh="成果类型", filter=True)
    amount: Mapped[int] = field(doc="How many.", zh="数量")
    achieved_on: Mapped[date] = field(
        doc="Day on which it was there.", zh="取得日期", filter=True, sort=True
    )
    note: Mapped[str | None] = field(doc="What it is, without any person.", zh="说明(不含个人)")
    dispute: Mapped[str | None] = field(doc="Why it is disputed.", zh="异议理由")
    state: Mapped[ResultState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="PENDING"
    )

    enclave = edge("Enclave", filter=True, doc="The enclave.", zh="所属飞地")
    partner = edge("Partner", by="code", filter=True, doc="The partner city.", zh="合作城市")
    reported_by = edge("Division", by="code", doc="The city that reported it.", zh="上报方")
    confirmed_by = edge(
        "Division", by="code", required=False, doc="The city that confirmed it.", zh="确认方"
    )
    shares = edges("EnclaveShare", by="result", doc="To whom it is attributed.", zh="成果归属")


def _shared_with(row: Row) -> ColumnElement[Any]:
    """The other cities of the same result."""
    other = EnclaveShare.__table__.alias()
    codes = func.array_agg(
        aggregate_order_by(other.c.city_code, other.c.city_code), type_=ARRAY(Text())
    )
    none: ColumnElement[Any] = array([], type_=Text())
    return (
        select(func.coalesce(codes, none))
        .where(other.c.result_id == row.result_id, other.c.city_code != row.city_code)
        .correlate_except(other)
        .scalar_subquery()
    )


class EnclaveShare(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    rows=own_agreement,
    plural="enclave_shares",
    zh="成果归属",
):
    """The share of a city in a result; the result counts once in the report of each such city."""

    __table_args__ = (
        UniqueConstraint("result_id", "city_code"),
        ForeignKeyConstraint(
            ["result_id", "partner_code"],
            ["cooperation.enclave_result.id", "cooperation.enclave_result.partner_code"],
            name="fk_enclave_share_partner_of_result",
        ),
        CheckConstraint("share > 0 AND share <= 1", name="share_of_a_whole"),
    )

    share: Mapped[Decimal] = field(doc="Share, above 0 and up to 1.", zh="份额")
    shared_with: Mapped[list[str]] = derived(
        _shared_with, doc="Codes of the other cities that it counts for too.", zh="共同计入的城市"
    )

    result = edge("EnclaveResult", filter=True, doc="The result.", zh="成果")
    city = edge("Division", by="code", filter=True, doc="The city.", zh="城市")
    partner = edge("Partner", by="code", doc="The partner city of the enclave.", zh="合作城市")
