"""`PartnerSuspension`: a partner city as a whole is kept out, for now or until it starts anew.

One row stops all that acts for the city: each of its clients in whatever state, those filed later,
the people who signed in through them, and tokens of issuers elsewhere that act for it. Nothing of a
client is changed for it but its generation, so that the city comes back as it was.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ColumnElement, Index, exists, text
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import field
from hub.model.states import States
from hub.model.types import Choice, Visibility

LONGEST_REASON = 500


class SuspensionState(Choice):
    """Where the suspension of a partner city stands; it stops the city unless it is LIFTED.

    停用状态
    """

    SUSPENDED = "SUSPENDED", "The city is kept out for now.", "已停用"
    REVOKED = "REVOKED", "The city is kept out, and its clients ended for good.", "已吊销"
    LIFTED = "LIFTED", "Taken back; it stops nothing.", "已解除"


SUSPENSION_LIFE = States(
    {
        SuspensionState.SUSPENDED: [SuspensionState.REVOKED, SuspensionState.LIFTED],
        SuspensionState.REVOKED: [SuspensionState.LIFTED],
    }
)


class PartnerSuspension(
    Entity,
    room="platform",
    schema="identity",
    scope="admin:clients",
    visibility=Visibility.P2,
    plural="partnerSuspensions",
    life=SUSPENSION_LIFE,
    zh="合作城市停用",
):
    """A partner city as a whole that is kept out, or was: all its clients, people and tokens."""

    __table_args__ = (
        CheckConstraint(f"length(reason) BETWEEN 1 AND {LONGEST_REASON}", name="reason_told"),
        Index(
            "uq_partner_suspension_standing",
            "partner",
            unique=True,
            postgresql_where=text("state <> 'LIFTED'"),
        ),
    )

    partner: Mapped[str] = field(
        doc="Division code of the city.", zh="城市行政区划代码", filter=True
    )
    state: Mapped[SuspensionState] = field(
        doc="Where it stands.", zh="状态", filter=True, server_default=text("'SUSPENDED'")
    )
    reason: Mapped[str | None] = field(doc="Why, without a word about persons.", zh="停用原因")


def stands(partner: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether the city of this code is kept out just now."""
    table = PartnerSuspension.__table__
    standing = table.c.state != SuspensionState.LIFTED.value
    return exists().where(table.c.partner == partner, standing).correlate_except(table)
