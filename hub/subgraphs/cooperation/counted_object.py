"""CountedObject: one object that a commitment's number was counted from in a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    Select,
    Text,
    cast,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped

from hub.kit.sql import DIALECT
from hub.model.access import Row
from hub.model.count import Count
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.subgraphs.cooperation.rules import Scope

if TYPE_CHECKING:
    from hub.model.registry import Registry

FIRST_YEAR = 2025
"""The year of the document that made the promises."""

TODAY = "(hub_now() AT TIME ZONE 'Asia/Shanghai')::date"
THIS_YEAR = f"extract(year FROM {TODAY})::integer"


def _counted(registry: Registry) -> str:
    """What the rooms offer, with the commitment that it counts for and each year that it touches.

    Each count's SELECT asks first for whose metric it is, so that for a commitment only its own is
    run: joined behind their union, all would be, for each of the twenty.
    """
    nouns = {count.column: count.noun for count in registry.counts.values()}
    objects = "".join(
        f", CASE WHEN offered.kind = '{noun}' THEN object END AS {column}"
        for column, noun in nouns.items()
    )
    return f"""
        SELECT md5(concat_ws('/', promise.key, year, offered.kind, object))::uuid AS id,
            promise.key AS commitment_key, year, offered.kind,
            concat(offered.kind, ':', object) AS object_id,
            since, until, amount, member, shared_with,
            md5(concat_ws('/', promise.key, year))::uuid AS measurement_id{objects}
        FROM cooperation.commitment AS promise
        CROSS JOIN LATERAL ({_offered(registry)}) AS offered
        JOIN generate_series({FIRST_YEAR}, {THIS_YEAR}) AS year
            ON (since IS NULL OR since < make_date(year + 1, 1, 1) AND since <= {TODAY})
                AND (until IS NULL OR until > make_date(year, 1, 1))
    """


def _offered(registry: Registry) -> str:
    found = union_all(*(_of_count(registry, count) for count in registry.counts.values()))
    return str(found.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def _of_count(registry: Registry, count: Count) -> Select[Any]:
    table: FromClause = registry.nouns[count.noun].table.alias("counted")
    tally = count.tally(Row(table))

    def column(
        name: str, kind: Any, value: ColumnElement[Any] | None, unless: str = "NULL"
    ) -> ColumnElement[Any]:
        return cast(literal_column(unless) if value is None else value, kind).label(name)

    return select(
        literal_column(f"'{count.noun}'", Text()).label("kind"),
        table.c.id.label("object"),
        column("since", Date(), tally.since),
        column("until", Date(), tally.until),
        column("amount", Numeric(), tally.amount, "1"),
        column("member", Text(), tally.member),
        column("shared_with", ARRAY(Text()), tally.shared_with, "'{}'"),
    ).where(literal_column(f"promise.metric = '{count.metric}'"), tally.where)


class CountedObject(
    Entity,
    scope=Scope.commitment_read,
    plural="counted_objects",
    view=_counted,
    zh="被计数对象",
):
    """An object that counts for a commitment in a year: what a number can be checked by.

    Rooms offer their objects by declaring a count; the edge named after the object's kind leads to
    it, under the rules of its own room. An object that two cities share counts once in the report
    of each.
    """

    year: Mapped[int] = field(doc="The year that it counts in.", zh="计入年度", filter=True)
    kind: Mapped[str] = field(doc="Type of the object, such as Park.", zh="对象类型")
    object_id: Mapped[str] = field(
        doc="The object's id, for `node`; who may not see the object gets nothing by it.",
        zh="对象标识",
    )
    since: Mapped[date | None] = field(
        doc="Day from which it counts; null when none is known.", zh="起计日期", sort=True
    )
    until: Mapped[date | None] = field(
        doc="First day on which it no longer counts; null while it does.", zh="止计日期"
    )
    amount: Mapped[Decimal] = field(
        doc="For how much it counts, in the unit of the commitment.", zh="计数值"
    )
    member: Mapped[str | None] = field(
        doc="What of a listed set it covers, which of several caps applies, or its own kind.",
        zh="所属范围项",
    )
    shared_with: Mapped[list[str]] = field(
        doc="Codes of the cities that count the same object in their own reports.",
        zh="共同计入的城市",
    )

    commitment = edge("Commitment", by="key", filter=True, doc="What it counts for.", zh="所属承诺")
    measurement = edge("Measurement", doc="The measurement that it is part of.", zh="所属测算")
