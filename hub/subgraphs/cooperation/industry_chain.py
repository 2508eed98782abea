"""IndustryChain: a chain of industry, who leads it and who belongs to it."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from hub.model.entity import Entity
from hub.model.field import edge, edges, field
from hub.model.operation import extend
from hub.model.types import Visibility
from hub.subgraphs.cooperation.rules import ChainPart, Scope


class IndustryChain(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    keys=("key",),
    plural="industry_chains",
    zh="产业链",
):
    """A chain of industry of the city; the document speaks of key chains and lists none."""

    key: Mapped[str] = field(
        doc="Short key of the chain.", zh="产业链标识", unique=True, filter=True, sort=True
    )
    name_zh: Mapped[str] = field(doc="Name in Chinese.", zh="中文名称", search=True)
    name_en: Mapped[str | None] = field(doc="Name in English.", zh="英文名称")

    roles = edges("ChainRole", by="chain", doc="Who has which part in it.", zh="链上角色")


class ChainRole(
    Entity,
    visibility=Visibility.P1,
    scope=Scope.cooperation_read,
    plural="chain_roles",
    zh="链上角色",
):
    """The part of an organisation in a chain; a chain has at most one leader."""

    __table_args__ = (
        UniqueConstraint("chain_key", "organisation_id"),
        Index(
            "uq_chain_role_one_leader",
            "chain_key",
            unique=True,
            postgresql_where="part = 'LEADER'",
        ),
    )

    part: Mapped[ChainPart] = field(
        doc="Whether it leads the chain or belongs to it.", zh="角色", filter=True
    )

    chain = edge("IndustryChain", by="key", filter=True, doc="The chain.", zh="所属产业链")
    organisation = edge("Organisation", filter=True, doc="The organisation.", zh="机构")


organisation_chains = extend(
    "cooperation.Organisation",
    chain_roles=edges(
        "cooperation.ChainRole",
        by="organisation",
        scope=Scope.cooperation_read,
        doc="Its parts in industry chains.",
        zh="所在产业链",
    ),
)
