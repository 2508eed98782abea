"""`addPerson`, `changePerson`: who may sign in, as what, and whose data she may touch.

Who is added gets a one-time link, shown in this one answer, at which she chooses her password. Only
its hash is kept; who repeats the request gets the person and no link, and makes one by
`invitePerson`. No name of hers is in the ledger.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from hub.identity.clients import bounds
from hub.identity.clients.bounds import Named
from hub.identity.people import changes, invitations
from hub.identity.people.new_person import VIOLATIONS, NewPerson
from hub.identity.people.person import Person
from hub.identity.people.roles import Role
from hub.kit.ids import encode_id
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Once, Payload, action
from hub.model.codes import PurposeCode
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.platform.rules import Scope

InvitationPath = Annotated[
    str | None,
    Once(),
    Doc(
        "A one-time link below the hub's address, good for 72 hours, to be handed over privately;"
        " shown this one time, and null when the request is sent again.",
        "一次性链接(位于本平台地址之下,72 小时内有效),须私下转交;仅显示一次,重复发送时为空",
    ),
]


CITY_SUBJECT = Doc(
    "What the city's own provider calls her (HUB_CITY_LOGIN), so that she may sign in by it; an"
    " empty text takes it away.",
    "其在城市统一身份认证中的标识,用于统一登录;空字符串表示取消关联",
)


class PersonBoundsInput(Input):
    """Whose data the person may touch. 人员的管辖范围"""

    park_ids: Annotated[list[UUID] | None, Ref("Park"), Doc("Parks she runs.", "运营的园区")]
    departments: Annotated[
        list[str] | None,
        Doc("Keys of departments whose workflow objects she handles.", "可办理事项的部门"),
    ]
    purposes: Annotated[
        list[PurposeCode] | None,
        Doc("Purposes for which she may see personal fields.", "允许的用途"),
    ]
    talent_id: Annotated[
        UUID | None, Ref("Talent"), Doc("The talent that she is.", "其本人对应的人才")
    ]


class AddPersonInput(Input):
    """Who shall be able to sign in. 添加登录人员"""

    username: Annotated[
        str,
        Doc(
            "Name by which she signs in: 2 to 63 lower-case letters, digits, dots and hyphens.",
            "登录名:2 至 63 个小写字母、数字、点或连字符",
        ),
    ]
    role: Annotated[Role, Doc("What she is to the hub.", "角色")]
    bounds: Annotated[PersonBoundsInput | None, Doc("Her bounds.", "管辖范围")]
    city_subject: Annotated[str | None, CITY_SUBJECT]
    idempotency_key: IdempotencyKey


class ChangePersonInput(Input):
    """What is to be otherwise of a person; what is left out stays. 变更登录人员"""

    id: Annotated[UUID, Ref("Person"), Doc("The person.", "人员")]
    expected_version: ExpectedVersion
    role: Annotated[Role | None, Doc("What she is to the hub.", "角色")]
    bounds: Annotated[
        PersonBoundsInput | None,
        Doc("Bounds; each that is named is replaced as a whole.", "管辖范围,所列各项整体替换"),
    ]
    city_subject: Annotated[str | None, CITY_SUBJECT]


class PersonPayload(Payload):
    """The person as she stands now. 人员的当前状态"""

    person: Annotated[UUID, Ref("Person"), Doc("The person.", "人员")]


class PersonWithLinkPayload(Payload):
    """The person, and a one-time link if one was made. 人员及一次性链接"""

    person: Annotated[UUID, Ref("Person"), Doc("The person as she stands now.", "人员的当前状态")]
    invitation_path: InvitationPath


@action("Person", scope=Scope.admin_clients, zh="添加登录人员", violations=VIOLATIONS)
async def add_person(ctx: Ctx, request: AddPersonInput) -> PersonWithLinkPayload:
    """Let somebody sign in: she chooses her password at the one-time link."""
    meant = await bounds.checked(ctx, _named(request.bounds))
    wanted = NewPerson(
        request.username, Role(request.role), meant, city_subject=request.city_subject or None
    )
    key = await changes.file(ctx, wanted)
    if meant.talent:
        ctx.concerns(meant.talent)
    link = await invitations.make(ctx, key)
    return PersonWithLinkPayload(person=key, invitation_path=invitations.PATH + link)


@action("Person", scope=Scope.admin_clients, zh="变更登录人员", violations=VIOLATIONS)
async def change_person(ctx: Ctx, request: ChangePersonInput) -> PersonPayload:
    """Give a person another role or other bounds; taking some away ends what she has open."""
    wanted: dict[str, Any] = {} if request.role is None else {"role": Role(request.role)}
    if (given := request.bounds) is not None:
        meant = (await bounds.checked(ctx, _named(given))).columns()
        said = {
            "parks": given.park_ids,
            "departments": given.departments,
            "purposes": given.purposes,
            "talent": given.talent_id,
        }
        wanted |= {name: meant[name] for name, value in said.items() if value is not None}
    if request.city_subject is not None:
        wanted["city_subject"] = request.city_subject or None
    row = await ctx.locked(
        Person,
        request.id,
        *changes.COLUMNS,
        within=everyone,
        expected_version=request.expected_version,
        shows="person",
    )
    await changes.alter(ctx, row, wanted)
    for talent in {row["talent"], wanted.get("talent")} - {None}:
        ctx.concerns(talent)
    return PersonPayload(person=row["id"])


def _named(given: PersonBoundsInput | None) -> Named:
    """The bounds as the command line would name them."""
    if given is None:
        return Named()
    return Named(
        parks=[encode_id("Park", park) for park in given.park_ids or ()],
        departments=given.departments or (),
        purposes=given.purposes or (),
        talent=encode_id("Talent", given.talent_id) if given.talent_id else None,
    )
