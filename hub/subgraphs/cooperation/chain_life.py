"""Departments register industry chains, and set who leads a chain and who belongs to it.

The chain stands for its roles: they are set in the version of the chain, which rises with each of
them. A chain has at most one leader; who is made the leader takes the place of the former one, who
stays a member.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Boolean, Text, Uuid, delete, func, insert, select, update

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.industry_chain import ChainRole, IndustryChain
from hub.subgraphs.cooperation.rules import ChainPart, Scope, check_key, department

CHAIN, ROLE = IndustryChain.__table__, ChainRole.__table__


class RegisterIndustryChainInput(Input):
    """A chain to register. 登记产业链"""

    key: Annotated[str, Doc("Short key: small letters, digits and hyphens.", "产业链标识")]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    idempotency_key: IdempotencyKey


class UpdateIndustryChainInput(Input):
    """What is to be said otherwise of a chain; what is left out stays. 更新产业链"""

    id: Annotated[UUID, Ref("IndustryChain"), Doc("The chain.", "产业链")]
    name_zh: Annotated[str | None, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    expected_version: ExpectedVersion


class SetChainRoleInput(Input):
    """Which part an organisation has in a chain. 设置链上角色"""

    id: Annotated[UUID, Ref("IndustryChain"), Doc("The chain.", "产业链")]
    organisation_id: Annotated[UUID, Ref("Organisation"), Doc("The organisation.", "机构")]
    part: Annotated[
        ChainPart | None, Doc("Its part; null takes it out of the chain.", "角色(空则移出)")
    ]
    expected_version: ExpectedVersion


class IndustryChainPayload(Payload):
    """The chain as it stands now. 产业链的当前状态"""

    industry_chain: Annotated[UUID, Ref("IndustryChain"), Doc("The chain.", "产业链")]


_REGISTER = insert(CHAIN).values(
    {name: given(name, Text()) for name in ("key", "name_zh", "name_en")}
)
_UPDATE = (
    update(CHAIN)
    .values(
        {name: func.coalesce(given(name, Text()), CHAIN.c[name]) for name in ("name_zh", "name_en")}
    )
    .where(CHAIN.c.id == given("chain", Uuid()))
)
_of_chain = ROLE.c.chain_key == given("chain", Text())
_its = ROLE.c.organisation_id == given("organisation", Uuid())
_FOUND = select(ROLE.c.part).where(_of_chain, _its)
_STEP_BACK = (
    update(ROLE)
    .values(part=ChainPart.MEMBER.value)
    .where(_of_chain, ROLE.c.part == ChainPart.LEADER.value)
)
_CHANGE = update(ROLE).values(part=given("part", Text())).where(_of_chain, _its)
_LEAVE = delete(ROLE).where(_of_chain, _its)
_JOIN = insert(ROLE).values(
    chain_key=given("chain", Text()),
    organisation_id=given("organisation", Uuid()),
    part=given("part", Text()),
    synthetic=given("synthetic", Boolean()),
)


def _taken() -> Invalid:
    return Invalid("A chain with this key is there already.", zh="产业链标识已存在", field=("key",))


def _no_organisation() -> Missing:
    return Missing(
        "There is no Organisation with this id.", zh="机构不存在", field=("organisationId",)
    )


@action(
    "IndustryChain",
    scope=Scope.cooperation_write,
    zh="登记产业链",
    violations={"uq_industry_chain_key": _taken},
)
async def register_industry_chain(
    ctx: Ctx, request: RegisterIndustryChainInput
) -> IndustryChainPayload:
    """Register a chain of industry."""
    if ctx.grant.audience is not Audience.DEPARTMENT:
        raise OutOfBounds("A department registers industry chains.", zh="产业链由主管部门登记")
    check_key(request.key)
    _check_name(request.name_zh)
    [row] = await ctx.change(
        _REGISTER, key=request.key, name_zh=request.name_zh, name_en=request.name_en
    )
    return IndustryChainPayload(industry_chain=row["id"])


@action("IndustryChain", scope=Scope.cooperation_write, zh="更新产业链")
async def update_industry_chain(
    ctx: Ctx, request: UpdateIndustryChainInput
) -> IndustryChainPayload:
    """Name a chain otherwise."""
    _check_name(request.name_zh)
    row = await _locked(ctx, request)
    await ctx.change(_UPDATE, chain=row["id"], name_zh=request.name_zh, name_en=request.name_en)
    return IndustryChainPayload(industry_chain=row["id"])


@action(
    "IndustryChain",
    scope=Scope.cooperation_write,
    zh="设置链上角色",
    violations={"fk_chain_role_organisation_id": _no_organisation},
)
async def set_chain_role(ctx: Ctx, request: SetChainRoleInput) -> IndustryChainPayload:
    """Let an organisation lead a chain, belong to it, or leave it."""
    row = await _locked(ctx, request)
    about: dict[str, Any] = {"chain": row["key"], "organisation": request.organisation_id}
    found = await ctx.rows(_FOUND, **about)
    if request.part is None and not found:
        raise Missing(
            "The organisation has no part in this chain.",
            zh="该机构不在此产业链中",
            field=("organisationId",),
        )
    if found and found[0]["part"] == request.part:
        return IndustryChainPayload(industry_chain=row["id"])
    if request.part is None:
        await ctx.cascade(_LEAVE, **about)
    else:
        if request.part == ChainPart.LEADER:
            await ctx.cascade(_STEP_BACK, chain=row["key"])
        about |= {"part": request.part.value}
        if found:
            await ctx.cascade(_CHANGE, **about)
        else:
            await ctx.change(_JOIN, synthetic=row["synthetic"], **about)
    await ctx.change(_UPDATE, chain=row["id"], name_zh=None, name_en=None)
    return IndustryChainPayload(industry_chain=row["id"])


async def _locked(ctx: Ctx, request: UpdateIndustryChainInput | SetChainRoleInput) -> Any:
    return await ctx.locked(
        IndustryChain,
        request.id,
        *("key", "synthetic"),
        within=department,
        expected_version=request.expected_version,
        shows="industry_chain",
    )


def _check_name(name: str | None) -> None:
    if name is not None and not name.strip():
        raise Invalid("A chain has a name.", zh="名称不能为空", field=("nameZh",))
