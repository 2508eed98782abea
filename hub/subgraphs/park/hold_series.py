"""`holdSeries`: what is free of a recurring period, held together; the rest is told.

As with a single hold the workspace's row is locked first, so that series of one workspace come one
after another. A period that somebody takes all the same is skipped by the constraint
`ex_reservation_whole_space` (ON CONFLICT DO NOTHING) and told as taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Integer, Text, Uuid, func, insert, select
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from hub.kit.user_errors import Invalid, SlotTaken
from hub.model.access import constant
from hub.model.action import Ctx, IdempotencyKey, Part, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Choice
from hub.subgraphs.park.hold import (
    FARTHEST,
    HOLD_VIOLATIONS,
    TIME_TO_LIVE,
    Holder,
    check_holder,
    check_request,
)
from hub.subgraphs.park.occupancy import Booking, peak
from hub.subgraphs.park.recurrence import Repeat, Span, expand, rrule
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import ReservationState, Scope, reservable
from hub.subgraphs.park.series import ReservationSeries
from hub.subgraphs.park.slots import ALL_CLOSED, EXPIRE, TAKEN, bookings
from hub.subgraphs.park.workspace import Workspace

RESERVATION, SERIES = Reservation.__table__, ReservationSeries.__table__
_MOMENT = DateTime(timezone=True)


class HoldSeriesInput(Input):
    """What to hold again and again, for whom. 周期预留"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    from_: Annotated[datetime, Doc("First instant of the first period.", "首次起始时间")]
    to: Annotated[datetime, Doc("First instant after the first period.", "首次结束时间")]
    repeat: Annotated[Repeat, Doc("How it recurs.", "重复规则")]
    seats: Annotated[int, Doc("How many seats, at least 1.", "座位数")]
    holder: Annotated[Holder, Doc("Who is to use them.", "持有人")]
    ttl: Annotated[
        timedelta | None,
        Doc(
            "How long the holds last unless they are confirmed, PT1M to P1D; PT15M unless given.",
            "预留时长(PT1M 至 P1D,默认 PT15M)",
        ),
    ]
    idempotency_key: IdempotencyKey


class Skip(Choice):
    """Why a period of a series was not held. 未预留原因"""

    OUTSIDE_HOURS = "OUTSIDE_HOURS", "The workspace is closed in part of it.", "场地不开放"
    SLOT_TAKEN = "SLOT_TAKEN", "Too few seats are free in it.", "座位已被占用"


class SkippedPeriod(Part):
    """A period that was not held, and why. 未预留的时段"""

    from_: Annotated[datetime, Doc("First instant of it.", "起始时间")]
    until: Annotated[datetime, Doc("First instant after it.", "结束时间")]
    reason: Annotated[Skip, Doc("Why.", "原因")]


class HoldSeriesPayload(Payload):
    """The series, what is held of it, and what is not. 周期预留结果"""

    series: Annotated[UUID, Ref("ReservationSeries"), Doc("The series, HELD.", "周期预订")]
    reservations: Annotated[
        list[UUID], Ref("Reservation"), Doc("Its reservations, HELD, in order.", "各次预订")
    ]
    skipped: Annotated[
        list[SkippedPeriod], Doc("Periods that were skipped, in order.", "被跳过的时段")
    ]


_ALIKE: dict[str, Any] = {
    "workspace_id": given("workspace", Uuid()),
    "park_id": given("park", Uuid()),
    "seats": given("seats", Integer()),
    "holder_talent_id": given("talent", Uuid()),
    "holder_organisation_id": given("organisation", Uuid()),
    "requested_by": given("client", Text()),
    "partner_code": given("partner", Text()),
    "hold_expires_at": select(func.hub_now() + given("ttl", INTERVAL())).scalar_subquery(),
    "synthetic": given("synthetic", Boolean()),
    "state": constant(ReservationState.HELD),
}
"""What a series and each of its reservations say alike."""

_SERIES = insert(SERIES).values(
    first_period=func.tstzrange(given("since", _MOMENT), given("until", _MOMENT)),
    rrule=given("rule", Text()),
    occurrences=given("occurrences", Integer()),
    **_ALIKE,
)
_each = (
    func.unnest(given("starts", ARRAY(_MOMENT)), given("ends", ARRAY(_MOMENT)))
    .table_valued("start", "end")
    .render_derived(name="each")
)
_EACH = (
    insert_or_skip(RESERVATION)
    .from_select(
        ["period", "whole_space", "series_id", *_ALIKE],
        select(
            func.tstzrange(_each.c.start, _each.c.end),
            given("whole", Boolean()),
            given("series", Uuid()),
            *_ALIKE.values(),
        ).order_by(_each.c.start),
        include_defaults=False,
    )
    .on_conflict_do_nothing()
    .returning(func.lower(RESERVATION.c.period).label("start"))
)


@action(
    "ReservationSeries", scope=Scope.workspace_reserve, zh="周期预留", violations=HOLD_VIOLATIONS
)
async def hold_series(ctx: Ctx, request: HoldSeriesInput) -> HoldSeriesPayload:
    """Hold seats of a workspace for a period that recurs; what does not fit is skipped and told."""
    await check_holder(ctx, request.holder)
    space = await ctx.locked(
        Workspace,
        request.workspace_id,
        *("park_id", "seats", "whole_space", "state", "synthetic"),
        within=reservable,
        field=("workspaceId",),
    )
    periods = expand(request.repeat, request.from_, request.to)
    span = {"since": request.from_, "until": max(periods[-1][1], request.to)}
    taken = await ctx.rows(TAKEN, workspace=space["id"], park=space["park_id"], **span)
    check_request(request, space, taken[0])
    if periods[-1][0] > taken[0]["now"] + FARTHEST:
        raise Invalid(
            "The last period begins more than three years from now.",
            zh="最后一次的起始时间在三年之后",
            field=("repeat",),
        )
    if any(row["lapsed"] for row in taken):
        await ctx.cascade(EXPIRE, workspace=space["id"], **span)
    closed = await ctx.rows(ALL_CLOSED, workspace=space["id"], **span)
    room = 0 if space["whole_space"] else space["seats"] - request.seats
    reasons = {period: _why_not(period, closed, bookings(taken), room) for period in periods}
    fitting = [period for period in periods if reasons[period] is None]
    if not fitting:
        raise _nothing_fits(periods)
    new = _values(ctx, request, space)
    [series] = await ctx.change(
        _SERIES,
        since=request.from_,
        until=request.to,
        rule=rrule(request.repeat),
        occurrences=len(periods),
        **new,
    )
    held = await ctx.change(
        _EACH,
        starts=[start for start, _ in fitting],
        ends=[end for _, end in fitting],
        series=series["id"],
        whole=space["whole_space"],
        **new,
    )
    by_start = {row["start"]: row["id"] for row in held}
    if not by_start:
        raise _nothing_fits(periods)
    if request.holder.talent_id:
        ctx.concerns(request.holder.talent_id)
    return HoldSeriesPayload(
        series=series["id"],
        reservations=[by_start[start] for start, _ in fitting if start in by_start],
        skipped=[
            SkippedPeriod(from_=start, until=end, reason=reasons[start, end] or Skip.SLOT_TAKEN)
            for start, end in periods
            if start not in by_start
        ],
    )


def _values(ctx: Ctx, request: HoldSeriesInput, space: Record) -> dict[str, Any]:
    return {
        "workspace": space["id"],
        "park": space["park_id"],
        "seats": request.seats,
        "talent": request.holder.talent_id,
        "organisation": request.holder.organisation_id,
        "client": ctx.grant.client,
        "partner": ctx.grant.partner,
        "synthetic": space["synthetic"],
        "ttl": request.ttl or TIME_TO_LIVE,
    }


def _why_not(
    period: Span, closed: Sequence[Record], taken: Sequence[Booking], room: int
) -> Skip | None:
    start, end = period
    if any(shut["start"] < end and shut["end"] > start for shut in closed):
        return Skip.OUTSIDE_HOURS
    return Skip.SLOT_TAKEN if peak(taken, start, end) > room else None


def _nothing_fits(periods: Sequence[Span]) -> SlotTaken:
    return SlotTaken(
        f"None of the {len(periods)} periods is free.",
        zh=f"{len(periods)} 个时段均不可预订",
        field=("repeat",),
        next_step="Take another hour or workspace; `workspaces(withFreeWindow:)` finds some.",
        nextFree=[],
    )
