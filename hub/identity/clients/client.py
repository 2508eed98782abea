"""`Client`: a system or an app that may ask the hub for tokens, and what it was given.

A client never gets more than stands here: its scopes and its bounds are the most that a token of
its can carry (handbook 2.5). Secrets are kept as argon2id hashes, keys as public keys only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from hub.identity.clients.suspension import stands
from hub.model.access import Row
from hub.model.codes import PurposeCode
from hub.model.entity import Entity
from hub.model.field import derived, field, list_of
from hub.model.states import States
from hub.model.types import Choice, Json, Visibility


class ClientAudience(Choice):
    """For whom a client acts; every token has exactly one. 应用的受众类别"""

    PARTNER = "PARTNER", "A partner city's system.", "合作城市系统"
    OPERATOR = "OPERATOR", "A park operator or a park's system.", "园区运营方或园区系统"
    INTERNAL = "INTERNAL", "An internal app of the city.", "本市内部应用"
    DEPARTMENT = "DEPARTMENT", "A department under its statutory duty.", "履行法定职责的部门"
    TALENT = "TALENT", "An app that a talent uses herself.", "人才本人使用的应用"
    ADMIN = "ADMIN", "The hub's administrators and auditors.", "平台管理员与审计员"


class ClientState(Choice):
    """Where a client stands; only an ACTIVE one gets tokens, and only its tokens hold. 应用状态"""

    REGISTERED = "REGISTERED", "Filed, not yet looked at.", "已登记"
    APPROVED = "APPROVED", "Approved, not yet switched on.", "已批准"
    ACTIVE = "ACTIVE", "May get and use tokens.", "已启用"
    SUSPENDED = "SUSPENDED", "Stopped for now; its tokens do not hold.", "已暂停"
    REVOKED = "REVOKED", "Stopped for good.", "已吊销"


class AuthMethod(Choice):
    """How a client proves who it is (RFC 7591 `token_endpoint_auth_method`, in capitals).

    应用的认证方式
    """

    PRIVATE_KEY_JWT = (
        "PRIVATE_KEY_JWT",
        "Signs an assertion with a key of its own (RFC 7523).",
        "以自有私钥签署断言",
    )
    CLIENT_SECRET_BASIC = (
        "CLIENT_SECRET_BASIC",
        "Sends a shared secret (RFC 6749, 2.3.1).",
        "使用共享密钥",
    )
    NONE = "NONE", "Cannot keep a secret: acts only with a person's consent.", "公开应用,不持有密钥"

    @property
    def registered(self) -> str:
        """The name as registered with IANA."""
        return self.value.lower()


class GrantType(Choice):
    """By which grants a client may get tokens (RFC 7591 `grant_types`, in capitals).

    应用可使用的授权方式
    """

    CLIENT_CREDENTIALS = "CLIENT_CREDENTIALS", "In its own name.", "以应用自身名义"
    AUTHORIZATION_CODE = (
        "AUTHORIZATION_CODE",
        "For a person who signs in and consents.",
        "经本人登录并同意",
    )
    REFRESH_TOKEN = "REFRESH_TOKEN", "Further tokens without the person.", "以刷新令牌续期"

    @property
    def registered(self) -> str:
        """The name as registered with IANA."""
        return self.value.lower()


LIFE = States(
    {
        ClientState.REGISTERED: [ClientState.APPROVED],
        ClientState.APPROVED: [ClientState.ACTIVE],
        ClientState.ACTIVE: [ClientState.SUSPENDED],
        ClientState.SUSPENDED: [ClientState.ACTIVE, ClientState.REVOKED],
    }
)


def park_ids_of(row: Row) -> ColumnElement[Any]:
    """Ids as the API shows them; the keys are those of another room's rows."""
    keys = func.unnest(row.parks).table_valued("key").render_derived(name="keys")
    ids = select(literal_column("'Park:'", Text()) + cast(keys.c.key, Text()))
    return func.array(ids.correlate_except(keys).scalar_subquery(), type_=ARRAY(Text()))


class Client(
    Entity,
    room="platform",
    schema="identity",
    scope="admin:clients",
    visibility=Visibility.P2,
    plural="clients",
    keys=("client_id",),
    life=LIFE,
    zh="接入应用",
):
    """A system or an app that may ask the hub for tokens."""

    __table_args__ = (
        CheckConstraint(
            "(token_endpoint_auth_method = 'CLIENT_SECRET_BASIC') = (secret_hash IS NOT NULL)",
            name="secret_where_used",
        ),
        CheckConstraint(
            "num_nonnulls(jwks, jwks_uri)"
            " = (token_endpoint_auth_method = 'PRIVATE_KEY_JWT')::integer",
            name="jwks_where_used",
        ),
    )

    client_id: Mapped[str] = field(
        doc="Name by which the client calls itself at the token endpoint.",
        zh="应用标识",
        unique=True,
        filter=True,
        sort=True,
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", sort=True)
    name_en: Mapped[str] = field(doc="Name in English.", zh="英文名称", sort=True)
    audience: Mapped[ClientAudience] = field(
        doc="For whom the client acts.", zh="接入对象类别", filter=True
    )
    state: Mapped[ClientState] = field(
        doc="Where the client stands in its life cycle.", zh="状态", filter=True
    )
    token_endpoint_auth_method: Mapped[AuthMethod] = field(
        doc="How the client proves who it is.", zh="身份验证方式", filter=True
    )
    grant_types: Mapped[list[GrantType]] = field(
        doc="By which grants it may get tokens.",
        zh="获准的授权方式",
        type_=list_of(GrantType),
        server_default=text("'{CLIENT_CREDENTIALS}'"),
    )
    redirect_uris: Mapped[list[str]] = field(
        doc="Where a person's browser may be sent back to, each exactly as it will be asked for.",
        zh="获准的回调地址",
        server_default=text("'{}'"),
    )
    pushed_requests: Mapped[bool] = field(
        doc="Whether it must push what it asks for before a browser is sent (RFC 9126).",
        zh="是否须先推送授权请求",
        server_default=text("false"),
    )
    scopes: Mapped[list[str]] = field(
        doc="Scopes that a token of this client may carry.",
        zh="获准的权限范围",
        filter=True,
        server_default=text("'{}'"),
    )
    partner: Mapped[str | None] = field(
        doc="Division code of the partner city for which it acts.",
        zh="所代表合作城市的行政区划代码",
        filter=True,
    )
    departments: Mapped[list[str]] = field(
        doc="Departments whose workflow objects it handles.",
        zh="可办理事项的部门",
        server_default=text("'{}'"),
    )
    purposes: Mapped[list[PurposeCode]] = field(
        doc="Purposes for which it may ask for personal fields.",
        zh="允许的用途",
        type_=list_of(PurposeCode),
        server_default=text("'{}'"),
    )

    dpop_bound: Mapped[bool] = field(
        doc="Whether its tokens must be bound to a key (RFC 9449, dpop_bound_access_tokens).",
        zh="令牌是否须绑定密钥(DPoP)",
        server_default=text("false"),
    )
    resource_server: Mapped[bool] = field(
        doc="Whether it may ask if others' tokens hold (RFC 7662).",
        zh="是否可查询他人令牌的有效性",
        server_default=text("false"),
    )
    jwks: Mapped[Json | None] = field(
        doc="Its public keys, a JWK Set (RFC 7517).",
        zh="公钥集(JWK Set)",
        type_=JSONB(none_as_null=True),
    )
    jwks_uri: Mapped[str | None] = field(
        doc="Where its public keys are fetched, in place of jwks (RFC 7591, 2).",
        zh="公钥集的地址",
    )
    park_ids: Mapped[list[str]] = derived(
        park_ids_of, doc="Parks that it may change.", zh="可变更的园区"
    )

    # Private: keys of other rooms' rows, and what is known of its secret.
    parks: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    talent: Mapped[UUID | None] = mapped_column(Uuid())
    secret_hash: Mapped[str | None] = mapped_column(Text())
    generation: Mapped[int] = mapped_column(
        server_default=text("1"),
        comment="Raised when the client is suspended, revoked or gets new credentials: "
        "tokens of an older generation do not hold.",
    )

    if TYPE_CHECKING:
        city_kept_out: bool

    @property
    def halted(self) -> str | None:
        """Why no token is for it just now, as a sentence; None when nothing stops it."""
        if self.state != ClientState.ACTIVE:
            return f"The client is {self.state}."
        return "The client's partner city is suspended." if self.city_kept_out else None

    def bounds(self) -> dict[str, Any]:
        """Its bounds as tokens, files and the command line show them; empty ones left out."""
        bounds = {
            "partner": self.partner,
            "parks": [str(park) for park in self.parks or ()],
            "departments": list(self.departments or ()),
            "purposes": [str(purpose) for purpose in self.purposes or ()],
            "talent": str(self.talent) if self.talent else None,
        }
        return {name: value for name, value in bounds.items() if value}


# Read with every client, so that nobody who judges one can forget to ask.
Client.city_kept_out = column_property(stands(Client.__table__.c.partner))  # type: ignore[assignment]
