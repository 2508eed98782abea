"""How an enclave comes to be: proposed by one city, accepted by the other, then at work.

A department acts for Nantong, a partner city's system for that city.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid, insert, select, update

from hub.kit.user_errors import Invalid, Missing, OutOfBounds
from hub.model.access import Audience
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.agreement import Agreement
from hub.subgraphs.cooperation.enclave import LIFE, Enclave
from hub.subgraphs.cooperation.partner import Partner
from hub.subgraphs.cooperation.propose import today
from hub.subgraphs.cooperation.rules import NANTONG, EnclaveState, Scope, party

AGREEMENT, ENCLAVE, PARTNER = Agreement.__table__, Enclave.__table__, Partner.__table__


class ProposeEnclaveInput(Input):
    """Which enclave, of which city in which. 提议飞地"""

    partner: Annotated[str, Doc("Code of the partner city.", "合作城市代码")]
    host: Annotated[
        str,
        Doc(
            "Code of the city that it stands in, Nantong or the partner; the other one's it is.",
            "飞入地代码(南通或合作城市),另一方为飞出地",
        ),
    ]
    name_zh: Annotated[str, Doc("Name in Chinese.", "中文名称")]
    name_en: Annotated[str | None, Doc("Name in English.", "英文名称")]
    seats: Annotated[int | None, Doc("Seats in it.", "座位数")]
    office: Annotated[str | None, Doc("Where its office is.", "办公地址")]
    agreement_id: Annotated[
        UUID | None, Ref("Agreement"), Doc("The agreement that it rests on.", "所依据协议")
    ]
    idempotency_key: IdempotencyKey


class EnclaveInput(Input):
    """Which enclave. 指定飞地"""

    id: Annotated[UUID, Ref("Enclave"), Doc("The enclave.", "飞地")]
    expected_version: ExpectedVersion


class EnclavePayload(Payload):
    """The enclave as it stands now. 飞地的当前状态"""

    enclave: Annotated[UUID, Ref("Enclave"), Doc("The enclave.", "飞地")]


_PROPOSE = insert(ENCLAVE).values(
    partner_code=given("partner", Text()),
    host_code=given("host", Text()),
    home_code=given("home", Text()),
    proposed_by_code=given("city", Text()),
    name_zh=given("name_zh", Text()),
    name_en=given("name_en", Text()),
    seats=given("seats", Integer()),
    office=given("office", Text()),
    agreement_id=given("agreement", Uuid()),
)
_KNOWN = select(PARTNER.c.code).where(PARTNER.c.code == given("partner", Text()))
_RESTS_ON = select(AGREEMENT.c.id).where(
    AGREEMENT.c.id == given("agreement", Uuid()),
    AGREEMENT.c.partner_code == given("partner", Text()),
)
_MOVE = (
    update(ENCLAVE).values(state=given("state", Text())).where(ENCLAVE.c.id == given("id", Uuid()))
)
_ACCEPT = (
    update(ENCLAVE)
    .values(state=EnclaveState.AGREED.value, agreed_on=given("day", Date()))
    .where(ENCLAVE.c.id == given("id", Uuid()))
)


def city_of(ctx: Ctx) -> str:
    """The city that the caller acts for."""
    if ctx.grant.audience is Audience.PARTNER and ctx.grant.partner:
        return ctx.grant.partner
    if ctx.grant.audience is Audience.DEPARTMENT:
        return NANTONG
    raise OutOfBounds(
        "The token acts for no city: that takes a department's or a partner city's.",
        zh="令牌不代表任何城市",
    )


def _no_seats() -> Invalid:
    return Invalid("Seats are 0 or more.", zh="座位数不得为负", field=("seats",))


@action(
    "Enclave",
    scope=Scope.cooperation_write,
    zh="提议飞地",
    violations={"ck_enclave_seats_not_negative": _no_seats},
)
async def propose_enclave(ctx: Ctx, request: ProposeEnclaveInput) -> EnclavePayload:
    """Propose an enclave of one city in the other; the other one accepts it."""
    city = city_of(ctx)
    if city not in (NANTONG, request.partner):
        raise OutOfBounds(
            "A partner city proposes enclaves with itself alone.",
            zh="合作城市只能提议与本市有关的飞地",
            field=("partner",),
        )
    if not await ctx.rows(_KNOWN, partner=request.partner):
        raise Missing("There is no such partner city.", zh="合作城市不存在", field=("partner",))
    if request.host not in (NANTONG, request.partner):
        raise Invalid(
            f"The host is {NANTONG} or {request.partner}.",
            zh="飞入地须为南通或该合作城市",
            field=("host",),
        )
    if request.agreement_id:
        about = {"agreement": request.agreement_id, "partner": request.partner}
        if not await ctx.rows(_RESTS_ON, **about):
            raise Missing(
                "There is no such agreement with this city.",
                zh="与该城市不存在该协议",
                field=("agreementId",),
            )
    [row] = await ctx.change(
        _PROPOSE,
        partner=request.partner,
        host=request.host,
        home=request.partner if request.host == NANTONG else NANTONG,
        city=city,
        name_zh=request.name_zh,
        name_en=request.name_en,
        seats=request.seats,
        office=request.office,
        agreement=request.agreement_id,
    )
    return EnclavePayload(enclave=row["id"])


@action("Enclave", scope=Scope.cooperation_write, zh="接受飞地")
async def accept_enclave(ctx: Ctx, request: EnclaveInput) -> EnclavePayload:
    """Accept an enclave that the other city proposed."""
    row = await _from(ctx, request, EnclaveState.AGREED)
    if row["proposed_by_code"] == city_of(ctx):
        raise OutOfBounds(
            "The city that did not propose it accepts it.", zh="应由另一方接受", field=("id",)
        )
    if row["state"] != EnclaveState.AGREED:
        await ctx.change(_ACCEPT, id=row["id"], day=today(ctx))
    return EnclavePayload(enclave=row["id"])


@action("Enclave", scope=Scope.cooperation_write, zh="启用飞地")
async def activate_enclave(ctx: Ctx, request: EnclaveInput) -> EnclavePayload:
    """Say that an enclave is at work, or is so again; either city may."""
    return await _moved(ctx, request, EnclaveState.ACTIVE)


@action("Enclave", scope=Scope.cooperation_write, zh="暂停飞地")
async def pause_enclave(ctx: Ctx, request: EnclaveInput) -> EnclavePayload:
    """Pause an enclave; either city may."""
    return await _moved(ctx, request, EnclaveState.PAUSED)


@action("Enclave", scope=Scope.cooperation_write, zh="关闭飞地")
async def close_enclave(ctx: Ctx, request: EnclaveInput) -> EnclavePayload:
    """Close a paused enclave for good; what it brought about stays counted."""
    return await _moved(ctx, request, EnclaveState.CLOSED)


async def _moved(ctx: Ctx, request: EnclaveInput, to: EnclaveState) -> EnclavePayload:
    row = await _from(ctx, request, to)
    if row["state"] != to:
        await ctx.change(_MOVE, id=row["id"], state=to.value)
    return EnclavePayload(enclave=row["id"])


async def _from(ctx: Ctx, request: EnclaveInput, to: EnclaveState) -> Record:
    """The enclave, locked, from where the move is legal or made already."""
    row = await ctx.locked(
        Enclave,
        request.id,
        *("state", "proposed_by_code"),
        within=party,
        expected_version=request.expected_version,
        already={"state": to},
        shows="enclave",
    )
    if row["state"] != to and not LIFE.may(row["state"], to):
        raise LIFE.refusal(row["state"], to, field=("id",), shows={"enclave": row["id"]})
    return row
