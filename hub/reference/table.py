"""What a record of a file becomes: a row for a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class IdOf:
    """Stands for the id of another table's row, told by its `key`."""

    table: str
    key: str


@dataclass(frozen=True)
class Table:
    """Rows for one table; `key` are the columns that tell one record from another."""

    name: str
    key: tuple[str, ...]
    rows: tuple[Row, ...]
