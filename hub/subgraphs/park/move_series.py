"""What becomes of a series: confirmed while its holds last, cancelled as far as it lies ahead."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Text, Uuid, func, select, update

from hub.model.access import Audience, constant
from hub.model.action import Ctx, ExpectedVersion, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.ending import check_note
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import (
    CancelReason,
    ReservationState,
    Scope,
    SeriesState,
    own_reservation,
)
from hub.subgraphs.park.series import LIFE, ReservationSeries
from hub.subgraphs.park.workspace import Workspace

RESERVATION, SERIES, WORKSPACE = (
    Reservation.__table__,
    ReservationSeries.__table__,
    Workspace.__table__,
)


class SeriesInput(Input):
    """Which series. 指定周期预订"""

    id: Annotated[UUID, Ref("ReservationSeries"), Doc("The series.", "周期预订")]
    expected_version: ExpectedVersion


class CancelSeriesInput(Input):
    """Which series to cancel, and why. 取消周期预订"""

    id: Annotated[UUID, Ref("ReservationSeries"), Doc("The series.", "周期预订")]
    expected_version: ExpectedVersion
    note: Annotated[
        str | None,
        Doc("What to tell the others, at most 500 characters, about no person.", "取消说明"),
    ]


class SeriesPayload(Payload):
    """The series as it stands now, and the reservations that were moved. 周期预订的当前状态"""

    series: Annotated[UUID, Ref("ReservationSeries"), Doc("The series.", "周期预订")]
    reservations: Annotated[
        list[UUID], Ref("Reservation"), Doc("Those that were moved with it.", "随之变更的预订")
    ]


_LOCK_SPACE = (
    select(WORKSPACE.c.id)
    .where(
        WORKSPACE.c.id
        == select(SERIES.c.workspace_id)
        .where(SERIES.c.id == given("series", Uuid()))
        .scalar_subquery()
    )
    .with_for_update(key_share=True)
)
_row = RESERVATION.c
_of_series = _row.series_id == given("series", Uuid())
_LAPSED = select((SERIES.c.hold_expires_at <= func.hub_now()).label("lapsed")).where(
    SERIES.c.id == given("series", Uuid())
)
_MOVE = (
    update(SERIES)
    .values(
        state=given("state", Text()),
        cancel_reason=given("reason", Text()),
        cancel_note=given("note", Text()),
    )
    .where(SERIES.c.id == given("series", Uuid()))
)
_CONFIRM = (
    update(RESERVATION)
    .values(state=ReservationState.CONFIRMED.value)
    .where(_of_series, _row.state == constant(ReservationState.HELD))
)
_CANCEL = (
    update(RESERVATION)
    .values(
        state=ReservationState.CANCELLED.value,
        cancel_reason=given("reason", Text()),
        cancel_note=given("note", Text()),
    )
    .where(
        _of_series,
        _row.state.in_([constant(ReservationState.HELD), constant(ReservationState.CONFIRMED)]),
        func.lower(_row.period) > func.hub_now(),
    )
)


@action("ReservationSeries", scope=Scope.workspace_reserve, zh="确认周期预订")
async def confirm_series(ctx: Ctx, request: SeriesInput) -> SeriesPayload:
    """Confirm all holds of a series before they run out."""
    row = await _moved_to(ctx, request, SeriesState.CONFIRMED)
    if row["state"] == SeriesState.CONFIRMED:
        return SeriesPayload(series=row["id"], reservations=[])
    [times] = await ctx.rows(_LAPSED, series=row["id"])
    if times["lapsed"]:
        raise LIFE.refusal(SeriesState.EXPIRED, SeriesState.CONFIRMED, field=("id",))
    await ctx.change(
        _MOVE, series=row["id"], state=SeriesState.CONFIRMED.value, reason=None, note=None
    )
    moved = await ctx.cascade(_CONFIRM, series=row["id"])
    return SeriesPayload(series=row["id"], reservations=[one["id"] for one in moved])


@action("ReservationSeries", scope=Scope.workspace_reserve, zh="取消周期预订")
async def cancel_series(ctx: Ctx, request: CancelSeriesInput) -> SeriesPayload:
    """Cancel what is still to come of a series; its seats are free at once."""
    check_note(request.note)
    row = await _moved_to(ctx, request, SeriesState.CANCELLED)
    if row["state"] == SeriesState.CANCELLED:
        return SeriesPayload(series=row["id"], reservations=[])
    by_operator = ctx.grant.audience is Audience.OPERATOR
    reason = (CancelReason.OPERATOR if by_operator else CancelReason.HOLDER).value
    said = {"series": row["id"], "reason": reason, "note": request.note}
    await ctx.change(_MOVE, state=SeriesState.CANCELLED.value, **said)
    moved = await ctx.cascade(_CANCEL, **said)
    return SeriesPayload(series=row["id"], reservations=[one["id"] for one in moved])


async def _moved_to(ctx: Ctx, request: SeriesInput | CancelSeriesInput, to: SeriesState) -> Record:
    """The series, locked, from where the move is legal or made already."""
    # The workspace first, as whoever holds seats: nothing is given away while it is confirmed.
    await ctx.rows(_LOCK_SPACE, series=request.id)
    row = await ctx.locked(
        ReservationSeries,
        request.id,
        *("state", "holder_talent_id"),
        within=own_reservation,
        expected_version=request.expected_version,
        already={"state": to},
        shows="series",
    )
    if row["state"] != to and not LIFE.may(row["state"], to):
        shows: dict[str, Any] = {"series": row["id"]}
        raise LIFE.refusal(row["state"], to, field=("id",), shows=shows)
    if row["holder_talent_id"]:
        ctx.concerns(row["holder_talent_id"])
    return row
