"""How a room offers its objects to a commitment of the city.

    @counts("park.returnee_parks", "Park")
    def returnee_parks(row: Row) -> Tally:
        '''Parks for returned talent that are open, from the day on which they opened.'''
        return Tally(where=row.state == constant(ParkState.OPEN), since=row.open_from)

The metric is named `room.what` as the commitments name it, and declared in the room that has the
objects. That is all: the registry gives the objects to `EVIDENCE`, with an edge that leads to each
of them under its own rules, and a commitment whose metric nobody declares is told to be not
measurable yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from hub.model.access import Row
from hub.model.field import EdgeSpec, Source
from hub.model.types import snake

EVIDENCE = "cooperation.CountedObject"
"""The noun whose rows are the objects counted."""


@dataclass(frozen=True)
class Tally:
    """Which rows count, when, and for how much; expressions over the row.

    A row counts in each year that touches the time from `since` up to, and not including, `until`:
    dates, where null is open. `amount` is a whole number in the metric's unit, 1 unless given.
    `member` is what of a listed set the row covers, or by which of several caps it is measured;
    `shared_with` are the codes of the cities that count the same object in their own reports.
    """

    where: ColumnElement[bool]
    since: ColumnElement[Any] | None = None
    until: ColumnElement[Any] | None = None
    amount: ColumnElement[Any] | None = None
    member: ColumnElement[Any] | None = None
    shared_with: ColumnElement[Any] | None = None


@dataclass(frozen=True)
class Count:
    """A declared metric: the noun whose rows count, and how."""

    metric: str
    noun: str
    tally: Callable[[Row], Tally]
    source: Source

    @property
    def column(self) -> str:
        """The column of the evidence that holds the object's id."""
        return f"{snake(self.noun)}_id"

    def edge(self, room: str) -> EdgeSpec:
        """The edge from the evidence to the object."""
        return EdgeSpec(
            target=f"{room}.{self.noun}",
            doc=f"The object, where it is a {self.noun}.",
            zh=f"被计数的对象(类型为 {self.noun} 时)",
            many=False,
            by="id",
            source=self.source,
            name=snake(self.noun),
            column=self.column,
        )


def counts(metric: str, noun: str) -> Callable[[Callable[[Row], Tally]], Count]:
    """Declare the decorated function as what rows of a noun of the same room count for."""

    def make(tally: Callable[[Row], Tally]) -> Count:
        return Count(metric, noun, tally, Source.caller())

    return make
