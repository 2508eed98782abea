"""PolicyVersion: what a measure said from one day to another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ColumnElement, UniqueConstraint, and_, or_, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from hub.model.access import Caller, Row, constant
from hub.model.codes import MeasureStatus
from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import Conditions, Doc, read
from hub.model.states import States
from hub.model.types import Json
from hub.subgraphs.policy.rules import Scope, VersionState, published_version

LIFE = States(
    {
        VersionState.DRAFT: [VersionState.PUBLISHED],
        VersionState.PUBLISHED: [VersionState.SUPERSEDED, VersionState.REPEALED],
    }
)


class PolicyVersion(
    Entity,
    life=LIFE,
    scope=Scope.policy_read,
    rows=published_version,
    keys=("key",),
    plural="policy_versions",
    zh="政策版本",
):
    """A measure as it was written from one day to another.

    An application is decided by the version that was in effect when it was handed in. Versions of
    one measure do not overlap in time; an open end is null. A parameter that no department has set
    is null.
    """

    __table_args__ = (
        UniqueConstraint("policy_key", "no"),
        CheckConstraint("no >= 1", name="no_positive"),
        CheckConstraint("key = policy_key || '/' || no", name="key_is_policy_and_no"),
        CheckConstraint("effective_from < effective_to", name="period_order"),
        ExcludeConstraint(
            ("policy_key", "="),
            (text("daterange(effective_from, effective_to)"), "&&"),
            name="ex_policy_version_in_effect_once",
            where=text("state = 'PUBLISHED'"),
        ),
    )

    key: Mapped[str] = field(
        doc="Key of the measure and number: `home-purchase/1`.",
        zh="政策标识与版本号",
        unique=True,
        filter=True,
        sort=True,
    )
    no: Mapped[int] = field(doc="Number of the version, from 1.", zh="版本号", filter=True)
    status: Mapped[MeasureStatus] = field(
        doc="Whether the measure existed or was promised in this version.",
        zh="措施状态",
        filter=True,
    )
    effective_from: Mapped[date | None] = field(
        doc="First day in effect; null when the document gives none.", zh="生效日期"
    )
    effective_to: Mapped[date | None] = field(
        doc="First day no longer in effect; null without an end.", zh="失效日期"
    )
    parameters: Mapped[Json] = field(
        doc="Parameters by name; one that is null was not set by any department.",
        zh="参数(未设定时为空)",
        server_default="{}",
    )
    state: Mapped[VersionState] = field(
        doc="Where its record stands in its life.", zh="状态", filter=True, server_default="DRAFT"
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    policy = edge("Policy", by="key", filter=True, doc="The measure.", zh="所属政策")
    document = edge(
        "PolicyDocument",
        by="key",
        filter=True,
        doc="The document that the version was taken from.",
        zh="来源文件",
    )
    clauses = edges("Clause", by="policy_version", doc="Its clauses.", zh="条款")


def in_effect(version: Any, day: Any) -> ColumnElement[bool]:
    """Whether a version holds on a day; without a beginning or an end it is open there."""
    return and_(
        or_(version.effective_from.is_(None), version.effective_from <= day),
        or_(version.effective_to.is_(None), day < version.effective_to),
    )


@read("PolicyVersion")
def policy_versions(
    row: Row,
    caller: Caller,  # noqa: ARG001  # the form of a read
    as_of: Annotated[
        date | None, Doc("Only those that are published and in effect on this day.", "有效日期")
    ],
) -> Conditions:
    """Versions of measures, or those of a day."""
    if as_of is not None:
        yield row.state == constant(VersionState.PUBLISHED)
        yield in_effect(row, as_of)
