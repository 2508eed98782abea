"""What the database holds: which row an edge leads to, whoever may know of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub.model.field import EdgeSpec, FieldSpec
from hub.model.filters import Comparison, Filter
from hub.model.registry import Noun, Registry
from hub.model.types import CITY_TIME, Fen, camel
from tests.access.table.rows import World
from tests.make import Row


@dataclass(frozen=True)
class Truth:
    """The rows as stored, by the names of the declarations."""

    registry: Registry
    world: World

    def row(self, noun: str, key: str) -> Row:
        return self.world.stored[noun][UUID(key.partition(":")[2])]

    def behind(self, noun: Noun, key: str, spec: EdgeSpec) -> list[str]:
        """The ids of the rows that an edge of a row leads to, hidden ones among them."""
        target = self.registry.target(spec)
        back = target.edges[camel(spec.by)] if spec.many else spec
        near, far = (back.by, back.column) if spec.many else (back.column, back.by)
        value = self.row(noun.name, key)[near]
        rows = self.world.stored[target.name].items()
        return sorted(
            f"{target.name}:{key}"
            for key, row in rows
            if value is not None and row[far] == value and self._is_among(spec, row)
        )

    @staticmethod
    def _is_among(spec: EdgeSpec, row: Row) -> bool:
        """A commitment that is not asked for with a year shows the objects of the running one."""
        by_year = spec.target == "cooperation.CountedObject" and spec.by == "commitment"
        return not by_year or bool(row["year"] == datetime.now(CITY_TIME).year)

    def column(self, noun: Noun, spec: FieldSpec | EdgeSpec) -> str:
        """The name in the database, which a declaration may have changed."""
        attribute = spec.column if isinstance(spec, EdgeSpec) else spec.name
        return str(noun.table.c[attribute].name)

    def stored(self, noun: Noun, key: str, spec: FieldSpec | EdgeSpec) -> Any:
        return self.row(noun.name, key)[self.column(noun, spec)]

    def comparison(self, noun: Noun, key: str, given: Filter) -> Any:
        """A value with which the filter finds this row; None where nothing is stored."""
        stored = self.stored(noun, key, given.spec)
        if given.comparison is Comparison.IS_NULL:
            return stored is None
        if isinstance(stored, list):
            stored = stored[0] if stored else None
        if stored is None:
            return None
        value = written(given.spec, stored)
        return [value] if given.comparison is Comparison.IN else value


def written(spec: FieldSpec | EdgeSpec, value: Any) -> Any:
    """A value as a variable of the API holds it."""
    if isinstance(spec, EdgeSpec):
        return f"{spec.target.split('.')[1]}:{value}" if spec.by == "id" else value
    if spec.python_type is Fen or isinstance(value, UUID | Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def readable(values: Iterable[str]) -> str:
    return json.dumps(sorted(values))
