"""ReturneeHome: the point in a park where returned talent is looked after."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, Uuid, func, insert, update
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.rules import Scope, operated, own_park
from hub.subgraphs.park.utilisation import of_published_park

MOST_CONTACTS = 20


class ReturneeHome(
    Entity,
    scope=Scope.park_read,
    rows=of_published_park,
    plural="returnee_homes",
    zh="归国人才之家",
):
    """A service point inside a park: when it is open, and whom to ask for.

    Contacts are roles, such as a desk or an office, and no persons.
    """

    __table_args__ = (
        CheckConstraint("cardinality(contact_roles) <= 20", name="contacts_not_too_many"),
    )

    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")
    hours: Mapped[str | None] = field(doc="When it is open, in words.", zh="开放时间")
    contact_roles: Mapped[list[str]] = field(
        doc="Whom to ask for: roles, not persons.", zh="联系岗位(不含个人)", server_default="{}"
    )

    park = edge("Park", filter=True, doc="The park that it is in.", zh="所在园区")


HOME = ReturneeHome.__table__


class HomeDetails(Input):
    """Base of inputs that say what a home is."""

    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    hours: Annotated[str | None, Doc("When it is open, in words.", "开放时间")]
    contact_roles: Annotated[
        list[str] | None,
        Doc("Whom to ask for: at most 20 roles, no persons.", "联系岗位(最多 20 项,不含个人)"),
    ]


class RegisterReturneeHomeInput(HomeDetails):
    """A home to register. 登记归国人才之家"""

    park_id: Annotated[UUID, Ref("Park"), Doc("The park that it is in.", "所在园区")]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    idempotency_key: IdempotencyKey


class UpdateReturneeHomeInput(HomeDetails):
    """What is to be said otherwise of a home; what is left out stays. 更新归国人才之家"""

    id: Annotated[UUID, Ref("ReturneeHome"), Doc("The home.", "归国人才之家")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    expected_version: ExpectedVersion


class ReturneeHomePayload(Payload):
    """The home as it stands now. 归国人才之家的当前状态"""

    returnee_home: Annotated[UUID, Ref("ReturneeHome"), Doc("The home.", "归国人才之家")]


_said = {
    "name_zh": given("name_zh", Text()),
    "name_en": given("name_en", Text()),
    "hours": given("hours", Text()),
    "contact_roles": given("contact_roles", ARRAY(Text())),
}
_REGISTER = insert(HOME).values(park_id=given("park", Uuid()), **_said)
_UPDATE = (
    update(HOME)
    .values({name: func.coalesce(value, HOME.c[name]) for name, value in _said.items()})
    .where(HOME.c.id == given("home", Uuid()))
)


@action("ReturneeHome", scope=Scope.park_write, zh="登记归国人才之家")
async def register_returnee_home(
    ctx: Ctx, request: RegisterReturneeHomeInput
) -> ReturneeHomePayload:
    """Register a home for returnees in a park."""
    park = await ctx.locked(Park, request.park_id, within=own_park, field=("parkId",))
    said = _values(request)
    [row] = await ctx.change(
        _REGISTER, park=park["id"], **{**said, "contact_roles": said["contact_roles"] or []}
    )
    return ReturneeHomePayload(returnee_home=row["id"])


@action("ReturneeHome", scope=Scope.park_write, zh="更新归国人才之家")
async def update_returnee_home(ctx: Ctx, request: UpdateReturneeHomeInput) -> ReturneeHomePayload:
    """Say something else of a home; what is left out stays as it is."""
    row = await ctx.locked(
        ReturneeHome,
        request.id,
        within=operated,
        expected_version=request.expected_version,
        shows="returnee_home",
    )
    await ctx.change(_UPDATE, home=row["id"], **_values(request))
    return ReturneeHomePayload(returnee_home=row["id"])


def _values(request: RegisterReturneeHomeInput | UpdateReturneeHomeInput) -> dict[str, object]:
    if request.name_zh is not None and not request.name_zh.strip():
        raise Invalid("A home has a name.", zh="名称不能为空", field=("nameZh",))
    if len(request.contact_roles or ()) > MOST_CONTACTS:
        raise Invalid(
            f"A home has at most {MOST_CONTACTS} contacts.",
            zh=f"联系岗位最多 {MOST_CONTACTS} 项",
            field=("contactRoles",),
            maximum=MOST_CONTACTS,
        )
    return {name: getattr(request, name) for name in _said}
