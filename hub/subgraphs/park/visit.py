"""What becomes of a reservation: confirmed or cancelled, then a visit or none.

Who asked for a reservation confirms and cancels it; the park's operator does so too, and says who
came and who left. A move that was made already is made again without harm, whatever the version.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, cast, func, select, update

from hub.kit.user_errors import Invalid
from hub.model.access import Audience, Rule
from hub.model.action import Ctx, ExpectedVersion, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.ending import check_note
from hub.subgraphs.park.reservation import LIFE, Reservation
from hub.subgraphs.park.rules import (
    CancelReason,
    ReservationState,
    Scope,
    operated,
    own_reservation,
)
from hub.subgraphs.park.workspace import Workspace

RESERVATION, WORKSPACE = Reservation.__table__, Workspace.__table__


class ReservationInput(Input):
    """Which reservation. 指定预订"""

    id: Annotated[UUID, Ref("Reservation"), Doc("The reservation.", "预订")]
    expected_version: ExpectedVersion


class CancelReservationInput(Input):
    """Which reservation to cancel, and why. 取消预订"""

    id: Annotated[UUID, Ref("Reservation"), Doc("The reservation.", "预订")]
    expected_version: ExpectedVersion
    note: Annotated[
        str | None,
        Doc("What to tell the others, at most 500 characters, about no person.", "取消说明"),
    ]


class ReservationPayload(Payload):
    """The reservation as it stands now. 预订的当前状态"""

    reservation: Annotated[UUID, Ref("Reservation"), Doc("The reservation.", "预订记录")]


_LOCK_SPACE = (
    select(WORKSPACE.c.id)
    .where(
        WORKSPACE.c.id
        == select(RESERVATION.c.workspace_id)
        .where(RESERVATION.c.id == given("reservation", Uuid()))
        .scalar_subquery()
    )
    .with_for_update(key_share=True)
)
_MOVE = (
    update(RESERVATION)
    .values(state=given("state", Text()))
    .where(RESERVATION.c.id == given("reservation", Uuid()))
)
_CANCEL = (
    update(RESERVATION)
    .values(
        state=ReservationState.CANCELLED.value,
        cancel_reason=given("reason", Text()),
        cancel_note=given("note", Text()),
    )
    .where(RESERVATION.c.id == given("reservation", Uuid()))
)


def _day(moment: Any) -> Any:
    return cast(func.timezone("Asia/Shanghai", moment), Date())


_TIMES = select(
    (RESERVATION.c.hold_expires_at <= func.hub_now()).label("lapsed"),
    (_day(func.hub_now()) >= _day(func.lower(RESERVATION.c.period))).label("begun"),
    (func.hub_now() >= func.lower(RESERVATION.c.period)).label("started"),
    (func.hub_now() >= func.upper(RESERVATION.c.period)).label("over"),
).where(RESERVATION.c.id == given("reservation", Uuid()))


@action("Reservation", scope=Scope.workspace_reserve, zh="确认预订")
async def confirm_reservation(ctx: Ctx, request: ReservationInput) -> ReservationPayload:
    """Confirm a hold before it runs out."""
    # Who holds seats locks the workspace first: so no hold is given away while it is confirmed.
    await ctx.rows(_LOCK_SPACE, reservation=request.id)
    row, times = await _moved_to(ctx, request, ReservationState.CONFIRMED, own_reservation)
    if row["state"] == ReservationState.HELD:
        if times["lapsed"]:
            raise LIFE.refusal(ReservationState.EXPIRED, ReservationState.CONFIRMED, field=("id",))
        await ctx.change(_MOVE, reservation=row["id"], state=ReservationState.CONFIRMED.value)
    return ReservationPayload(reservation=row["id"])


@action("Reservation", scope=Scope.workspace_reserve, zh="取消预订")
async def cancel_reservation(ctx: Ctx, request: CancelReservationInput) -> ReservationPayload:
    """Cancel a hold or a confirmed reservation; its seats are free at once."""
    check_note(request.note)
    row, _ = await _moved_to(ctx, request, ReservationState.CANCELLED, own_reservation)
    if row["state"] != ReservationState.CANCELLED:
        by_operator = ctx.grant.audience is Audience.OPERATOR
        reason = CancelReason.OPERATOR if by_operator else CancelReason.HOLDER
        await ctx.change(_CANCEL, reservation=row["id"], reason=reason.value, note=request.note)
    return ReservationPayload(reservation=row["id"])


@action("Reservation", scope=Scope.workspace_reserve, zh="登记入驻")
async def check_in(ctx: Ctx, request: ReservationInput) -> ReservationPayload:
    """Say that the holder of a confirmed reservation has come, on its first day or later."""
    row, times = await _moved_to(ctx, request, ReservationState.CHECKED_IN, operated)
    if row["state"] == ReservationState.CONFIRMED:
        if not times["begun"] or times["over"]:
            raise Invalid(
                "The reservation has not reached its first day, or is over.",
                zh="预订尚未到首日,或已结束",
                field=("id",),
            )
        await ctx.change(_MOVE, reservation=row["id"], state=ReservationState.CHECKED_IN.value)
    return ReservationPayload(reservation=row["id"])


@action("Reservation", scope=Scope.workspace_reserve, zh="登记离开")
async def check_out(ctx: Ctx, request: ReservationInput) -> ReservationPayload:
    """Say that the holder has left; the seats are free at once."""
    row, _ = await _moved_to(ctx, request, ReservationState.COMPLETED, operated)
    if row["state"] == ReservationState.CHECKED_IN:
        await ctx.change(_MOVE, reservation=row["id"], state=ReservationState.COMPLETED.value)
    return ReservationPayload(reservation=row["id"])


@action("Reservation", scope=Scope.workspace_reserve, zh="登记未到场")
async def mark_no_show(ctx: Ctx, request: ReservationInput) -> ReservationPayload:
    """Say that nobody came, once the reservation has begun; its seats are free at once."""
    row, times = await _moved_to(ctx, request, ReservationState.NO_SHOW, operated)
    if row["state"] == ReservationState.CONFIRMED:
        if not times["started"]:
            raise Invalid("The reservation has not begun.", zh="预订尚未开始", field=("id",))
        await ctx.change(_MOVE, reservation=row["id"], state=ReservationState.NO_SHOW.value)
    return ReservationPayload(reservation=row["id"])


async def _moved_to(
    ctx: Ctx,
    request: ReservationInput | CancelReservationInput,
    to: ReservationState,
    within: Rule,
) -> tuple[Record, Record]:
    """The reservation, locked, from where the move is legal or made already; and its times."""
    row = await ctx.locked(
        Reservation,
        request.id,
        *("state", "holder_talent_id"),
        within=within,
        expected_version=request.expected_version,
        already={"state": to},
        shows="reservation",
    )
    if row["state"] != to and not LIFE.may(row["state"], to):
        raise LIFE.refusal(row["state"], to, field=("id",), shows={"reservation": row["id"]})
    if row["holder_talent_id"]:
        ctx.concerns(row["holder_talent_id"])
    [times] = await ctx.rows(_TIMES, reservation=row["id"])
    return row, times
