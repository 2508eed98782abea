"""How stored values look in an answer, and how given ones are read back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shown(type_name: str, value: Any) -> Any:
    """A column's value as the field of this GraphQL type shows it."""
    if value is None:
        return None
    match type_name:
        case "Fen" | "UUID":
            return str(value)
        case "Decimal":
            return format(value, "f")
        case "Date":
            return value.isoformat()
        case "DateTime":
            return instant(value)
        case "JSON":
            return orjson.Fragment(value)
    return [shown(type_name, one) for one in value] if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def instant(value: datetime) -> str:
    """ISO 8601 in Shanghai's time, without zeros at the end of a fraction."""
    text = value.astimezone(SHANGHAI).isoformat()
    if not value.microsecond:
        return text
    return text[:19] + text[19:26].rstrip("0") + text[26:]


def read(type_name: str, given: Any) -> Any:
    """A given scalar as the column holds it."""
    if given is None:
        return None
    match type_name:
        case "Fen":
            return int(given)
        case "Date":
            return date.fromisoformat(given)
        case "DateTime":
            return datetime.fromisoformat(given)
        case "Decimal":
            return Decimal(str(given))
    return given


def json_key(value: Any) -> str:
    """A key inside a cursor, as PostgreSQL writes it into a JSON array."""
    if isinstance(value, datetime):
        value = instant(value)
    elif isinstance(value, date | UUID):
        value = str(value)
    return orjson.dumps(value).decode()
