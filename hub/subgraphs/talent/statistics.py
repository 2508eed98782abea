"""TalentStatistic: how many talents there are, cell by cell, counted by recurring work.

Dimensions are fixed and nobody filters what is counted. A cell of fewer than ten is not told, nor
is the smallest other one where a single cell was left out, since the sum of another dimension would
tell it. Figures are of one moment a day, so that nobody sees what one person more or less changes.

It does not protect against who knows of all in a cell but one, nor against comparing days over a
long time: so the figures are for those who hold the scope, and not for the public.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from hub.model.action import Ctx
from hub.model.entity import Entity
from hub.model.field import field
from hub.model.job import job
from hub.model.types import Choice, Visibility
from hub.subgraphs.talent.rules import Scope

SMALLEST = 10
"""Of a cell with fewer persons no number is told; the database's function says the same."""


class Dimension(Choice):
    """By what talents are counted. 统计维度"""

    DEGREE = "DEGREE", "Highest degree.", "最高学位"
    TERRITORY = "TERRITORY", "Country or region of a degree's institution.", "学位授予国家和地区"
    INDUSTRY = "INDUSTRY", "Industry looked for; a talent may count in several.", "意向行业"
    DIVISION = "DIVISION", "Division of residence.", "居住地行政区划"


class TalentStatistic(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.talent_read_basic,
    plural="talent_statistics",
    zh="人才统计",
):
    """The number of talents in one cell of one dimension, once a day; no person is released."""

    __table_args__ = (
        UniqueConstraint("dimension", "value"),
        CheckConstraint(f"people >= {SMALLEST}", name="small_cells_untold"),
        CheckConstraint("suppressed = (people IS NULL)", name="suppressed_untold"),
    )

    dimension: Mapped[Dimension] = field(doc="By what.", zh="统计维度", filter=True, sort=True)
    value: Mapped[str] = field(
        doc="Code of the cell: a degree, ISO 3166-1, a section of GB/T 4754, or GB/T 2260; UNKNOWN"
        " where nothing is known.",
        zh="分类代码(未知为 UNKNOWN)",
        filter=True,
        sort=True,
    )
    people: Mapped[int | None] = field(
        doc="How many talents; null where it is not told.", zh="人数(抑制时为空)", sort=True
    )
    suppressed: Mapped[bool] = field(
        doc="Whether the number is not told because the cell, or one beside it, is small.",
        zh="是否因人数过少而抑制",
        filter=True,
    )
    counted_at: Mapped[datetime] = field(
        doc="When it was last counted; the version is raised only when another figure came of it.",
        zh="最近统计时间",
        server_default=func.now(),
    )


STATISTIC = TalentStatistic.__table__
_counted = func.talent.counted_statistics().table_valued(
    "dimension", "value", "people", "suppressed", "synthetic", name="counted"
)
_key = tuple_(STATISTIC.c.dimension, STATISTIC.c.value)
_insert = insert(STATISTIC).from_select(
    ["dimension", "value", "people", "suppressed", "synthetic"],
    select(*_counted.c),
    include_defaults=False,
)
_COUNT = _insert.on_conflict_do_update(
    index_elements=["dimension", "value"],
    set_={
        "people": _insert.excluded.people,
        "suppressed": _insert.excluded.suppressed,
        "version": STATISTIC.c.version + 1,
        "updated_at": func.now(),
        "change_xid": func.pg_current_xact_id(),
    },
    where=or_(STATISTIC.c.people.is_distinct_from(_insert.excluded.people)),
)
_GONE = delete(STATISTIC).where(_key.not_in(select(_counted.c.dimension, _counted.c.value)))
_SEEN = update(STATISTIC).values(counted_at=func.hub_now())


@job(every=timedelta(days=1))
async def count_talents(ctx: Ctx) -> bool:
    """Count the talents anew; a cell that nobody is in any more goes."""
    await ctx.cascade(_COUNT)
    await ctx.cascade(_GONE)
    await ctx.rows(_SEEN)  # no change: a copy without it is as good
    return False
