"""Matter: what one department of a working group asks another, and how long the answer took."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    cast,
    func,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience, Row
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import derived, edge, field
from hub.model.operation import Doc, Input, Ref
from hub.model.states import States
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import MatterState, Scope, assigned, inside

LIFE = States({MatterState.OPEN: [MatterState.ANSWERED]})
LENGTH = 2_000


def minutes_between(asked: ColumnElement[Any], answered: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whole minutes."""
    minute: ColumnElement[Any] = literal_column("60")
    return cast(func.floor(func.extract("epoch", answered - asked) / minute), BigInteger())


def _elapsed(row: Row) -> ColumnElement[Any]:
    now = select(func.hub_now()).scalar_subquery()
    return cast(minutes_between(row.asked_at, func.coalesce(row.answered_at, now)), Integer())


class Matter(
    Entity,
    life=LIFE,
    visibility=Visibility.P2,
    scope=Scope.matter_read,
    rows=inside,
    plural="matters",
    zh="工作组事项",
):
    """A matter of a working group: asked by one department, to be answered by another.

    It is about how departments handle something, and names no person.
    """

    __table_args__ = (
        CheckConstraint(
            "(state = 'ANSWERED') = (answer IS NOT NULL)"
            " AND (state = 'ANSWERED') = (answered_at IS NOT NULL)",
            name="answer_whole",
        ),
        CheckConstraint("answered_at >= asked_at", name="answered_after_asking"),
    )

    question: Mapped[str] = field(doc="What is asked, about no person.", zh="事项内容(不含个人)")
    asked_at: Mapped[datetime] = field(doc="When it was asked.", zh="提出时间", sort=True)
    answer: Mapped[str | None] = field(doc="The answer, about no person.", zh="答复内容(不含个人)")
    answered_at: Mapped[datetime | None] = field(doc="When it was answered.", zh="答复时间")
    elapsed_minutes: Mapped[int] = derived(
        _elapsed,
        doc="Minutes from asking to the answer, or until now while there is none.",
        zh="用时(分钟)",
    )
    state: Mapped[MatterState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="OPEN"
    )

    working_group = edge("WorkingGroup", by="key", filter=True, doc="The group.", zh="所属工作组")
    asked_by = edge(
        "Organisation", by="key", filter=True, doc="The department that asks.", zh="提出单位"
    )
    assigned_to = edge(
        "Organisation", by="key", filter=True, doc="The department that answers.", zh="承办单位"
    )


MATTER = Matter.__table__


class AssignMatterInput(Input):
    """What to ask which department. 分派事项"""

    working_group: Annotated[str, Doc("Key of the working group.", "工作组标识")]
    assigned_to: Annotated[str, Doc("Key of the department that is to answer.", "承办单位标识")]
    question: Annotated[
        str, Doc("What is asked, at most 2000 characters, about no person.", "事项内容(不含个人)")
    ]
    idempotency_key: IdempotencyKey


class AnswerMatterInput(Input):
    """Which matter, and the answer. 答复事项"""

    id: Annotated[UUID, Ref("Matter"), Doc("The matter.", "事项")]
    answer: Annotated[
        str, Doc("The answer, at most 2000 characters, about no person.", "答复内容(不含个人)")
    ]
    expected_version: ExpectedVersion


class MatterPayload(Payload):
    """The matter as it stands now. 事项的当前状态"""

    matter: Annotated[UUID, Ref("Matter"), Doc("The matter.", "事项")]


_now = select(func.hub_now()).scalar_subquery()
_ASSIGN = insert(MATTER).values(
    working_group_key=given("working_group", Text()),
    asked_by_key=given("asked_by", Text()),
    assigned_to_key=given("assigned_to", Text()),
    question=given("question", Text()),
    asked_at=_now,
    synthetic=given("synthetic", MATTER.c.synthetic.type),
)
_ANSWER = (
    update(MATTER)
    .values(state=MatterState.ANSWERED.value, answer=given("answer", Text()), answered_at=_now)
    .where(MATTER.c.id == given("id", Uuid()))
)
_MEMBER = literal_column("organisation_key", Text())
_MEMBERS = (
    select(_MEMBER, literal_column("synthetic", Boolean()))
    .select_from(table("working_group_member", schema="cooperation"))
    .where(literal_column("working_group_key", Text()) == given("working_group", Text()))
)


@action("Matter", scope=Scope.matter_write, zh="分派事项")
async def assign_matter(ctx: Ctx, request: AssignMatterInput) -> MatterPayload:
    """Ask another department of the working group."""
    _check_text(request.question, "question")
    rows = await ctx.rows(_MEMBERS, working_group=request.working_group)
    members = {row["organisation_key"]: row["synthetic"] for row in rows}
    asking = [key for key in ctx.grant.departments if key in members]
    if ctx.grant.audience is not Audience.DEPARTMENT or not asking:
        raise OutOfBounds(
            "A token of a department of the group asks.",
            zh="须由工作组成员单位提出",
            field=("workingGroup",),
        )
    if request.assigned_to not in members:
        raise Missing(
            "There is no such department in the group.",
            zh="该单位不是工作组成员",
            field=("assignedTo",),
        )
    [row] = await ctx.change(
        _ASSIGN,
        working_group=request.working_group,
        asked_by=asking[0],
        assigned_to=request.assigned_to,
        question=request.question,
        synthetic=members[request.assigned_to],
    )
    return MatterPayload(matter=row["id"])


@action("Matter", scope=Scope.matter_write, zh="答复事项")
async def answer_matter(ctx: Ctx, request: AnswerMatterInput) -> MatterPayload:
    """Answer what another department asked; how long it took is published as a median."""
    row = await ctx.locked(
        Matter,
        request.id,
        "state",
        within=assigned,
        expected_version=request.expected_version,
        shows="matter",
    )
    if row["state"] != MatterState.OPEN:
        raise LIFE.refusal(
            row["state"], MatterState.ANSWERED, field=("id",), shows={"matter": row["id"]}
        )
    _check_text(request.answer, "answer")
    await ctx.change(_ANSWER, id=row["id"], answer=request.answer)
    return MatterPayload(matter=row["id"])


def _check_text(text: str, field: str) -> None:
    if not text.strip() or len(text) > LENGTH:
        raise Invalid(
            f"It has 1 to {LENGTH} characters.", zh=f"须为 1 至 {LENGTH} 个字符", field=(field,)
        )
