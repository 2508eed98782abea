"""FreeWindow: a stretch in which a workspace is open and has so many seats free for so long.

    query ($search: FreeWindowSearch!) {
      workspaces(first: 20, withFreeWindow: $search, freeOfCharge: true, division: "320613") {
        edges { node { code freeWindows(search: $search, first: 3) { from until } } }
      }
    }

Workspaces are looked at one after another until the page is full: what a search takes depends on
how many it finds, and not on how many there are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.dialects.postgresql import INTERVAL

from hub.model.access import Row
from hub.model.action import Part
from hub.model.operation import Doc, Input
from hub.subgraphs.park.period import Period, time_range

LONGEST_SPAN = literal_column("'366 days'", INTERVAL())
"""Hours are laid out day by day: what lies beyond a year is not looked at."""


class FreeWindow(Part):
    """A stretch of time in which seats are free. 空闲时段"""

    from_: Annotated[datetime, Doc("First instant of it.", "起始时间")]
    until: Annotated[datetime, Doc("First instant after it.", "结束时间")]


class FreeWindowSearch(Input):
    """What is looked for: so many seats for so long within a period. 空闲时段查询条件"""

    seats: Annotated[int, Doc("How many seats.", "座位数")]
    length: Annotated[timedelta, Doc("For how long at least, such as PT2H or P3D.", "最短时长")]
    during: Annotated[
        Period, Doc("Within which period; 366 days of it are looked at.", "时间范围(最多 366 天)")
    ]


def free_windows(
    row: Row, search: Annotated[FreeWindowSearch, Doc("What is looked for.", "查询条件")]
) -> Select[Any]:
    """The windows of a workspace as `from_` and `until`."""
    asked: Any = search
    until = func.least(asked.during.until, asked.during.from_ + LONGEST_SPAN)
    span = time_range(SimpleNamespace(from_=asked.during.from_, until=until))
    found = func.park.free_windows(row.id, span, asked.seats, asked.length).column_valued("found")
    return select(func.lower(found).label("from_"), func.upper(found).label("until"))
