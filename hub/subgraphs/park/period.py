"""Period: a stretch of time that a caller asks about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import TSTZRANGE

from hub.model.field import Expression
from hub.model.operation import Doc, Input


class Period(Input):
    """A stretch of time, from an instant up to and not including another. 时间段(左闭右开)"""

    from_: Annotated[datetime, Doc("First instant of it.", "起始时间")]
    until: Annotated[datetime, Doc("First instant after it.", "结束时间")]


def time_range(period: Any) -> ColumnElement[Any]:
    """The period as PostgreSQL's range; empty, and so overlapping nothing, when it runs backwards.

    A plain `tstzrange` would fail on such input inside the statement.
    """
    return func.tstzrange(period.from_, func.greatest(period.from_, period.until), type_=TSTZRANGE)


def first_instant(column: str) -> Expression:
    """The first instant of a period that a row keeps."""
    return lambda row: func.lower(getattr(row, column))


def instant_after(column: str) -> Expression:
    """The first instant after a period that a row keeps."""
    return lambda row: func.upper(getattr(row, column))
