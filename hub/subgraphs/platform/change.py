"""`changeClient`: other names, scopes, bounds, grants or redirect URIs for a client.

What is left out stays as it is. Tokens say themselves what they may: when something is taken away,
those that the client has end at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from hub.identity.clients import bounds, changes, enrol
from hub.identity.clients.client import AuthMethod, Client, ClientAudience, GrantType
from hub.identity.clients.granting import must_push, unfit
from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, action
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.platform.life import ClientPayload
from hub.subgraphs.platform.register import PUSHED, ClientBoundsInput, named
from hub.subgraphs.platform.rules import Scope


class ChangeClientInput(Input):
    """What is to be otherwise of a client; what is left out stays. 变更应用"""

    id: Annotated[UUID, Ref("Client"), Doc("The client.", "应用")]
    expected_version: ExpectedVersion
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    scopes: Annotated[
        list[str] | None, Doc("All scopes that its tokens may carry.", "令牌可包含的全部权限范围")
    ]
    bounds: Annotated[
        ClientBoundsInput | None,
        Doc("Bounds; each that is named is replaced as a whole.", "管辖范围,所列各项整体替换"),
    ]
    grant_types: Annotated[
        list[GrantType] | None,
        Doc("All grants by which it may get tokens.", "获准的全部授权方式"),
    ]
    redirect_uris: Annotated[
        list[str] | None,
        Doc("All addresses to which a person's browser may be sent back.", "获准的全部回调地址"),
    ]
    pushed_requests: Annotated[bool | None, PUSHED]
    dpop_bound: Annotated[
        bool | None, Doc("Whether its tokens must be bound to a key (DPoP).", "令牌是否须绑定密钥")
    ]
    resource_server: Annotated[
        bool | None,
        Doc("Whether it may ask if others' tokens hold (RFC 7662).", "是否可查询他人令牌的有效性"),
    ]


@action("Client", scope=Scope.admin_clients, zh="变更应用")
async def change_client(ctx: Ctx, request: ChangeClientInput) -> ClientPayload:
    """Give a client other names or rights; tokens end when something is taken away."""
    asked = await _asked(ctx, request)
    row = await ctx.locked(
        Client,
        request.id,
        *changes.COLUMNS,
        within=everyone,
        expected_version=request.expected_version,
        shows="client",
    )
    changes.require_living(row)
    after = {**row, **asked}
    method, grants = AuthMethod(after["token_endpoint_auth_method"]), after["grant_types"]
    for fault in (
        *enrol.unworded(after["name_en"], after["name_zh"]),
        *enrol.unbound(
            ClientAudience(after["audience"]), after["partner"], after["talent"], grants
        ),
        *unfit(method, grants, after["redirect_uris"], pushed=request.pushed_requests),
    ):
        raise fault
    if must_push(method, grants):
        asked["pushed_requests"] = True
    await changes.alter(ctx, row, **asked)
    for person in {row["talent"], after["talent"]} - {None}:
        ctx.concerns(person)
    return ClientPayload(client=row["id"])


async def _asked(ctx: Ctx, request: ChangeClientInput) -> dict[str, Any]:
    """The columns that are to be otherwise, as they are wanted."""
    for fault in enrol.unserved(request.scopes or (), ctx.scopes):
        raise fault
    asked = {
        "name_en": request.name_en,
        "name_zh": request.name_zh,
        "scopes": _each_once(request.scopes),
        "grant_types": _each_once(request.grant_types),
        "redirect_uris": _each_once(request.redirect_uris),
        "pushed_requests": request.pushed_requests,
        "dpop_bound": request.dpop_bound,
        "resource_server": request.resource_server,
    }
    changed = {name: value for name, value in asked.items() if value is not None}
    if (given := request.bounds) is None:
        return changed
    wanted = (await bounds.checked(ctx, named(given))).columns()
    said = {
        "partner": given.partner,
        "parks": given.park_ids,
        "departments": given.departments,
        "purposes": given.purposes,
        "talent": given.talent_id,
    }
    return changed | {name: wanted[name] for name, value in said.items() if value is not None}


def _each_once(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(dict.fromkeys(values))
