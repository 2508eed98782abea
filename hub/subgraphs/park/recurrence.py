"""Which periods a recurring reservation asks for: a small part of RFC 5545's RRULE, as an input.

`FREQ` is DAILY or WEEKLY, with `INTERVAL`, for weeks `BYDAY`, and either `COUNT` or `UNTIL`, a day
that is included. Weeks begin on Monday; days are the city's, which has no daylight saving, so that
each period begins at the same hour. A first day that is none of the weekdays is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, islice, takewhile
from typing import Annotated

from hub.kit.user_errors import Invalid
from hub.model.operation import Doc, Input
from hub.model.types import CITY_TIME, Choice
from hub.subgraphs.park.rules import Weekday

MOST = 366
DAY, WEEK = timedelta(days=1), timedelta(days=7)
LONGEST = timedelta(days=366)
"""From the first instant to the last: beyond it nobody plans, and hours are laid out day by day."""


class Frequency(Choice):
    """How often something recurs. 重复频率"""

    DAILY = "DAILY", "Every day, or every so many days.", "每天"
    WEEKLY = "WEEKLY", "Every week, or every so many weeks, on some weekdays.", "每周"


class Repeat(Input):
    """How a period recurs (RFC 5545, 3.3.10). 重复规则"""

    frequency: Annotated[Frequency, Doc("By the day or by the week.", "频率")]
    interval: Annotated[
        int | None, Doc("Every so many days or weeks, 1 unless given.", "间隔,默认 1")
    ]
    weekdays: Annotated[
        list[Weekday] | None,
        Doc("On which weekdays of a week; that of the first period unless given.", "星期"),
    ]
    count: Annotated[int | None, Doc("How many periods, at most 366.", "次数(最多 366)")]
    until: Annotated[date | None, Doc("Last day on which one may begin.", "截止日期(含)")]


Span = tuple[datetime, datetime]


def expand(repeat: Repeat, start: datetime, end: datetime) -> list[Span]:
    """The periods in order; raises Invalid for a rule that makes no sense."""
    _check(repeat, end - start)
    starts: Iterator[datetime] = _starts(repeat, start.astimezone(CITY_TIME))
    if repeat.until is not None:
        last = repeat.until
        starts = takewhile(lambda moment: moment.date() <= last, starts)
    found = list(islice(starts, repeat.count or MOST + 1))
    if not found or len(found) > MOST or found[-1] - found[0] > LONGEST:
        raise Invalid(
            f"The rule asks for no period, for more than {MOST}, or for more than 366 days.",
            zh=f"重复规则未产生任何时段,或超过 {MOST} 次,或超过 366 天",
            field=("repeat",),
            maximum=MOST,
        )
    return [(moment, moment + (end - start)) for moment in found]


def rrule(repeat: Repeat) -> str:
    """The rule as iCalendar writes it."""
    parts = [f"FREQ={repeat.frequency.value}", f"INTERVAL={_step(repeat)}"]
    if repeat.weekdays:
        parts.append(f"BYDAY={','.join(day.value for day in _in_order(repeat.weekdays))}")
    if repeat.count is not None:
        parts.append(f"COUNT={repeat.count}")
    if repeat.until is not None:
        parts.append(f"UNTIL={repeat.until:%Y%m%d}")
    return ";".join(parts)


def _starts(repeat: Repeat, start: datetime) -> Iterator[datetime]:
    """All of them, without end."""
    step = _step(repeat)
    if repeat.frequency == Frequency.DAILY:
        yield from (start + number * step * DAY for number in count())
    monday = start - start.weekday() * DAY
    days = [list(Weekday).index(day) for day in _in_order(repeat.weekdays or [])]
    for number in count():
        for day in days or [start.weekday()]:
            moment = monday + number * step * WEEK + day * DAY
            if moment >= start:
                yield moment


def _step(repeat: Repeat) -> int:
    return 1 if repeat.interval is None else repeat.interval


def _in_order(weekdays: list[Weekday]) -> list[Weekday]:
    return [day for day in Weekday if day in weekdays]


def _check(repeat: Repeat, length: timedelta) -> None:
    if (repeat.count is None) == (repeat.until is None):
        raise Invalid(
            "Give either count or until.",
            zh="count 与 until 必须且只能给出一个",
            field=("repeat",),
        )
    step = _step(repeat)
    if not 1 <= step <= MOST or (repeat.count is not None and not 1 <= repeat.count <= MOST):
        raise Invalid(
            f"interval and count lie between 1 and {MOST}.",
            zh=f"interval 与 count 须在 1 至 {MOST} 之间",
            field=("repeat",),
            maximum=MOST,
        )
    daily = repeat.frequency == Frequency.DAILY
    if daily and repeat.weekdays:
        raise Invalid(
            "Weekdays go with a WEEKLY rule.",
            zh="按天重复时不能指定星期",
            field=("repeat", "weekdays"),
        )
    if length > (step * DAY if daily else DAY if repeat.weekdays else step * WEEK):
        raise Invalid(
            "A period is longer than the time until the next one.",
            zh="单次时段超过重复间隔",
            field=("to",),
        )
