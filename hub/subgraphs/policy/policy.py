"""Policy: a measure, in force or promised, with the words that it rests on."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from sqlalchemy import CheckConstraint, exists
from sqlalchemy.orm import Mapped

from hub.model.access import Caller, Row, constant
from hub.model.codes import Lifecycle, MeasureStatus, RightsDirection
from hub.model.entity import Entity
from hub.model.field import edges, field
from hub.model.operation import Conditions, Doc, read
from hub.model.types import Json
from hub.subgraphs.policy.rules import Basis, Scope, VersionState
from hub.subgraphs.policy.version import PolicyVersion, in_effect


class Policy(Entity, scope=Scope.policy_read, keys=("key",), plural="policies", zh="政策"):
    """A measure for returned talent, either in force or promised.

    Of a measure that is partly there already and partly promised, the whole counts as promised, and
    the words that report what exists stand beside it. What the document does not say is listed
    under `gaps`; nobody fills it in but a department.
    """

    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(also_reported_section, also_reported_quote_zh) IN (0, 2)",
            name="report_whole",
        ),
    )

    key: Mapped[str] = field(
        doc="Short key of the measure.", zh="政策标识", unique=True, filter=True, sort=True
    )
    title_zh: Mapped[str] = field(doc="Title in Chinese.", zh="中文标题", search=True)
    title_en: Mapped[str] = field(doc="Title in English.", zh="英文标题", search=True)
    status: Mapped[MeasureStatus] = field(
        doc="Whether it exists or is promised.", zh="措施状态", filter=True
    )
    section: Mapped[str] = field(doc="Section of the document.", zh="出处章节", filter=True)
    quote_zh: Mapped[str] = field(doc="The exact words of the document.", zh="原文")
    text_en: Mapped[str] = field(doc="The same in English.", zh="英文译文")
    also_reported_section: Mapped[str | None] = field(
        doc="Section that reports a part of a promised measure as existing.",
        zh="已有部分的出处章节",
    )
    also_reported_quote_zh: Mapped[str | None] = field(
        doc="The exact words that report that part.", zh="已有部分的原文"
    )
    rights_direction: Mapped[RightsDirection | None] = field(
        doc="Direction of rights: the sub-heading that it stands under.",
        zh="权益保障方向",
        filter=True,
    )
    lifecycle: Mapped[Lifecycle | None] = field(
        doc="Stage of the chain that it serves, as the hub sorts it; null where it is of several.",
        zh="引育留用环节(平台归类)",
        filter=True,
    )
    owners_zh: Mapped[list[str]] = field(
        doc="Departments that handle it.", zh="经办部门", server_default="{}"
    )
    owners_basis: Mapped[Basis | None] = field(
        doc="On what it rests who handles it; null where nobody is named.", zh="经办部门依据"
    )
    gaps: Mapped[Json] = field(
        doc="What the document does not say: a list of {text, textZh, affects}, where affects is"
        " VERDICT, AMOUNT or NOTE.",
        zh="文件未说明之处:{text, textZh, affects} 列表",
        server_default="[]",
    )
    source: Mapped[str] = field(doc="Where the record comes from.", zh="出处")

    versions = edges("PolicyVersion", by="policy", doc="Its versions.", zh="政策版本")


@read("Policy")
def policies(
    row: Row,
    caller: Caller,  # noqa: ARG001  # the form of a read
    as_of: Annotated[
        date | None,
        Doc(
            "Only measures with a version that is published and in effect on this day.", "有效日期"
        ),
    ],
) -> Conditions:
    """Measures, or those of a day."""
    if as_of is not None:
        version = PolicyVersion.__table__.alias()
        yield (
            exists()
            .where(
                version.c.policy_key == row.key,
                version.c.state == constant(VersionState.PUBLISHED),
                in_effect(version.c, as_of),
            )
            .correlate_except(version)
        )
