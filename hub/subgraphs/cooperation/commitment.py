"""Commitment: what the city promised, in a form that can be measured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import ColumnElement, Integer, Select, case, literal_column, null, select
from sqlalchemy.orm import Mapped

from hub.model.access import Caller, Row, constant
from hub.model.codes import Lifecycle, RightsDirection
from hub.model.entity import Entity
from hub.model.field import Expression, derived, edge, edges, field
from hub.model.operation import Conditions, Doc, extend, read
from hub.model.types import Json
from hub.subgraphs.cooperation.counted_object import FIRST_YEAR, THIS_YEAR
from hub.subgraphs.cooperation.measured import (
    CommitmentKind,
    CommitmentPeriod,
    CommitmentStatus,
    CommitmentValue,
    NotMeasurable,
)
from hub.subgraphs.cooperation.measurement import Measurement
from hub.subgraphs.cooperation.rules import Scope


def _year(row: Row) -> ColumnElement[Any]:
    """The year that the list was asked for, else the one that it is."""
    said = row.said("year")
    return literal_column(f"({THIS_YEAR})", Integer()) if said is None else said


def _measurement(row: Row) -> Select[Any]:
    """The measurement of that year."""
    measurement = Measurement.__table__.alias()
    return select(measurement).where(
        measurement.c.commitment_key == row.key, measurement.c.year == _year(row)
    )


def _in_words(language: str) -> Expression:
    """The reason as a sentence."""

    def expression(measurement: Row) -> ColumnElement[Any]:
        words = {code: getattr(code, language) for code in NotMeasurable}
        whens: list[tuple[Any, Any]] = [
            (
                measurement.reason == constant(code),
                literal_column("'" + text.replace("'", "''") + "'"),
            )
            for code, text in words.items()
        ]
        return case(*whens, else_=null())

    return expression


def _of_that_year(commitment: Row, counted: Row) -> ColumnElement[bool]:
    return counted.year == _year(commitment)


class Commitment(
    Entity, scope=Scope.commitment_read, keys=("key",), plural="commitments", zh="承诺事项"
):
    """A promise of the city, with its exact words and what is counted of it.

    Value, status and evidence are those of the year that the list is asked for, and of the running
    year where a commitment is come to by another way. They are computed when they are read: what is
    confirmed a moment ago counts. Reported figures are never mixed with counted ones; see
    `reportedFacts`.
    """

    key: Mapped[str] = field(
        doc="Key, C01 to C20.", zh="承诺编号", unique=True, filter=True, sort=True
    )
    section: Mapped[str] = field(doc="Section of the document.", zh="出处章节", filter=True)
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文标题")
    title_en: Mapped[str] = field(doc="Title in English.", zh="英文标题")
    quote_zh: Mapped[str] = field(doc="The exact words of the document.", zh="原文")
    kind: Mapped[CommitmentKind] = field(
        doc="What kind of promise it is.", zh="承诺类型", filter=True
    )
    period: Mapped[CommitmentPeriod] = field(
        doc="For which time it is promised.", zh="考核期间", filter=True
    )
    metric: Mapped[str] = field(
        doc="What is counted: the room that has the objects, and what of them.", zh="计数指标"
    )
    valued_by: Mapped[CommitmentValue] = field(
        doc="What makes a number of the objects.", zh="数值算法"
    )
    target: Mapped[Json | None] = field(
        doc="The number promised, the list to be covered, or the caps; null where none is given.",
        zh="目标(未给出时为空)",
    )
    unit_zh: Mapped[str] = field(doc="Unit of value and target, in Chinese.", zh="中文单位")
    unit_en: Mapped[str] = field(doc="Unit of value and target, in English.", zh="英文单位")
    gap_zh: Mapped[str | None] = field(
        doc="What the document does not say, in Chinese.", zh="文件未说明之处"
    )
    gap_en: Mapped[str | None] = field(
        doc="What the document does not say, in English.", zh="文件未说明之处(英文)"
    )
    assumption_zh: Mapped[str | None] = field(
        doc="What the hub assumes in counting, in Chinese.", zh="平台计数假设"
    )
    assumption_en: Mapped[str | None] = field(
        doc="What the hub assumes in counting, in English.", zh="平台计数假设(英文)"
    )
    rights_direction: Mapped[RightsDirection | None] = field(
        doc="Direction of rights: the sub-heading that it stands under.",
        zh="权益保障方向",
        filter=True,
    )
    lifecycle: Mapped[Lifecycle | None] = field(
        doc="Stage of the chain that it serves, as the hub sorts it.",
        zh="引育留用环节(平台归类)",
        filter=True,
    )
    year: Mapped[int] = derived(_year, doc="The year of value, status and evidence.", zh="年度")
    value: Mapped[Decimal | None] = derived(
        attrgetter("value"),
        beside=_measurement,
        doc="The number counted in that year; null when there is none.",
        zh="该年度数值",
    )
    status: Mapped[CommitmentStatus | None] = derived(
        attrgetter("status"),
        beside=_measurement,
        doc="How it stands in that year.",
        zh="该年度状态",
    )
    as_of: Mapped[date | None] = derived(
        attrgetter("as_of"), beside=_measurement, doc="Day on which it stands so.", zh="截至日期"
    )
    reason: Mapped[NotMeasurable | None] = derived(
        attrgetter("reason"),
        beside=_measurement,
        doc="Why no status can be derived.",
        zh="无法衡量的原因",
    )
    reason_zh: Mapped[str | None] = derived(
        _in_words("zh"),
        beside=_measurement,
        doc="The reason as a sentence, in Chinese.",
        zh="无法衡量的原因说明",
    )
    reason_en: Mapped[str | None] = derived(
        _in_words("doc"),
        beside=_measurement,
        doc="The reason as a sentence, in English.",
        zh="无法衡量的原因(英文)",
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    policy = edge(
        "policy.Policy",
        by="key",
        required=False,
        filter=True,
        doc="The measure that it is about; null where it is about none.",
        zh="相关政策",
    )
    evidence = edges(
        "CountedObject",
        by="commitment",
        among=_of_that_year,
        doc="The objects counted in that year.",
        zh="该年度被计数对象",
    )
    measurements = edges("Measurement", by="commitment", doc="How it stood.", zh="历年测算")


@read("Commitment")
def commitments(
    row: Row,  # noqa: ARG001  # the form of a read
    caller: Caller,  # noqa: ARG001  # the form of a read
    year: Annotated[
        int | None,
        Doc(
            "The year of value, status and evidence, from 2025 to the running one, which it is"
            " unless given; any other has no commitment.",
            "年度(2025 年至本年,默认本年)",
        ),
    ],
) -> Conditions:
    """What the city promised, and how it stands in a year."""
    if year is not None:
        yield literal_column(str(FIRST_YEAR), Integer()) <= year
        yield literal_column(f"({THIS_YEAR})", Integer()) >= year


policy_commitments = extend(
    "policy.Policy",
    commitments=edges(
        "cooperation.Commitment",
        by="policy",
        scope=Scope.commitment_read,
        doc="What the city promised about it.",
        zh="相关承诺",
    ),
)
