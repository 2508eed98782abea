"""`approvePark` and `movePark`: the life of a park.

A department approves or rejects what was proposed, suspends a park and lets it open again. Its
operator opens it and closes it for good. A park that closes has no reservation left: those that are
not over are named, or ended by force. All its workspaces are locked meanwhile, and the constraint
`fk_reservation_of_unclosed_park` has the last word.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, case, func, not_, select, update

from hub.kit.user_errors import HasReservations, IllegalTransition
from hub.model.access import constant
from hub.model.action import Ctx, ExpectedVersion, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.ending import NAMED, Ending, check_note, end, in_the_way
from hub.subgraphs.park.park import LIFE, Park
from hub.subgraphs.park.register import ParkPayload
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import (
    OCCUPYING,
    CancelReason,
    ParkState,
    ReservationState,
    Scope,
    SeriesState,
    by_department,
    own_park,
)
from hub.subgraphs.park.series import ReservationSeries
from hub.subgraphs.park.workspace import Workspace

PARK, WORKSPACE = Park.__table__, Workspace.__table__
RESERVATION, SERIES = Reservation.__table__, ReservationSeries.__table__
DECISIONS = {
    ParkState.PROPOSED: (ParkState.APPROVED, ParkState.REJECTED),
    ParkState.OPEN: (ParkState.SUSPENDED,),
    ParkState.SUSPENDED: (ParkState.OPEN,),
}
"""What a department decides; everything else is the operator's to do."""


class ApproveParkInput(Input):
    """What is decided of a park. 园区审批"""

    id: Annotated[UUID, Ref("Park"), Doc("The park.", "园区")]
    to: Annotated[
        ParkState,
        Doc(
            "APPROVED or REJECTED of a proposed one; SUSPENDED of an open one, OPEN again.",
            "审批结果:批准、不批准、暂停或恢复开放",
        ),
    ]
    note: Annotated[
        str | None, Doc("What is said of the decision, at most 500 characters.", "审批意见")
    ]
    expected_version: ExpectedVersion


class MoveParkInput(Ending):
    """Where to move a park. 变更园区状态"""

    id: Annotated[UUID, Ref("Park"), Doc("The park.", "园区")]
    to: Annotated[ParkState, Doc("OPEN, once approved, or CLOSED for good.", "目标状态")]
    expected_version: ExpectedVersion


class MoveParkPayload(Payload):
    """The park, and the reservations that stood in the way. 园区与受影响的预订"""

    park: Annotated[UUID, Ref("Park"), Doc("The park.", "园区")]
    reservations: Annotated[
        list[UUID],
        Ref("Reservation"),
        Doc(
            "Reservations that were ended, or that stand in the way; at most 100.",
            "被结束的或阻碍变更的预订,最多 100 条",
        ),
    ]


_the_park = PARK.c.id == given("park", Uuid())
_DECIDE = (
    update(PARK)
    .values(state=given("state", Text()), decision_note=given("note", Text()))
    .where(_the_park)
)
_MOVE = update(PARK).values(state=given("state", Text())).where(_the_park)
_LOCK_SPACES = (
    select(WORKSPACE.c.id)
    .where(WORKSPACE.c.park_id == given("park", Uuid()))
    .order_by(WORKSPACE.c.id)
    .with_for_update(key_share=True)
)
_row = RESERVATION.c
_here = and_(_row.park_id == given("park", Uuid()), _row.state.in_(map(constant, OCCUPYING)))
_now = select(func.hub_now()).scalar_subquery()
_lapsed = and_(_row.state == constant(ReservationState.HELD), _row.hold_expires_at <= _now)
_over = func.upper(_row.period) <= _now
_SETTLE = (
    update(RESERVATION)
    .values(
        state=case(
            (_row.state == constant(ReservationState.HELD), constant(ReservationState.EXPIRED)),
            (
                _row.state == constant(ReservationState.CONFIRMED),
                constant(ReservationState.NO_SHOW),
            ),
            else_=constant(ReservationState.COMPLETED),
        )
    )
    .where(_here, _lapsed | _over)
)
"""What is over but was never said to be: nobody was there, or has left."""

_IN_THE_WAY = in_the_way(_here, not_(_lapsed), not_(_over))
_CANCEL_SERIES = (
    update(SERIES)
    .values(
        state=SeriesState.CANCELLED.value,
        cancel_reason=CancelReason.PARK_CLOSED.value,
        cancel_note=given("note", Text()),
    )
    .where(
        SERIES.c.park_id == given("park", Uuid()),
        SERIES.c.state.in_([constant(SeriesState.HELD), constant(SeriesState.CONFIRMED)]),
    )
)


def _booked_meanwhile() -> HasReservations:
    return HasReservations(
        "A workspace of the park was booked in this very moment.",
        zh="园区场地刚刚被预订",
        field=("force",),
        next_step="Send the request again: it will name or end the reservation.",
        reservations=[],
    )


@action("Park", scope=Scope.park_approve, zh="园区审批")
async def approve_park(ctx: Ctx, request: ApproveParkInput) -> ParkPayload:
    """Approve or reject a park that is proposed, suspend one that is open, or open it again."""
    check_note(request.note)
    row = await _locked(ctx, request)
    if row["state"] != request.to:
        _check_move(row, request.to, DECISIONS.get(ParkState(row["state"]), ()))
        await ctx.change(_DECIDE, park=row["id"], state=request.to.value, note=request.note)
    return ParkPayload(park=row["id"])


@action(
    "Park",
    scope=Scope.park_write,
    zh="变更园区状态",
    violations={"fk_reservation_of_unclosed_park": _booked_meanwhile},
)
async def move_park(ctx: Ctx, request: MoveParkInput) -> MoveParkPayload:
    """Open a park that was approved, or close it for good."""
    check_note(request.note)
    row = await _locked(ctx, request)
    if row["state"] == request.to:
        return MoveParkPayload(park=row["id"], reservations=[])
    decided = DECISIONS.get(ParkState(row["state"]), ())
    _check_move(row, request.to, [to for to in LIFE.after(row["state"]) if to not in decided])
    ended: list[UUID] = []
    if request.to == ParkState.CLOSED:
        ended = await _empty(ctx, row["id"], request)
    await ctx.change(_MOVE, park=row["id"], state=request.to.value)
    return MoveParkPayload(park=row["id"], reservations=ended[:NAMED])


async def _empty(ctx: Ctx, park: UUID, request: MoveParkInput) -> list[UUID]:
    """Leave no reservation; whoever books a workspace of the park waits from here on."""
    await ctx.rows(_LOCK_SPACES, park=park)
    await ctx.cascade(_SETTLE, park=park)
    found = await ctx.rows(_IN_THE_WAY, park=park)
    ended = await end(ctx, found, request, CancelReason.PARK_CLOSED, {"park": park})
    await ctx.cascade(_CANCEL_SERIES, park=park, note=request.note)
    return ended


async def _locked(ctx: Ctx, request: ApproveParkInput | MoveParkInput) -> Record:
    return await ctx.locked(
        Park,
        request.id,
        "state",
        within=by_department if isinstance(request, ApproveParkInput) else own_park,
        expected_version=request.expected_version,
        already={"state": request.to},
        shows="park",
    )


def _check_move(row: Record, to: ParkState, legal: object) -> None:
    """Raises IllegalTransition, which tells whose move it would be."""
    assert isinstance(legal, list | tuple)
    if to in legal:
        return
    refusal = LIFE.refusal(row["state"], to, field=("to",), shows={"park": row["id"]})
    if LIFE.may(row["state"], to):
        other = "movePark" if to in (ParkState.CLOSED, ParkState.OPEN) else "approvePark"
        if to == ParkState.OPEN and row["state"] == ParkState.SUSPENDED:
            other = "approvePark"
        raise IllegalTransition(
            f"It is {row['state']}; {to} is the other side's move.",
            zh=f"当前状态为“{ParkState(row['state']).zh}”,此变更须由另一方办理",
            field=("to",),
            next_step=f"It is made by {other}, whose scope another client may hold.",
            shows={"park": row["id"]},
            state=str(row["state"]),
            available=[str(move) for move in legal],
        )
    raise refusal
