"""Utilisation: how full a park was and will be, month by month, counted by recurring work.

Counting goes through every reservation of a month, so it is done beforehand: a list of figures
costs the same however many reservations there are.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Numeric,
    UniqueConstraint,
    Uuid,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import INTERVAL, insert
from sqlalchemy.orm import Mapped

from hub.model.access import Caller, Reason, Row, rule
from hub.model.action import Ctx, given
from hub.model.entity import Entity
from hub.model.field import derived, edge, field
from hub.model.job import job
from hub.model.types import Visibility
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.rules import Scope, published_park

HOURS = Numeric(14, 2)
ROUND = timedelta(minutes=15)


@rule(Reason.VISIBILITY, "a token of its operator or of a department")
def of_published_park(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """Figures exist for whom the park exists."""
    park = caller.look_up("park", Park.__table__, lambda one: one.id == row.park_id)
    checks = published_park(park, caller)
    return checks[0].holds if checks else True


def _hours_left(row: Row) -> ColumnElement[Any]:
    return cast(func.greatest(row.seat_hours - row.reserved_seat_hours, 0), HOURS)


def _share(row: Row) -> ColumnElement[Any]:
    """Null where nothing was offered: no share is known of nothing."""
    share = func.round(row.reserved_seat_hours / row.seat_hours, 4)
    return case((row.seat_hours > 0, cast(func.least(share, 1), Numeric(5, 4))), else_=null())


class Utilisation(
    Entity,
    scope=Scope.park_read,
    rows=of_published_park,
    visibility=Visibility.P1,
    plural="utilisations",
    zh="园区月度使用率",
):
    """What a park offered in a month, and what of it was reserved and used, in seats times hours.

    Offered is what is open of the workspaces that are available; so of a past month it is as they
    stood when it was last counted, three days after its end. A reservation of a whole space counts
    with all its seats. Holds, cancellations and reservations that nobody came for count for
    nothing.
    """

    __table_args__ = (UniqueConstraint("park_id", "month"),)

    month: Mapped[date] = field(
        doc="First day of the month.", zh="月份(首日)", filter=True, sort=True
    )
    workspaces: Mapped[int] = field(doc="Workspaces on offer.", zh="开放场地数")
    seats: Mapped[int] = field(doc="Seats in them.", zh="座位数")
    free_of_charge_seats: Mapped[int] = field(
        doc="Seats of those that cost nothing.", zh="免费座位数"
    )
    seat_hours: Mapped[Decimal] = field(
        doc="Seats times hours on offer.", zh="可用座时", type_=HOURS
    )
    reserved_seat_hours: Mapped[Decimal] = field(
        doc="Of those, reserved: confirmed, there, or over.", zh="已预订座时", type_=HOURS
    )
    used_seat_hours: Mapped[Decimal] = field(
        doc="Of those, used: the holder came.", zh="实际使用座时", type_=HOURS
    )
    free_of_charge_seat_hours: Mapped[Decimal] = field(
        doc="Seats times hours on offer free of charge.", zh="免费可用座时", type_=HOURS
    )
    free_of_charge_reserved_seat_hours: Mapped[Decimal] = field(
        doc="Of those, reserved.", zh="免费已预订座时", type_=HOURS
    )
    reservations: Mapped[int] = field(
        doc="Reservations that lie in the month, in part or whole.", zh="预订数"
    )
    no_shows: Mapped[int] = field(doc="Reservations that nobody came for.", zh="未到场次数")
    counted_at: Mapped[datetime] = field(
        doc="When it was last counted; the version is raised only when another figure came of it.",
        zh="最近统计时间",
        server_default=func.now(),
    )
    unreserved_seat_hours: Mapped[Decimal] = derived(
        _hours_left, doc="Seats times hours that nobody reserved.", zh="空闲座时"
    )
    reserved_share: Mapped[Decimal | None] = derived(
        _share,
        doc="Reserved of what is on offer, 0 to 1; null when nothing is.",
        zh="预订率(0 至 1)",
    )

    park = edge("Park", filter=True, doc="The park.", zh="园区")


UTILISATION, PARK = Utilisation.__table__, Park.__table__
FIGURES = (
    "workspaces",
    "seats",
    "free_of_charge_seats",
    "seat_hours",
    "reserved_seat_hours",
    "used_seat_hours",
    "free_of_charge_seat_hours",
    "free_of_charge_reserved_seat_hours",
    "reservations",
    "no_shows",
)
_mine = UTILISATION.c.park_id == given("park", Uuid())
_counted = func.park.counted_utilisation(given("park", Uuid())).table_valued(
    "park_id", "month", *FIGURES, "synthetic", name="counted"
)
_insert = insert(UTILISATION).from_select(
    ["park_id", "month", *FIGURES, "synthetic"], select(*_counted.c), include_defaults=False
)
_COUNT = _insert.on_conflict_do_update(
    index_elements=["park_id", "month"],
    set_={
        **{name: _insert.excluded[name] for name in FIGURES},
        "version": UTILISATION.c.version + 1,
        "updated_at": func.now(),
        "change_xid": func.pg_current_xact_id(),
    },
    where=or_(*(UTILISATION.c[name] != _insert.excluded[name] for name in FIGURES)),
)
_SEEN = update(UTILISATION).values(counted_at=func.hub_now()).where(_mine)
_last_counted = (
    select(func.max(UTILISATION.c.counted_at))
    .where(UTILISATION.c.park_id == PARK.c.id)
    .scalar_subquery()
)
_NEXT = (
    select(PARK.c.id)
    .where(
        PARK.c.published,
        func.coalesce(_last_counted <= func.hub_now() - given("round", INTERVAL()), true()),
    )
    .order_by(_last_counted.nulls_first(), PARK.c.id)
    .limit(1)
)


@job(every=timedelta(minutes=1))
async def count_utilisation(ctx: Ctx) -> bool:
    """Count the park that was not counted for longest, if that is a quarter of an hour ago."""
    found = await ctx.rows(_NEXT, round=ROUND)
    for park in found:
        await ctx.cascade(_COUNT, park=park["id"])
        await ctx.rows(_SEEN, park=park["id"])  # no change: a copy without it is as good
    return bool(found)
