"""Measurement: how a commitment stood in a year, computed from the objects counted (2.9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Mapped

from hub.model.access import Row
from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.subgraphs.cooperation.counted_object import FIRST_YEAR, THIS_YEAR, TODAY
from hub.subgraphs.cooperation.measured import CommitmentStatus, NotMeasurable
from hub.subgraphs.cooperation.rules import Scope

if TYPE_CHECKING:
    from hub.model.registry import Registry

_MEASURED = """
    SELECT md5(concat_ws('/', promise.key, year))::uuid AS id, promise.key AS commitment_key, year,
        period_from, period_to, least({today}, period_to - 1) AS as_of, elapsed_share, counted,
        value,
        CASE
            WHEN reason IS NOT NULL THEN 'NOT_MEASURABLE'
            WHEN kind = 'CEILING' THEN CASE WHEN above > 0 THEN 'MISSED' ELSE 'MET' END
            WHEN kind = 'PRESENCE' THEN 'MET'
            WHEN kind = 'DIRECTION' AND NOT is_over
                THEN CASE WHEN value > previous THEN 'ON_TRACK' ELSE 'BEHIND' END
            WHEN kind = 'DIRECTION' THEN CASE WHEN value > previous THEN 'MET' ELSE 'MISSED' END
            WHEN value >= goal THEN 'MET'
            WHEN is_over THEN 'MISSED'
            WHEN value / goal >= elapsed_share THEN 'ON_TRACK'
            ELSE 'BEHIND'
        END AS status,
        reason
    FROM cooperation.commitment AS promise
    CROSS JOIN generate_series({first_year}, {this_year}) AS promised (year)
    CROSS JOIN LATERAL (
        SELECT promise.metric = ANY ('{{{joined}}}'::text[]) AS has_joined,
            CASE jsonb_typeof(promise.target) WHEN 'array' THEN promise.target ELSE '[]' END
                AS listed,
            make_date(year, 1, 1) AS period_from,
            make_date(year + 1, 1, 1) AS period_to,
            {today} >= make_date(year + 1, 1, 1) AS is_over
    ) AS known
    CROSS JOIN LATERAL (
        SELECT CASE kind
                WHEN 'FLOOR' THEN (promise.target #>> '{{}}')::numeric
                WHEN 'COVERAGE' THEN jsonb_array_length(listed)::numeric
            END AS goal,
            CASE WHEN is_over THEN 1
                ELSE round(({today} - period_from)::numeric / (period_to - period_from), 4)
            END AS elapsed_share
    ) AS reckoned
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS counted, coalesce(sum(amount), 0) AS total,
            max(amount) AS greatest,
            round((percentile_cont(0.5) WITHIN GROUP (ORDER BY amount))::numeric) AS median,
            count(DISTINCT member) FILTER (WHERE listed @> to_jsonb(member))::numeric AS members,
            count(*) FILTER (WHERE amount > (
                SELECT min((cap ->> 'maxFen')::numeric) FROM jsonb_array_elements(listed) AS cap
                WHERE concat(cap ->> 'category', '/', cap ->> 'applicant') = member
            )) AS above
        FROM cooperation.counted_object AS object
        WHERE object.commitment_key = promise.key AND object.year = promised.year
    ) AS found
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT has_joined THEN NULL
            WHEN valued_by = 'SUM' THEN total
            WHEN valued_by = 'MEMBERS' THEN members
            WHEN valued_by = 'GREATEST' THEN greatest
            ELSE median
        END AS value
    ) AS valued
    CROSS JOIN LATERAL (
        SELECT sum(amount) AS previous FROM cooperation.counted_object AS object
        WHERE promise.kind = 'DIRECTION' AND object.commitment_key = promise.key
            AND object.year = promised.year - 1
    ) AS year_before
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT has_joined THEN 'ROOM_NOT_JOINED'
            WHEN kind = 'PRESENCE' AND period <> 'ONCE' THEN 'NO_FREQUENCY_GIVEN'
            WHEN kind = 'PRESENCE' AND counted = 0 THEN 'NO_DATE_GIVEN'
            WHEN kind = 'DIRECTION' AND previous IS NULL THEN 'NO_PERIOD_BEFORE'
        END AS reason
    ) AS judged
"""


def _measured(registry: Registry) -> str:
    """A row for each commitment and year from the document's on; each counts for itself."""
    return _MEASURED.format(
        today=TODAY,
        first_year=FIRST_YEAR,
        this_year=THIS_YEAR,
        joined=",".join(registry.counts),
    )


def _its_own(measurement: Row, counted: Row) -> ColumnElement[bool]:
    """Said by key and year, which lead to the count at once; the id would need every count."""
    return and_(
        counted.commitment_key == measurement.commitment_key, counted.year == measurement.year
    )


class Measurement(
    Entity, scope=Scope.commitment_read, plural="measurements", view=_measured, zh="承诺测算"
):
    """How a commitment stands, or stood, in a year: always computed, never typed in.

    FLOOR: MET from the target on; before the year is over ON_TRACK while value / target is no less
    than the share of the year that is over, else BEHIND; after it MISSED. COVERAGE is judged alike,
    by what is covered of the list. CEILING: MISSED when any object is above its cap. PRESENCE that
    is promised once: MET when it exists. DIRECTION: more than in the year before. Where the
    document gives no measure, it is NOT_MEASURABLE and `reason` says why.
    """

    year: Mapped[int] = field(doc="The year.", zh="年度", filter=True, sort=True)
    period_from: Mapped[date] = field(doc="First day of the period.", zh="期间起始日")
    period_to: Mapped[date] = field(doc="First day after the period.", zh="期间截止日(不含)")
    as_of: Mapped[date] = field(
        doc="Day on which it stands so: today, or the period's last day.", zh="截至日期"
    )
    elapsed_share: Mapped[Decimal] = field(
        doc="Share of the period that is over, 0 to 1.", zh="期间已过比例(0 至 1)"
    )
    counted: Mapped[int] = field(doc="How many objects were counted.", zh="计数对象数")
    value: Mapped[Decimal | None] = field(
        doc="The number that they make, in the commitment's unit; null when there is none.",
        zh="数值",
    )
    status: Mapped[CommitmentStatus] = field(doc="How it stands.", zh="状态", filter=True)
    reason: Mapped[NotMeasurable | None] = field(
        doc="Why no status can be derived; null where one is.", zh="无法衡量的原因"
    )

    commitment = edge("Commitment", by="key", filter=True, doc="What was promised.", zh="所属承诺")
    evidence = edges(
        "CountedObject",
        by="measurement",
        among=_its_own,
        doc="The objects counted.",
        zh="被计数对象",
    )
