"""Which filters and orders an entity offers: the one list that schema and planner both read.

A filter is flat: the field's own name means equality, a suffix another comparison; `and`, `or` and
`not` combine filters. An order is a list of values such as `[SEATS_DESC, CODE_ASC]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.model.field import EdgeSpec, FieldSpec
from hub.model.types import Fen

if TYPE_CHECKING:
    from hub.model.registry import Noun

ORDERED = (int, date, datetime, Decimal, Fen, float)


class Comparison(StrEnum):
    """How a filter compares; the value is the suffix of its name."""

    EQ = ""
    IN = "In"
    GTE = "Gte"
    LTE = "Lte"
    IS_NULL = "IsNull"
    HAS = "Has"
    CONTAINS = "Contains"
    UNDER = "Under"  # offered under the edge's own name


@dataclass(frozen=True)
class Filter:
    """One filter of an entity: GraphQL name, what it looks at and how."""

    name: str
    comparison: Comparison
    spec: FieldSpec | EdgeSpec
    zh: str
    doc: str


_WORDS = {
    Comparison.EQ: ("equals the value", "等于"),
    Comparison.IN: ("is one of the values", "属于所列值"),
    Comparison.GTE: ("is the value or greater", "大于或等于"),
    Comparison.LTE: ("is the value or less", "小于或等于"),
    Comparison.IS_NULL: ("is unknown (true) or known (false)", "是否为空"),
    Comparison.HAS: ("contains the value", "包含该值"),
    Comparison.CONTAINS: ("contains the text, in any place and either case", "包含该文字"),
    Comparison.UNDER: ("is the division or lies below it", "为该行政区划或其下级"),
}


@lru_cache(maxsize=256)
def filters(noun: Noun) -> Mapping[str, Filter]:
    """All filters of an entity by name."""
    found: dict[str, Filter] = {}
    specs: dict[str, FieldSpec | EdgeSpec] = {**noun.fields, **noun.edges}
    for name, spec in specs.items():
        for comparison in _comparisons(spec):
            suffix = "" if comparison is Comparison.UNDER else comparison.value
            doc, zh = _WORDS[comparison]
            found[name + suffix] = Filter(
                name + suffix, comparison, spec, f"{spec.zh}{zh}", f"`{name}` {doc}."
            )
    return found


def _comparisons(spec: FieldSpec | EdgeSpec) -> list[Comparison]:
    if isinstance(spec, EdgeSpec):
        if spec.many or not spec.filter:
            return []
        own = [Comparison.UNDER] if spec.under else [Comparison.EQ]
        return [*own, Comparison.IN, *([] if spec.required else [Comparison.IS_NULL])]
    found: list[Comparison] = []
    if spec.filter and spec.many:
        found = [Comparison.HAS]
    elif spec.filter and spec.python_type is bool:
        found = [Comparison.EQ]
    elif spec.filter and spec.python_type in ORDERED:
        found = [Comparison.EQ, Comparison.IN, Comparison.GTE, Comparison.LTE]
    elif spec.filter:
        found = [Comparison.EQ, Comparison.IN]
    if spec.search:
        found.append(Comparison.CONTAINS)
    if spec.filter and spec.nullable and not spec.many:
        found.append(Comparison.IS_NULL)
    return found


@lru_cache(maxsize=256)
def orders(noun: Noun) -> Mapping[str, tuple[FieldSpec, bool]]:
    """Order values of an entity: `SEATS_DESC` -> (field, descending)."""
    found = {}
    for spec in noun.fields.values():
        if spec.sort or spec.name == "id":
            name = spec.name.strip("_").upper()
            found[f"{name}_ASC"] = (spec, False)
            found[f"{name}_DESC"] = (spec, True)
    return found
