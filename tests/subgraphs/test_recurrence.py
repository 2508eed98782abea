"""Which periods a rule asks for, against dateutil's reading of the same rule (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it has none
from hypothesis import given
from hypothesis import strategies as st

from hub.kit.user_errors import Invalid
from hub.model.types import CITY_TIME
from hub.subgraphs.park.recurrence import Frequency, Repeat, expand, rrule
from hub.subgraphs.park.rules import Weekday

START = datetime(2026, 3, 4, 9, tzinfo=CITY_TIME)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def repeat(frequency: str = "DAILY", **values: Any) -> Repeat:
    made = Repeat()
    given_ = {"interval": None, "weekdays": None, "count": None, "until": None, **values}
    made.__dict__.update(given_, frequency=Frequency(frequency))
    return made


@st.composite
def rules(draw: st.DrawFn) -> Repeat:
    weekly = draw(st.booleans())
    bound = {"count": draw(st.integers(1, 40))}
    if draw(st.booleans()):
        bound = {"until": draw(st.dates(date(2026, 3, 12), date(2026, 8, 1)))}  # type: ignore[dict-item]  # either
    return repeat(
        "WEEKLY" if weekly else "DAILY",
        interval=draw(st.one_of(st.none(), st.integers(1, 4 if weekly else 9))),
        weekdays=draw(st.lists(st.sampled_from(Weekday), min_size=1, unique=True))
        if weekly and draw(st.booleans())
        else None,
        **bound,
    )


@given(rules())
def test_periods_are_those_of_rfc_5545(rule: Repeat) -> None:
    """Times without a zone, since `UNTIL` as a day goes with such; the whole day is included."""
    text = rrule(rule)
    if rule.until:
        text = text.replace(f"UNTIL={rule.until:%Y%m%d}", f"UNTIL={rule.until:%Y%m%d}T235959")
    start = START.replace(tzinfo=None)
    expected = [moment.replace(tzinfo=CITY_TIME) for moment in rrulestr(text, dtstart=start)]
    try:
        found = expand(rule, START, START + HOUR)
    except Invalid:
        assert not expected or expected[-1] - expected[0] > timedelta(days=366)
        return
    assert [start for start, _ in found] == expected
    assert {end - start for start, end in found} == {HOUR}


@pytest.mark.parametrize(
    ("rule", "length"),
    [
        (repeat(), HOUR),
        (repeat(count=3, until=date(2026, 5, 1)), HOUR),
        (repeat(count=0), HOUR),
        (repeat(count=367), HOUR),
        (repeat(count=3, interval=0), HOUR),
        (repeat(count=3, weekdays=[Weekday.MO]), HOUR),
        (repeat(count=3), 25 * HOUR),
        (repeat("WEEKLY", count=3, weekdays=[Weekday.MO, Weekday.TU]), 25 * HOUR),
        (repeat("WEEKLY", count=3), 8 * DAY),
        (repeat("WEEKLY", count=60), HOUR),
        (repeat(until=date(2030, 1, 1)), HOUR),
        (repeat(until=date(2026, 3, 3)), HOUR),
    ],
)
def test_rules_that_make_no_sense(rule: Repeat, length: timedelta) -> None:
    with pytest.raises(Invalid):
        expand(rule, START, START + length)


def test_a_period_may_last_until_the_next_one() -> None:
    assert expand(repeat("WEEKLY", count=2), START, START + 7 * DAY) == [
        (START, START + 7 * DAY),
        (START + 7 * DAY, START + 14 * DAY),
    ]
