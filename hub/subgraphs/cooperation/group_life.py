"""Working groups are formed and ended, and departments join and leave them.

The group stands for its members: they are set in the version of the group, which rises with each of
them. A department that others wait for answers before it leaves.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Text, Uuid, delete, func, insert, select, update

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience, constant
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.matter import Matter
from hub.subgraphs.cooperation.rules import MatterState, Scope, check_key, department
from hub.subgraphs.cooperation.working_group import WorkingGroup, WorkingGroupMember

GROUP, MEMBER, MATTER = WorkingGroup.__table__, WorkingGroupMember.__table__, Matter.__table__


class FormWorkingGroupInput(Input):
    """A working group to form. 成立工作组"""

    key: Annotated[str, Doc("Short key: small letters, digits and hyphens.", "工作组标识")]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str, Doc("Name in English.", "英文名称")]
    formed_on: Annotated[date | None, Doc("Day on which it was formed.", "成立日期")]
    idempotency_key: IdempotencyKey


class UpdateWorkingGroupInput(Input):
    """What is to be said otherwise of a group; what is left out stays. 更新工作组"""

    id: Annotated[UUID, Ref("WorkingGroup"), Doc("The group.", "工作组")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    formed_on: Annotated[date | None, Doc("Day on which it was formed.", "成立日期")]
    dissolved_on: Annotated[date | None, Doc("Day on which it ended.", "撤销日期")]
    expected_version: ExpectedVersion


class AddGroupMemberInput(Input):
    """Which department joins which group. 增加成员单位"""

    id: Annotated[UUID, Ref("WorkingGroup"), Doc("The group.", "工作组")]
    department: Annotated[str, Doc("Key of the department.", "单位标识")]
    since: Annotated[date | None, Doc("Day on which it joined.", "加入日期")]
    expected_version: ExpectedVersion


class RemoveGroupMemberInput(Input):
    """Which department leaves which group. 移出成员单位"""

    id: Annotated[UUID, Ref("WorkingGroup"), Doc("The group.", "工作组")]
    department: Annotated[str, Doc("Key of the department.", "单位标识")]
    expected_version: ExpectedVersion


class WorkingGroupPayload(Payload):
    """The group as it stands now. 工作组的当前状态"""

    working_group: Annotated[UUID, Ref("WorkingGroup"), Doc("The group.", "工作组")]


_FORM = insert(GROUP).values(
    key=given("key", Text()),
    name_zh=given("name_zh", Text()),
    name_en=given("name_en", Text()),
    formed_on=given("formed_on", Date()),
)
_said = {
    "name_zh": given("name_zh", Text()),
    "name_en": given("name_en", Text()),
    "formed_on": given("formed_on", Date()),
    "dissolved_on": given("dissolved_on", Date()),
}
_UPDATE = (
    update(GROUP)
    .values({name: func.coalesce(value, GROUP.c[name]) for name, value in _said.items()})
    .where(GROUP.c.id == given("group", Uuid()))
)
_JOIN = insert(MEMBER).values(
    working_group_key=given("key", Text()),
    organisation_key=given("department", Text()),
    since=given("since", Date()),
    synthetic=given("synthetic", Boolean()),
)
_LEAVE = delete(MEMBER).where(
    MEMBER.c.working_group_key == given("key", Text()),
    MEMBER.c.organisation_key == given("department", Text()),
)
_WAITING = select(func.count().label("open")).where(
    MATTER.c.working_group_key == given("key", Text()),
    MATTER.c.assigned_to_key == given("department", Text()),
    MATTER.c.state == constant(MatterState.OPEN),
)


def _taken() -> Invalid:
    return Invalid("A group with this key is there already.", zh="工作组标识已存在", field=("key",))


def _period() -> Invalid:
    return Invalid(
        "It would end before it was formed.",
        zh="撤销日期须晚于成立日期",
        field=("dissolvedOn",),
    )


def _member_already() -> Invalid:
    return Invalid(
        "The department is a member already.", zh="该单位已是成员", field=("department",)
    )


def _no_department() -> Missing:
    return Missing("There is no department with this key.", zh="单位不存在", field=("department",))


@action(
    "WorkingGroup",
    scope=Scope.matter_write,
    zh="成立工作组",
    violations={"uq_working_group_key": _taken},
)
async def form_working_group(ctx: Ctx, request: FormWorkingGroupInput) -> WorkingGroupPayload:
    """Form a working group; its departments join it one by one."""
    if ctx.grant.audience is not Audience.DEPARTMENT:
        raise OutOfBounds("A department forms working groups.", zh="工作组由主管部门成立")
    check_key(request.key)
    _check_names(request)
    [row] = await ctx.change(
        _FORM,
        key=request.key,
        name_zh=request.name_zh,
        name_en=request.name_en,
        formed_on=request.formed_on,
    )
    return WorkingGroupPayload(working_group=row["id"])


@action(
    "WorkingGroup",
    scope=Scope.matter_write,
    zh="更新工作组",
    violations={"ck_working_group_period_order": _period},
)
async def update_working_group(ctx: Ctx, request: UpdateWorkingGroupInput) -> WorkingGroupPayload:
    """Name a group otherwise, or say when it was formed or ended."""
    _check_names(request)
    row = await _locked(ctx, request)
    await _change(ctx, row, **{name: getattr(request, name) for name in _said})
    return WorkingGroupPayload(working_group=row["id"])


@action(
    "WorkingGroup",
    scope=Scope.matter_write,
    zh="增加成员单位",
    violations={
        "fk_working_group_member_organisation_key": _no_department,
        "uq_working_group_member_working_group_key_organisation_key": _member_already,
    },
)
async def add_group_member(ctx: Ctx, request: AddGroupMemberInput) -> WorkingGroupPayload:
    """Let a department join; from then on it may ask and be asked."""
    row = await _locked(ctx, request)
    await ctx.change(
        _JOIN,
        key=row["key"],
        department=request.department,
        since=request.since,
        synthetic=row["synthetic"],
    )
    await _change(ctx, row)
    return WorkingGroupPayload(working_group=row["id"])


@action("WorkingGroup", scope=Scope.matter_write, zh="移出成员单位")
async def remove_group_member(ctx: Ctx, request: RemoveGroupMemberInput) -> WorkingGroupPayload:
    """Let a department leave that owes no answer; its answers stay."""
    row = await _locked(ctx, request)
    about = {"key": row["key"], "department": request.department}
    [waiting] = await ctx.rows(_WAITING, **about)
    if waiting["open"]:
        raise Invalid(
            f"{waiting['open']} matters wait for its answer.",
            zh=f"该单位尚有 {waiting['open']} 个事项待答复",
            field=("department",),
            next_step="Let it answer them first, by answerMatter.",
            openMatters=waiting["open"],
        )
    if not await ctx.cascade(_LEAVE, **about):
        raise Missing(
            "There is no such department in the group.",
            zh="该单位不是工作组成员",
            field=("department",),
        )
    await _change(ctx, row)
    return WorkingGroupPayload(working_group=row["id"])


async def _locked(
    ctx: Ctx, request: UpdateWorkingGroupInput | AddGroupMemberInput | RemoveGroupMemberInput
) -> Any:
    return await ctx.locked(
        WorkingGroup,
        request.id,
        *("key", "synthetic"),
        within=department,
        expected_version=request.expected_version,
        shows="working_group",
    )


async def _change(ctx: Ctx, row: Any, **said: Any) -> None:
    """Write down what is said otherwise, and in any case that the group is another one now."""
    await ctx.change(_UPDATE, group=row["id"], **{**dict.fromkeys(_said), **said})


def _check_names(request: FormWorkingGroupInput | UpdateWorkingGroupInput) -> None:
    for name, field in ((request.name_zh, "nameZh"), (request.name_en, "nameEn")):
        if name is not None and not name.strip():
            raise Invalid("A group has a name.", zh="名称不能为空", field=(field,))
