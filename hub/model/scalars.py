"""The scalars of the API beyond GraphQL's own: names, descriptions, how input is read.

What a scalar is read as is what asyncpg wants for the column: int for Fen, datetime for DateTime.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NewType
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.types.scalar import ScalarDefinition

from hub.model.types import Fen, Json

INT64 = 2**63


@dataclass(frozen=True)
class Scalar:
    """A custom scalar: the Python type of fields that show it, and how a literal is read."""

    name: str
    python_type: Any
    doc: str
    zh: str
    read: Callable[[Any], Any]

    def definition(self) -> ScalarDefinition:
        return strawberry.scalar(
            name=self.name,
            description=f"{self.doc}\n\n{self.zh}",
            serialize=lambda value: value,
            parse_value=self.read,
        )


def read_fen(value: Any) -> int:
    """`"30000000"` -> 30000000; a GraphQL Int is taken too. ValueError outside 64 bits."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("Fen is a whole number of fen written as a string.")
    if isinstance(value, str) and not value.removeprefix("-").isascii():
        raise ValueError("Fen is written in the digits 0 to 9.")
    try:
        number = int(value) if not isinstance(value, str) or value.strip() == value else None
    except ValueError:
        number = None
    if number is None or "_" in str(value):
        raise ValueError("Fen is a whole number of fen written as a string.")
    if not -INT64 <= number < INT64:
        raise ValueError("Fen has at most 64 bits.")
    return number


def read_date_time(value: Any) -> datetime:
    """RFC 3339 with an offset; without one the instant would be a guess."""
    if not isinstance(value, str) or not (form := _RFC_3339.fullmatch(value)):
        raise ValueError("DateTime is written like 2026-03-01T09:00:00+08:00.")
    if not form["offset"]:
        raise ValueError("DateTime needs an offset, such as +08:00 or Z.")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("DateTime is written like 2026-03-01T09:00:00+08:00.") from None
    if not 1 < instant.year < 9999:
        raise ValueError("DateTime lies between the years 2 and 9998.")
    return instant


_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?(?P<offset>[Zz]|[+-]\d\d:\d\d(:\d\d)?)?",
    re.ASCII,
)
"""Seconds may be left out, as people write a time; nothing else of ISO 8601 is taken."""


def read_date(value: Any) -> date:
    """A legal date, `2026-03-01`."""
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("Date is written like 2026-03-01.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("Date is written like 2026-03-01.") from None
    if not 1 < day.year < 9999:  # the driver sends the outermost days as infinity
        raise ValueError("Date lies between the years 2 and 9998.")
    return day


def read_duration(value: Any) -> timedelta:
    """ISO 8601 in days, hours, minutes and seconds; a month has no fixed length."""
    try:
        if not isinstance(value, str) or not value.startswith("P"):
            raise ValueError
        return _DURATION.validate_python(value)
    except (ValueError, OverflowError):
        raise ValueError("Duration is written like PT15M or P1DT2H.") from None


_DURATION = TypeAdapter(timedelta)


def read_decimal(value: Any) -> Decimal:
    """An exact, finite decimal."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("Decimal is written like 0.25.") from None
    if not number.is_finite() or isinstance(value, bool) or abs(number.adjusted()) > 100:
        raise ValueError("Decimal is a finite number.")
    return number


SCALARS = (
    Scalar(
        "Fen",
        Fen,
        "Money in fen (1 CNY = 100 fen), as a string since Int has 32 bits.",
        "金额(分),以字符串表示",
        read_fen,
    ),
    Scalar(
        "DateTime",
        datetime,
        "Instant, RFC 3339 with offset; shown in +08:00.",
        "时间(RFC 3339,按东八区显示)",
        read_date_time,
    ),
    Scalar("Date", date, "Legal date in Asia/Shanghai.", "日期(北京时间)", read_date),
    Scalar(
        "Duration",
        timedelta,
        "Length of time, ISO 8601 without years and months: PT15M, P1DT2H.",
        "时长(ISO 8601,不含年月)",
        read_duration,
    ),
    Scalar("Decimal", Decimal, "Exact decimal, as a string.", "精确小数,字符串形式", read_decimal),
    Scalar("JSON", Json, "A JSON document.", "JSON 文档", lambda value: value),
)

ANNOTATIONS: dict[Any, Any] = {
    str: str,
    int: int,
    bool: bool,
    float: float,
    UUID: strawberry.ID,
    **{scalar.python_type: NewType(f"{scalar.name}Scalar", object) for scalar in SCALARS},
}
"""Python type of a field -> the annotation that strawberry shows it by."""
