"""What of the parks counts for the commitments of the city."""

from __future__ import annotations

from sqlalchemy import Date, cast, exists, func

from hub.model.access import Row, constant
from hub.model.count import Tally, counts
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.rules import ParkKind, ParkState, WorkspaceState

HELD = (ParkState.APPROVED, ParkState.OPEN, ParkState.SUSPENDED)


@counts("park.returnee_parks", "Park")
def returnee_parks(row: Row) -> Tally:
    """Parks for returned talent that were approved and not closed, from their opening on."""
    return Tally(
        where=(row.kind == constant(ParkKind.RETURNEE_PARK)) & row.state.in_(map(constant, HELD)),
        since=row.open_from,
    )


@counts("park.free_workstations", "Workspace")
def free_workstations(row: Row) -> Tally:
    """Seats that cost nothing and are offered in a park for returned talent that is open."""
    park = Park.__table__.alias()
    in_returnee_park = exists().where(
        park.c.id == row.park_id,
        park.c.kind == constant(ParkKind.RETURNEE_PARK),
        park.c.state == constant(ParkState.OPEN),
    )
    return Tally(
        where=(row.price_fen == 0)
        & (row.state == constant(WorkspaceState.AVAILABLE))
        & in_returnee_park,
        since=cast(func.timezone("Asia/Shanghai", row.created_at), Date()),
        amount=row.seats,
    )
