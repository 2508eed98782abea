"""Reservations that a park's own change would leave without a place: named, or ended by force.

A workspace that leaves service, hours that shrink, a period that is closed, a park that closes: the
change is refused with the reservations in its way, until `force` ends them, each with its reason
and its change row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, any_, case, func, select, update

from hub.kit.ids import encode_id
from hub.kit.user_errors import HasReservations, Invalid
from hub.model.access import constant
from hub.model.action import Ctx, Record, given
from hub.model.operation import Doc, Input
from hub.model.types import city_time
from hub.subgraphs.park.reservation import Reservation, not_over
from hub.subgraphs.park.rules import CancelReason, ReservationState

NAMED = 100
"""At most so many reservations are listed; all of them are ended."""

NOTE_LENGTH = 500
RESERVATION = Reservation.__table__


class Ending(Input):
    """Base of inputs that may end reservations."""

    force: Annotated[
        bool | None,
        Doc(
            "End the reservations that stand in the way: cancelled, or checked out if the holder is"
            " there.",
            "强制结束未结束的预订(已入驻的办理离开)",
        ),
    ]
    note: Annotated[
        str | None,
        Doc(
            "What to tell those whose reservation is cancelled, at most 500 characters.", "取消说明"
        ),
    ]


_row = RESERVATION.c


def in_the_way(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Reservations that stand in the way, locked, the earliest first."""
    return (
        select(
            *(_row.id, _row.state, func.lower(_row.period).label("start")),
            *(func.upper(_row.period).label("end"), _row.seats),
        )
        .where(*conditions)
        .order_by(_row.period, _row.id)
        .with_for_update(key_share=True)
    )


_is_there = _row.state == constant(ReservationState.CHECKED_IN)
_END = (
    update(RESERVATION)
    .values(
        state=case(
            (_is_there, constant(ReservationState.COMPLETED)),
            else_=constant(ReservationState.CANCELLED),
        ),
        cancel_reason=case((_is_there, None), else_=given("reason", Text())),
        cancel_note=case((_is_there, None), else_=given("note", Text())),
    )
    .where(_row.id == any_(given("reservations", ARRAY(Uuid()))))
)
_from_now_on = func.tstzrange(select(func.hub_now()).scalar_subquery(), None)
_STRANDED = in_the_way(
    not_over(_row, given("workspace", Uuid())),
    ~func.isempty(func.park.closed(_row.workspace_id, _row.period.op("*")(_from_now_on))),
)
"""Reservations of a workspace that it is closed for, in what is left of them."""


async def end_stranded(
    ctx: Ctx, workspace: UUID, request: Ending, reason: CancelReason
) -> list[UUID]:
    """End the reservations that hours and blocks, as written just now, leave no place for."""
    found = await ctx.rows(_STRANDED, workspace=workspace)
    return await end(ctx, found, request, reason, {})


async def end(
    ctx: Ctx,
    found: Sequence[Record],
    request: Ending,
    reason: CancelReason,
    shows: dict[str, Any],
) -> list[UUID]:
    """End what was found, if the request forces it; raises HasReservations if it does not.

    `shows` are fields of the payload that the refusal fills beside the reservations.
    """
    if not found:
        return []
    if not request.force:
        raise _has_reservations(found, shows)
    ids = [each["id"] for each in found]
    await ctx.cascade(_END, reservations=ids, reason=reason.value, note=request.note)
    return ids


def check_note(note: str | None) -> None:
    """Raises Invalid for one that is too long to be a note."""
    if note is not None and len(note) > NOTE_LENGTH:
        raise Invalid(
            f"A note has at most {NOTE_LENGTH} characters.",
            zh=f"说明最多 {NOTE_LENGTH} 个字符",
            field=("note",),
        )


def _has_reservations(found: Sequence[Record], shows: dict[str, Any]) -> HasReservations:
    named: list[dict[str, Any]] = [
        {
            "id": encode_id("Reservation", each["id"]),
            "state": each["state"],
            "from": city_time(each["start"]),
            "to": city_time(each["end"]),
            "seats": each["seats"],
        }
        for each in found[:NAMED]
    ]
    return HasReservations(
        f"{len(found)} reservations that are not over stand in the way.",
        zh=f"有 {len(found)} 个未结束的预订",
        field=("force",),
        shows={**shows, "reservations": [each["id"] for each in found[:NAMED]]},
        reservations=named,
        count=len(found),
    )
