"""`Person`: somebody who signs in with a password, and what she may touch.

She acts through a client, and gets what the client *and* her role hold, within her own bounds
(handbook 2.5; `hub.identity.people.roles`). Passwords are kept as argon2id hashes, the secret of
the second factor sealed with the data key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.identity.clients.client import park_ids_of
from hub.identity.people.roles import Role
from hub.model.access import Row
from hub.model.codes import PurposeCode
from hub.model.entity import Entity
from hub.model.field import derived, field, list_of
from hub.model.states import States
from hub.model.types import Choice, Visibility


class PersonState(Choice):
    """Where a person stands; only an ACTIVE one can sign in, and only her tokens hold. 人员状态"""

    INVITED = "INVITED", "Has not yet chosen a password.", "已邀请"
    ACTIVE = "ACTIVE", "May sign in.", "已启用"
    SUSPENDED = "SUSPENDED", "Stopped for now; sessions and tokens ended.", "已暂停"
    CLOSED = "CLOSED", "Stopped for good.", "已注销"


PERSON_LIFE = States(
    {
        PersonState.INVITED: [PersonState.ACTIVE, PersonState.CLOSED],
        PersonState.ACTIVE: [PersonState.SUSPENDED],
        PersonState.SUSPENDED: [PersonState.ACTIVE, PersonState.CLOSED],
    }
)


def _second_factor(row: Row) -> ColumnElement[Any]:
    return cast("ColumnElement[Any]", row.totp_secret.is_not(None))


def _city_linked(row: Row) -> ColumnElement[Any]:
    return cast("ColumnElement[Any]", row.city_subject.is_not(None))


class Person(
    Entity,
    room="platform",
    schema="identity",
    scope="admin:clients",
    visibility=Visibility.P2,
    plural="people",
    keys=("username",),
    life=PERSON_LIFE,
    zh="登录人员",
):
    """Somebody who signs in: a park operator, an officer of a department, a talent."""

    username: Mapped[str] = field(
        doc="Name by which she signs in.", zh="登录名", unique=True, filter=True, sort=True
    )
    role: Mapped[Role] = field(doc="What she is to the hub.", zh="角色", filter=True)
    state: Mapped[PersonState] = field(
        doc="Where she stands in her life cycle.", zh="状态", filter=True
    )
    departments: Mapped[list[str]] = field(
        doc="Departments whose workflow objects she handles.",
        zh="可办理事项的部门",
        server_default=text("'{}'"),
    )
    purposes: Mapped[list[PurposeCode]] = field(
        doc="Purposes for which she may see personal fields.",
        zh="允许的用途",
        type_=list_of(PurposeCode),
        server_default=text("'{}'"),
    )
    park_ids: Mapped[list[str]] = derived(park_ids_of, doc="Parks she runs.", zh="运营的园区")
    second_factor: Mapped[bool] = derived(
        _second_factor,
        doc="Whether she signs in with a second factor too.",
        zh="是否启用第二验证因素",
    )
    city_linked: Mapped[bool] = derived(
        _city_linked,
        doc="Whether she may sign in by the city's own provider.",
        zh="是否已关联城市统一身份认证",
    )
    signed_in_at: Mapped[datetime | None] = field(doc="When she last signed in.", zh="最近登录时间")

    # Private: keys of other rooms' rows, and what proves her.
    parks: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    talent: Mapped[UUID | None] = mapped_column(Uuid())
    password_hash: Mapped[str | None] = mapped_column(Text())
    totp_secret: Mapped[str | None] = mapped_column(
        Text(), comment="Secret of the second factor, sealed (identity.totp)."
    )
    totp_step: Mapped[int | None] = mapped_column(
        BigInteger(), comment="The last time step whose code was used: each is good once."
    )
    city_subject: Mapped[str | None] = mapped_column(
        Text(), unique=True, comment="What the city's own provider calls her, where she is linked."
    )
    generation: Mapped[int] = mapped_column(
        server_default=text("1"),
        comment="Raised when she is suspended, closed or gets a new password or bounds: sessions "
        "and tokens of an older generation do not hold.",
    )

    @property
    def sub(self) -> str:
        """The `sub` of her tokens: no client can have such a name (RFC 9700, 4.15)."""
        return f"Person:{self.id}"

    def bounds(self) -> dict[str, Any]:
        """Her bounds as tokens and the command line show them; empty ones left out."""
        bounds = {
            "parks": [str(park) for park in self.parks or ()],
            "departments": list(self.departments or ()),
            "purposes": [str(purpose) for purpose in self.purposes or ()],
            "talent": str(self.talent) if self.talent else None,
        }
        return {name: value for name, value in bounds.items() if value}
