"""How a commitment stands in the year that it is looked at; what is asked of measures by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from tests.oracle.memory import Memory, Row
from tests.oracle.values import SHANGHAI, shown

FIRST_YEAR = 2025
SAID = {"Commitment": "year"}
"""Nouns whose rows look at an argument of the list that they were found in."""

WHY = {
    "ROOM_NOT_JOINED": (
        "应计对象所属业务尚未接入本平台",
        "The objects that count are kept by a room that has not joined the hub yet.",
    ),
    "NO_DATE_GIVEN": (
        "尚未建立,且文件未规定期限",
        "It does not exist yet, and the document gives no date by which it must.",
    ),
    "NO_FREQUENCY_GIVEN": (
        "文件未规定频次或数量,仅展示数值",
        "The document does not say how often or how many; the value is shown.",
    ),
    "NO_PERIOD_BEFORE": (
        "上一期间本平台无计数,无法比较",
        "The hub counted nothing in the period before, with which to compare.",
    ),
}


def this_year() -> int:
    """By the database's own clock."""
    return datetime.now(UTC).astimezone(SHANGHAI).year


def year(_: Memory, commitment: Row) -> int:
    said: int | None = commitment.get("said year")
    return this_year() if said is None else said


def with_said(noun: str, row: Row, arguments: dict[str, Any]) -> Row:
    """The row with the argument that its fields look at."""
    name = SAID.get(noun)
    return row if name is None else {**row, f"said {name}": arguments.get(name)}


def _measured(column: str, kind: str) -> Callable[[Memory, Row], Any]:
    def look_up(memory: Memory, commitment: Row) -> Any:
        wanted = year(memory, commitment)
        for row in memory.where("Measurement", "commitment_key", commitment["key"]):
            if row["year"] == wanted:
                return shown(kind, row[column])
        return None

    return look_up


def _why(place: int) -> Callable[[Memory, Row], Any]:
    reason = _measured("reason", "String")

    def look_up(memory: Memory, commitment: Row) -> Any:
        code = reason(memory, commitment)
        return None if code is None else WHY[code][place]

    return look_up


COMPUTED = {
    ("Commitment", "year"): year,
    ("Commitment", "value"): _measured("value", "Decimal"),
    ("Commitment", "status"): _measured("status", "String"),
    ("Commitment", "asOf"): _measured("as_of", "Date"),
    ("Commitment", "reason"): _measured("reason", "String"),
    ("Commitment", "reasonZh"): _why(0),
    ("Commitment", "reasonEn"): _why(1),
}


def among(noun: str, edge: str, memory: Memory, row: Row, behind: Row) -> bool:
    """Whether an edge leads to a row that its key leads to."""
    if (noun, edge) == ("Commitment", "evidence"):
        return bool(behind["year"] == year(memory, row))
    return True


def commitments(_memory: Memory, _row: Row, arguments: dict[str, Any]) -> bool:
    """The argument `year` of the list of commitments."""
    said = arguments.get("year")
    return said is None or FIRST_YEAR <= said <= this_year()


def versions(_: Memory, row: Row, arguments: dict[str, Any]) -> bool:
    """The argument `asOf` of the list of versions."""
    said = arguments.get("asOf")
    return said is None or _holds(row, date.fromisoformat(said))


def policies(memory: Memory, row: Row, arguments: dict[str, Any]) -> bool:
    """The argument `asOf` of the list of measures."""
    said = arguments.get("asOf")
    found = memory.where("PolicyVersion", "policy_key", row["key"])
    return said is None or any(_holds(version, date.fromisoformat(said)) for version in found)


def _holds(version: Row, day: date) -> bool:
    since, until = version["effective_from"], version["effective_to"]
    begun, over = since is None or since <= day, until is not None and until <= day
    return version["state"] == "PUBLISHED" and begun and not over
