"""Value types that fields are declared with, beyond Python's own.

Units (handbook 2.3): money is integer fen, area integer cm2, time an instant with offset, legal
dates in Asia/Shanghai, rates decimals in [0, 1].
"""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Self
from zoneinfo import ZoneInfo

Fen = NewType("Fen", int)
"""Money in fen (1 CNY = 100 fen). 64 bits here, a string in GraphQL, whose Int has 32 bits."""

Json = NewType("Json", dict)  # type: ignore[type-arg]  # NewType takes no type arguments
"""A JSON document, shown as the custom scalar JSON."""


class Choice(StrEnum):
    """A closed list of codes, each with its meaning in English and Chinese.

    Members are written `DESK = "DESK", "A single desk.", "工位"`, the docstring as that of
    `words_of`; with one text only (`DESK = "DESK"`) the registry refuses the enumeration, since
    people read these words.
    Stored as TEXT with a CHECK: comparing a PostgreSQL enum is not leakproof, so that row-level
    policies would keep such a column out of index conditions.
    """

    doc: str
    zh: str

    def __new__(cls, value: str, doc: str = "", zh: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.doc = doc
        member.zh = zh
        return member

    @classmethod
    def values(cls) -> list[str]:
        """The codes in the order of declaration."""
        return [member.value for member in cls]


class Visibility(Choice):
    """How sensitive a row is, by the handbook's five classes. 敏感级别"""

    P0 = "P0", "Public.", "公开"
    P1 = "P1", "Partner business; no person.", "合作业务(不含个人信息)"
    P2 = "P2", "Internal.", "内部"
    P3 = "P3", "Personal information.", "个人信息"
    P4 = "P4", "Sensitive personal information; never leaves to a partner city.", "敏感个人信息"


CITY_TIME = ZoneInfo("Asia/Shanghai")


_CHINESE = re.compile("[\u3400-\u9fff]")


def words_of(kind: type[Any]) -> tuple[str, str]:
    """English and Chinese of a docstring that has both: `Kind of park. 园区类型`."""
    text = inspect.cleandoc(kind.__doc__ or "")
    found = _CHINESE.search(text)
    split = found.start() if found else len(text)
    return text[:split].strip(), text[split:].strip()


def city_time(moment: datetime) -> str:
    """An instant as the API writes it, in +08:00, as PostgreSQL's sessions show it too."""
    return moment.astimezone(CITY_TIME).isoformat()


def camel(name: str) -> str:
    """`free_seats` -> `freeSeats`: how a Python name is written in GraphQL."""
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def snake(name: str) -> str:
    """`FeeRelief` -> `fee_relief`: how a class is written as a table."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def optional(annotation: Any) -> tuple[Any, bool]:
    """Split `X | None` into (X, True); anything else into (itself, False)."""
    args = getattr(annotation, "__args__", ())
    if type(None) in args and len(args) == 2:
        return next(a for a in args if a is not type(None)), True
    return annotation, False


def listed(annotation: Any) -> tuple[Any, bool]:
    """Split `list[X]` into (X, True); anything else into (itself, False)."""
    if getattr(annotation, "__origin__", None) is list:
        return annotation.__args__[0], True
    return annotation, False
