"""All rows of the database in memory, as plain dictionaries."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import asyncpg

from tests.oracle.shapes import NOUNS

Row = dict[str, Any]


class Memory:
    """The rows of every noun; a list of rows is found by noun, column and value."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.rows = rows
        self._found: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def where(self, noun: str, column: str, value: Any) -> list[Row]:
        """Rows whose column has the value; null equals nothing."""
        if (noun, column) not in self._found:
            index = defaultdict(list)
            for row in self.rows[noun]:
                index[row[column]].append(row)
            self._found[noun, column] = dict(index)
        return [] if value is None else self._found[noun, column].get(value, [])

    def one(self, noun: str, column: str, value: Any) -> Row | None:
        """The row whose unique column has the value."""
        found = self.where(noun, column, value)
        assert len(found) <= 1, f"{noun}.{column} is not unique"
        return found[0] if found else None


async def load(connection: asyncpg.Connection) -> Memory:
    """Everything that is stored; JSON columns come as the text that PostgreSQL writes."""
    rows = {}
    for name, noun in NOUNS.items():
        found = await connection.fetch(f"SELECT * FROM {noun.table}")
        rows[name] = [dict(row) for row in found]
    return Memory(rows)


def opened(noun: str, text: Any) -> UUID | None:
    """The key inside `Type:uuid`; None for another type's id or a malformed one."""
    name, colon, key = str(text).partition(":")
    if name != noun or not colon or len(key) != 36:
        return None
    try:
        return UUID(key)
    except ValueError:
        return None


def type_of(text: Any) -> str:
    """The type part of an id; empty when it has none."""
    name, colon, _ = str(text).partition(":")
    return name if colon else ""
