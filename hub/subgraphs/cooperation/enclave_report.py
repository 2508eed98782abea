"""Results of an enclave: reported by one city, confirmed or disputed by the other.

A result counts from its confirmation on, and no earlier: the statement after it has the new
number. The row is locked first, so that of a confirmation and a dispute sent at once exactly one
comes true.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import Date, Integer, Numeric, Text, Uuid, delete, insert, update

from hub.kit.user_errors import IllegalTransition, Invalid, OutOfBounds
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, Record, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.cooperation.enclave import Enclave
from hub.subgraphs.cooperation.enclave_life import city_of
from hub.subgraphs.cooperation.enclave_result import LIFE, EnclaveResult, EnclaveShare
from hub.subgraphs.cooperation.propose import today
from hub.subgraphs.cooperation.rules import (
    NANTONG,
    EnclaveState,
    ResultKind,
    ResultState,
    Scope,
    party,
)

RESULT, SHARE = EnclaveResult.__table__, EnclaveShare.__table__
REPORTING = (EnclaveState.ACTIVE, EnclaveState.PAUSED)
NOTE_LENGTH = 500


class Attribution(Input):
    """The share of a city in a result. 成果归属"""

    city: Annotated[str, Doc("Code of the city.", "城市代码")]
    share: Annotated[Decimal, Doc("Its share; all of them make 1.", "份额,合计为 1")]


class ReportEnclaveResultInput(Input):
    """What an enclave brought about. 上报飞地成果"""

    enclave_id: Annotated[UUID, Ref("Enclave"), Doc("The enclave.", "飞地")]
    kind: Annotated[ResultKind, Doc("What it is.", "成果类型")]
    count: Annotated[int, Doc("How many, at least 1.", "数量")]
    achieved_on: Annotated[date, Doc("Day on which it was there.", "取得日期")]
    note: Annotated[
        str | None, Doc("What it is, at most 500 characters, about no person.", "说明(不含个人)")
    ]
    attribution: Annotated[list[Attribution], Doc("To whom it is attributed.", "归属")]
    idempotency_key: IdempotencyKey


class RestateResultInput(Input):
    """A disputed result, stated anew. 重新上报成果"""

    id: Annotated[UUID, Ref("EnclaveResult"), Doc("The result.", "成果")]
    count: Annotated[int, Doc("How many, at least 1.", "数量")]
    attribution: Annotated[list[Attribution], Doc("To whom it is attributed.", "归属")]
    expected_version: ExpectedVersion


class ResultInput(Input):
    """Which result. 指定成果"""

    id: Annotated[UUID, Ref("EnclaveResult"), Doc("The result.", "成果")]
    expected_version: ExpectedVersion


class DisputeResultInput(Input):
    """Which result, and what is wrong with it. 提出异议"""

    id: Annotated[UUID, Ref("EnclaveResult"), Doc("The result.", "成果")]
    reason: Annotated[str, Doc("Why, at most 500 characters, about no person.", "异议理由")]
    expected_version: ExpectedVersion


class ResultPayload(Payload):
    """The result as it stands now. 成果的当前状态"""

    result: Annotated[UUID, Ref("EnclaveResult"), Doc("The result.", "成果")]


_is = RESULT.c.id == given("id", Uuid())
_REPORT = insert(RESULT).values(
    enclave_id=given("enclave", Uuid()),
    partner_code=given("partner", Text()),
    kind=given("kind", Text()),
    amount=given("amount", Integer()),
    achieved_on=given("day", Date()),
    note=given("note", Text()),
    reported_by_code=given("city", Text()),
    synthetic=given("synthetic", RESULT.c.synthetic.type),
)
_SHARE = insert(SHARE).values(
    result_id=given("result", Uuid()),
    partner_code=given("partner", Text()),
    city_code=given("city", Text()),
    share=given("share", Numeric()),
    synthetic=given("synthetic", SHARE.c.synthetic.type),
)
_TAKE_BACK = delete(SHARE).where(SHARE.c.result_id == given("result", Uuid()))
_CONFIRM = (
    update(RESULT)
    .values(
        state=ResultState.CONFIRMED.value, confirmed_by_code=given("city", Text()), dispute=None
    )
    .where(_is)
)
_DISPUTE = (
    update(RESULT)
    .values(state=ResultState.DISPUTED.value, dispute=given("reason", Text()))
    .where(_is)
)
_RESTATE = (
    update(RESULT)
    .values(state=ResultState.PENDING.value, amount=given("amount", Integer()))
    .where(_is)
)


@action("EnclaveResult", scope=Scope.cooperation_write, zh="上报飞地成果")
async def report_enclave_result(ctx: Ctx, request: ReportEnclaveResultInput) -> ResultPayload:
    """Report what an enclave brought about; it counts once the other city confirms it."""
    row = await ctx.locked(
        Enclave,
        request.enclave_id,
        *("state", "partner_code", "synthetic"),
        within=party,
        field=("enclaveId",),
    )
    if row["state"] not in REPORTING:
        raise IllegalTransition(
            f"The enclave is {row['state']}; results are reported while it is active or paused.",
            zh=f"飞地状态为“{EnclaveState(row['state']).zh}”,运行或暂停期间方可上报成果",
            field=("enclaveId",),
            state=row["state"],
            available=[],
        )
    _check_count(request.count)
    _check_note(request.note, "note")
    if request.achieved_on > today(ctx):
        raise Invalid("It lies in the future.", zh="取得日期在将来", field=("achievedOn",))
    _check_shares(request.attribution, row["partner_code"])
    [result] = await ctx.change(
        _REPORT,
        enclave=row["id"],
        partner=row["partner_code"],
        kind=request.kind.value,
        amount=request.count,
        day=request.achieved_on,
        note=request.note,
        city=city_of(ctx),
        synthetic=row["synthetic"],
    )
    await _share(ctx, result["id"], row, request.attribution)
    return ResultPayload(result=result["id"])


@action("EnclaveResult", scope=Scope.cooperation_write, zh="确认飞地成果")
async def confirm_result(ctx: Ctx, request: ResultInput) -> ResultPayload:
    """Confirm what the other city reported: from now on it counts for both."""
    row = await _from(ctx, request.id, request.expected_version, ResultState.CONFIRMED)
    _check_other(ctx, row)
    if row["state"] != ResultState.CONFIRMED:
        await ctx.change(_CONFIRM, id=row["id"], city=city_of(ctx))
    return ResultPayload(result=row["id"])


@action("EnclaveResult", scope=Scope.cooperation_write, zh="对飞地成果提出异议")
async def dispute_result(ctx: Ctx, request: DisputeResultInput) -> ResultPayload:
    """Say that what the other city reported is not right; it does not count."""
    row = await _from(ctx, request.id, request.expected_version, ResultState.DISPUTED)
    _check_other(ctx, row)
    _check_note(request.reason, "reason")
    if not request.reason.strip():
        raise Invalid("Say what is wrong.", zh="请说明异议理由", field=("reason",))
    if row["state"] != ResultState.DISPUTED:
        await ctx.change(_DISPUTE, id=row["id"], reason=request.reason)
    return ResultPayload(result=row["id"])


@action("EnclaveResult", scope=Scope.cooperation_write, zh="重新上报飞地成果")
async def restate_result(ctx: Ctx, request: RestateResultInput) -> ResultPayload:
    """State a disputed result anew, by the city that reported it; the other confirms it or not."""
    row = await ctx.locked(
        EnclaveResult,
        request.id,
        *("state", "partner_code", "reported_by_code", "synthetic"),
        within=party,
        expected_version=request.expected_version,
        shows="result",
    )
    if row["reported_by_code"] != city_of(ctx):
        raise OutOfBounds(
            "The city that reported it states it anew.", zh="应由上报方重新上报", field=("id",)
        )
    if row["state"] != ResultState.DISPUTED:
        raise LIFE.refusal(
            row["state"], ResultState.PENDING, field=("id",), shows={"result": row["id"]}
        )
    _check_count(request.count)
    _check_shares(request.attribution, row["partner_code"])
    await ctx.change(_RESTATE, id=row["id"], amount=request.count)
    await ctx.cascade(_TAKE_BACK, result=row["id"])
    await _share(ctx, row["id"], row, request.attribution)
    return ResultPayload(result=row["id"])


async def _from(ctx: Ctx, key: UUID, version: int, to: ResultState) -> Record:
    """The result, locked, from where the move is legal or made already."""
    row = await ctx.locked(
        EnclaveResult,
        key,
        *("state", "reported_by_code"),
        within=party,
        expected_version=version,
        already={"state": to},
        shows="result",
    )
    if row["state"] != to and not LIFE.may(row["state"], to):
        raise LIFE.refusal(row["state"], to, field=("id",), shows={"result": row["id"]})
    return row


def _check_other(ctx: Ctx, row: Record) -> None:
    if row["reported_by_code"] == city_of(ctx):
        raise OutOfBounds(
            "The other city looks at what one reported.", zh="应由另一方确认", field=("id",)
        )


def _check_count(count: int) -> None:
    if count < 1:
        raise Invalid("A result is of at least one.", zh="数量须至少为 1", field=("count",))


def _check_note(note: str | None, field: str) -> None:
    if note is not None and len(note) > NOTE_LENGTH:
        raise Invalid(
            f"It has at most {NOTE_LENGTH} characters.",
            zh=f"最多 {NOTE_LENGTH} 个字符",
            field=(field,),
        )


def _check_shares(given: Sequence[Attribution], partner: str) -> None:
    """Shares of the two cities, each once, that make a whole."""
    cities = [each.city for each in given]
    whole = sum((each.share for each in given), Decimal())
    if (
        not set(cities) <= {NANTONG, partner}
        or len(set(cities)) < len(cities)
        or any(each.share <= 0 for each in given)
        or whole != 1
    ):
        raise Invalid(
            f"Shares of {NANTONG} and {partner}, each once and above 0, make 1.",
            zh="归属须为双方城市,每城一次,份额大于 0 且合计为 1",
            field=("attribution",),
        )


async def _share(ctx: Ctx, result: UUID, of: Record, given: Sequence[Attribution]) -> None:
    for each in given:
        await ctx.change(
            _SHARE,
            result=result,
            partner=of["partner_code"],
            city=each.city,
            share=each.share,
            synthetic=of["synthetic"],
        )
