"""What of this room counts for the commitments of the city."""

from __future__ import annotations

from sqlalchemy import func

from hub.model.access import Row, constant
from hub.model.count import Tally, counts
from hub.subgraphs.cooperation.rules import AgreementKind, AgreementState

AGREED = (AgreementState.SIGNED, AgreementState.IN_FORCE)


@counts("cooperation.university_agreements", "Agreement")
def university_agreements(row: Row) -> Tally:
    """Agreements with universities that are signed or in force, from the later signature on."""
    signed = func.greatest(row.own_signed_on, row.other_signed_on)
    return Tally(
        where=(row.kind == constant(AgreementKind.UNIVERSITY))
        & row.state.in_(map(constant, AGREED)),
        since=func.coalesce(row.from_, signed),
        until=row.until,
    )
