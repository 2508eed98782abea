"""`registerClient`: a client is filed, and waits to be approved and activated.

A client that authenticates with a secret gets it here, this one time: only its hash is stored, and
nothing of it in the idempotency key's outcome, in the ledger or in a log. Who repeats the request
gets the client and no secret, and has a new one made by `rotateClientSecret`.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from hub.identity.clients import bounds, changes, enrol, secret
from hub.identity.clients.bounds import Named
from hub.identity.clients.client import AuthMethod, ClientAudience, ClientState, GrantType
from hub.identity.clients.enrol import Registration
from hub.identity.clients.granting import usual_grants
from hub.kit.ids import encode_id
from hub.model.action import Ctx, IdempotencyKey, Once, Payload, action
from hub.model.codes import PurposeCode
from hub.model.operation import Doc, Input, Ref
from hub.model.types import Json
from hub.subgraphs.platform.rules import Scope

ClientSecret = Annotated[
    str | None,
    Once(),
    Doc(
        "The secret that was made now, shown this one time and kept as a hash; null when none was"
        " made, and when the request is sent again.",
        "新生成的密钥,仅显示一次,只保存其摘要;未生成或重复发送时为空",
    ),
]

KEYS_AT = Doc(
    "Where its public keys are fetched, in place of `jwks` (RFC 7591, 2).",
    "公钥集的地址,用以代替 `jwks`",
)
PUSHED = Doc(
    "Whether it must push its requests (RFC 9126); a client with credentials at which people sign"
    " in must.",
    "是否须先推送授权请求;持有凭据并供本人登录的应用必须如此",
)


class ClientBoundsInput(Input):
    """Whose data the client may touch. 应用的管辖范围"""

    partner: Annotated[
        str | None,
        Doc(
            "Division code of the city for which it acts; an empty text takes it away.",
            "所代表合作城市的行政区划代码,空字符串表示取消",
        ),
    ]
    park_ids: Annotated[list[UUID] | None, Ref("Park"), Doc("Parks it may change.", "可变更的园区")]
    departments: Annotated[
        list[str] | None,
        Doc("Keys of departments whose workflow objects it handles.", "可办理事项的部门"),
    ]
    purposes: Annotated[
        list[PurposeCode] | None,
        Doc("Purposes for which it may ask for personal fields.", "允许的用途"),
    ]
    talent_id: Annotated[
        UUID | None, Ref("Talent"), Doc("The person for whom alone it acts.", "所代表的人才")
    ]


class RegisterClientInput(Input):
    """A client to be filed. 登记应用"""

    client_id: Annotated[
        str,
        Doc(
            "Name by which it calls itself: 2 to 63 lower-case letters, digits and hyphens.",
            "应用标识:2 至 63 个小写字母、数字或连字符",
        ),
    ]
    name_en: Annotated[str, Doc("Name in English.", "英文名称")]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    audience: Annotated[ClientAudience, Doc("For whom it acts.", "接入对象类别")]
    token_endpoint_auth_method: Annotated[
        AuthMethod, Doc("How it proves who it is.", "身份验证方式")
    ]
    scopes: Annotated[list[str], Doc("Scopes that its tokens may carry.", "令牌可包含的权限范围")]
    bounds: Annotated[ClientBoundsInput | None, Doc("Its bounds.", "管辖范围")]
    jwks: Annotated[
        Json | None,
        Doc("Its public keys, a JWK Set (RFC 7517), for PRIVATE_KEY_JWT.", "公钥集(JWK Set)"),
    ]
    jwks_uri: Annotated[str | None, KEYS_AT]
    grant_types: Annotated[
        list[GrantType] | None,
        Doc(
            "By which grants it may get tokens; left out: CLIENT_CREDENTIALS, or with redirect URIs"
            " AUTHORIZATION_CODE.",
            "获准的授权方式;省略时为 CLIENT_CREDENTIALS,如有回调地址则为 AUTHORIZATION_CODE",
        ),
    ]
    redirect_uris: Annotated[
        list[str] | None,
        Doc(
            "Where a person's browser may be sent back to, for AUTHORIZATION_CODE.",
            "获准的回调地址,用于 AUTHORIZATION_CODE",
        ),
    ]
    pushed_requests: Annotated[bool | None, PUSHED]
    dpop_bound: Annotated[
        bool | None, Doc("Whether its tokens must be bound to a key (DPoP).", "令牌是否须绑定密钥")
    ]
    resource_server: Annotated[
        bool | None,
        Doc("Whether it may ask if others' tokens hold (RFC 7662).", "是否可查询他人令牌的有效性"),
    ]
    idempotency_key: IdempotencyKey


class ClientWithSecretPayload(Payload):
    """The client, and a secret if one was made. 应用及新密钥"""

    client: Annotated[UUID, Ref("Client"), Doc("The client as it stands now.", "应用的当前状态")]
    client_secret: ClientSecret


@action("Client", scope=Scope.admin_clients, zh="登记应用", violations=changes.VIOLATIONS)
async def register_client(ctx: Ctx, request: RegisterClientInput) -> ClientWithSecretPayload:
    """File a client; it gets tokens once it is approved and activated."""
    wanted = Registration(
        client_id=request.client_id,
        name_en=request.name_en,
        name_zh=request.name_zh,
        audience=ClientAudience(request.audience),
        method=AuthMethod(request.token_endpoint_auth_method),
        scopes=request.scopes,
        bounds=await bounds.checked(ctx, named(request.bounds)),
        grant_types=[GrantType(one) for one in request.grant_types]
        if request.grant_types is not None
        else usual_grants(request.redirect_uris),
        redirect_uris=request.redirect_uris or (),
        pushed_requests=request.pushed_requests,
        dpop_bound=bool(request.dpop_bound),
        resource_server=bool(request.resource_server),
    )
    plain = secret.new_secret() if wanted.method == AuthMethod.CLIENT_SECRET_BASIC else None
    # argon2id takes some 25 ms, which the event loop is not to wait for.
    client = await asyncio.to_thread(
        enrol.client,
        wanted,
        jwks=request.jwks,
        jwks_uri=request.jwks_uri,
        plain_secret=plain,
        served=ctx.scopes,
        state=ClientState.REGISTERED,
    )
    key = await changes.file(ctx, client)
    if client.talent:
        ctx.concerns(client.talent)
    return ClientWithSecretPayload(client=key, client_secret=plain)


def named(given: ClientBoundsInput | None) -> Named:
    """The bounds as the command line would name them."""
    if given is None:
        return Named()
    return Named(
        partner=given.partner or None,
        parks=[encode_id("Park", park) for park in given.park_ids or ()],
        departments=given.departments or (),
        purposes=given.purposes or (),
        talent=encode_id("Talent", given.talent_id) if given.talent_id else None,
    )
