"""`holdWorkspace`: seats for a period, held until they are confirmed or the hold runs out.

The workspace's row is locked first, so that holds of one workspace come one after another; what a
second one sees is what the first one left. The database has the last word all the same: the
constraint `ex_reservation_whole_space` (handbook 2.7, rule 1), and the trigger
`reservation_keeps_hours`, which takes the lock again and looks whether the workspace is open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Protocol
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, func, insert, select
from sqlalchemy.dialects.postgresql import INTERVAL

from hub.kit.user_errors import (
    Invalid,
    Missing,
    NotAvailable,
    OutOfBounds,
    OutsideHours,
    SlotTaken,
)
from hub.model.access import Audience
from hub.model.action import Ctx, IdempotencyKey, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.occupancy import peak
from hub.subgraphs.park.reservation import Reservation
from hub.subgraphs.park.rules import (
    ParkState,
    ReservationState,
    Scope,
    WorkspaceState,
    reservable,
)
from hub.subgraphs.park.slots import EXPIRE, TAKEN, bookings, outside_hours, slot_taken
from hub.subgraphs.park.workspace import Workspace

TIME_TO_LIVE = timedelta(minutes=15)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)
LONGEST_PERIOD = timedelta(days=366)
FARTHEST = timedelta(days=3 * 366)

_MOMENT = DateTime(timezone=True)
RESERVATION = Reservation.__table__


class Holder(Input):
    """Who is to use the seats: a person or an organisation, one of both. 持有人"""

    talent_id: Annotated[UUID | None, Ref("Talent"), Doc("A person.", "人才")]
    organisation_id: Annotated[
        UUID | None, Ref("Organisation"), Doc("An organisation, for a team of its.", "机构")
    ]


class HoldWorkspaceInput(Input):
    """What to hold, for whom and how long. 预留场地"""

    workspace_id: Annotated[UUID, Ref("Workspace"), Doc("The workspace.", "工位或场地")]
    from_: Annotated[datetime, Doc("First instant of the period.", "起始时间")]
    to: Annotated[datetime, Doc("First instant after the period.", "结束时间")]
    seats: Annotated[int, Doc("How many seats, at least 1.", "座位数")]
    holder: Annotated[Holder, Doc("Who is to use them.", "持有人")]
    ttl: Annotated[
        timedelta | None,
        Doc(
            "How long the hold lasts unless it is confirmed, PT1M to P1D; PT15M unless given.",
            "预留时长(PT1M 至 P1D,默认 PT15M)",
        ),
    ]
    idempotency_key: IdempotencyKey


class Asked(Protocol):
    """What a hold and a series of them ask for alike."""

    from_: datetime
    to: datetime
    seats: int
    ttl: timedelta | None


class HoldWorkspacePayload(Payload):
    """The hold. 预留结果"""

    reservation: Annotated[UUID, Ref("Reservation"), Doc("The reservation, HELD.", "预订记录")]


_HOLD = insert(RESERVATION).values(
    workspace_id=given("workspace", Uuid()),
    park_id=given("park", Uuid()),
    whole_space=given("whole", RESERVATION.c.whole_space.type),
    period=func.tstzrange(given("since", _MOMENT), given("until", _MOMENT)),
    seats=given("seats", Integer()),
    holder_talent_id=given("talent", Uuid()),
    holder_organisation_id=given("organisation", Uuid()),
    requested_by=given("client", Text()),
    partner_code=given("partner", Text()),
    hold_expires_at=select(func.hub_now() + given("ttl", INTERVAL())).scalar_subquery(),
    state=ReservationState.HELD.value,
    synthetic=given("synthetic", RESERVATION.c.synthetic.type),
)


def _taken_meanwhile() -> SlotTaken:
    return SlotTaken(
        "The seats were taken in this very moment.",
        zh="座位刚刚被占用",
        field=("from",),
        next_step="Send the request again: it will name the next free windows.",
        nextFree=[],
    )


def _closed_meanwhile() -> OutsideHours:
    return OutsideHours(
        "The workspace was closed for the period in this very moment.",
        zh="场地刚刚设置为关闭",
        field=("from",),
        next_step="Send the request again: it will name the next free windows.",
        nextFree=[],
    )


def _no_organisation() -> Missing:
    return Missing(
        "There is no Organisation with this id.",
        zh="机构不存在",
        field=("holder", "organisationId"),
    )


def _park_closed_meanwhile() -> NotAvailable:
    return NotAvailable(
        "The park was closed in this very moment.", zh="园区刚刚关闭", field=("workspaceId",)
    )


HOLD_VIOLATIONS = {
    "fk_reservation_of_unclosed_park": _park_closed_meanwhile,
    "ex_reservation_whole_space": _taken_meanwhile,
    "ck_reservation_open": _closed_meanwhile,
    "fk_reservation_holder_organisation_id": _no_organisation,
    "fk_reservation_series_holder_organisation_id": _no_organisation,
}


@action("Reservation", scope=Scope.workspace_reserve, zh="预留场地", violations=HOLD_VIOLATIONS)
async def hold_workspace(ctx: Ctx, request: HoldWorkspaceInput) -> HoldWorkspacePayload:
    """Hold seats of a workspace for a period, to be confirmed before the hold runs out."""
    await check_holder(ctx, request.holder)
    space = await ctx.locked(
        Workspace,
        request.workspace_id,
        *("park_id", "seats", "whole_space", "state", "synthetic"),
        within=reservable,
        field=("workspaceId",),
    )
    period = {"since": request.from_, "until": request.to}
    taken = await ctx.rows(TAKEN, workspace=space["id"], park=space["park_id"], **period)
    check_request(request, space, taken[0])
    if any(row["lapsed"] for row in taken):
        await ctx.cascade(EXPIRE, workspace=space["id"], **period)
    length = request.to - request.from_
    if taken[0]["closed"]:
        raise await outside_hours(ctx, space, request.from_, length, request.seats)
    room = 0 if space["whole_space"] else space["seats"] - request.seats
    if peak(bookings(taken), request.from_, request.to) > room:
        raise await slot_taken(ctx, space, request.from_, length, request.seats)
    holder = request.holder
    [row] = await ctx.change(
        _HOLD,
        **period,
        workspace=space["id"],
        park=space["park_id"],
        whole=space["whole_space"],
        seats=request.seats,
        talent=holder.talent_id,
        organisation=holder.organisation_id,
        client=ctx.grant.client,
        partner=ctx.grant.partner,
        synthetic=space["synthetic"],  # what is made of invented rows is invented too
        ttl=request.ttl or TIME_TO_LIVE,
    )
    if holder.talent_id:
        ctx.concerns(holder.talent_id)
    return HoldWorkspacePayload(reservation=row["id"])


async def check_holder(ctx: Ctx, holder: Holder) -> None:
    """One of both; a person only where the caller may see her, herself only for herself."""
    if (holder.talent_id is None) == (holder.organisation_id is None):
        raise Invalid(
            "Give either talentId or organisationId.",
            zh="talentId 与 organisationId 必须且只能给出一个",
            field=("holder",),
        )
    if ctx.grant.audience is Audience.TALENT and holder.talent_id != ctx.grant.talent:
        raise OutOfBounds(
            "A person holds seats for herself alone.",
            zh="本人只能为自己预留",
            field=("holder",),
        )
    if holder.talent_id and not await ctx.sees("Talent", holder.talent_id):
        raise Missing(
            "There is no Talent with this id for this client and purpose.",
            zh="在当前应用与用途下不存在该人才",
            field=("holder", "talentId"),
        )


def check_request(request: Asked, space: Record, now: Record) -> None:
    """The period lies ahead, the seats exist, the place is open."""
    if not now["now"] - LONGEST < request.from_ < request.to:
        raise Invalid(
            "The period ends before it begins, or it began more than a day ago.",
            zh="结束时间须晚于起始时间,且起始时间不得早于一天之前",
            field=("from",),
        )
    if request.to <= now["now"] or request.to - request.from_ > LONGEST_PERIOD:
        raise Invalid(
            "The period is over already, or it is longer than 366 days.",
            zh="时间段已过,或超过 366 天",
            field=("to",),
        )
    if request.from_ > now["now"] + FARTHEST:
        raise Invalid(
            "The period begins more than three years from now.",
            zh="起始时间在三年之后",
            field=("from",),
        )
    if not 1 <= request.seats <= space["seats"]:
        raise Invalid(
            f"The workspace has {space['seats']} seats.",
            zh=f"该场地共有 {space['seats']} 个座位",
            field=("seats",),
            seats=space["seats"],
        )
    if request.ttl is not None and not SHORTEST <= request.ttl <= LONGEST:
        raise Invalid(
            "A hold lasts from one minute to one day.",
            zh="预留时长须为 1 分钟至 1 天",
            field=("ttl",),
        )
    if space["state"] != WorkspaceState.AVAILABLE or now["park"] != ParkState.OPEN:
        raise NotAvailable(
            f"The workspace is {space['state']}, its park is {now['park']}.",
            zh=f"场地状态:{WorkspaceState(space['state']).zh},园区状态:{ParkState(now['park']).zh}",
            field=("workspaceId",),
            workspace=space["state"],
            park=now["park"],
        )
