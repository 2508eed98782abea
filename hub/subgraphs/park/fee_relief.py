"""FeeRelief: of a property fee, a part (减) or the whole (免) that a park does not take.

The city's document names both kinds and neither rate nor length: what a park grants is by a version
of a policy, or by its own decision where no policy says so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Integer,
    Numeric,
    Select,
    Text,
    Uuid,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid, Missing
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.entity import Entity
from hub.model.field import edge, field
from hub.model.operation import Doc, Input, Ref
from hub.model.states import States
from hub.model.types import Fen, Visibility
from hub.subgraphs.park.ending import check_note
from hub.subgraphs.park.park import Park
from hub.subgraphs.park.rules import ReliefKind, ReliefState, Scope, operated, own_park

RATE = Numeric(5, 4)
MOST_MONTHS = 120
LIFE = States({ReliefState.GRANTED: [ReliefState.REVOKED]})


class FeeRelief(
    Entity,
    life=LIFE,
    scope=Scope.park_read_relief,
    rows=operated,
    visibility=Visibility.P2,
    plural="fee_reliefs",
    zh="物业费减免",
):
    """A property fee that is reduced or waived for an organisation or a person in a park."""

    __table_args__ = (
        CheckConstraint(
            "(kind = 'WAIVER' AND rate = 1) OR (kind = 'REDUCTION' AND"
            " (rate > 0 AND rate < 1 OR rate IS NULL AND amount_fen IS NOT NULL))",
            name="rate_of_its_kind",
        ),
        CheckConstraint("months BETWEEN 1 AND 120", name="months_in_bounds"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "num_nonnulls(holder_talent_id, holder_organisation_id) = 1", name="one_holder"
        ),
    )

    kind: Mapped[ReliefKind] = field(
        doc="Whether it is reduced or waived.", zh="减免方式", filter=True
    )
    rate: Mapped[Decimal | None] = field(
        doc="What part of the fee is not taken, 0 to 1; 1 of a waiver, null where an amount is said"
        " instead.",
        zh="减免比例(0 至 1,免收为 1)",
        type_=RATE,
    )
    months: Mapped[int | None] = field(
        doc="For how many months; null where no end is set.", zh="减免月数"
    )
    amount_fen: Mapped[Fen | None] = field(
        doc="What is not taken in all, in fen; null where it follows from the rate.",
        zh="减免金额(分)",
    )
    starts_on: Mapped[date] = field(doc="First day of it.", zh="起始日期", filter=True, sort=True)
    revoke_note: Mapped[str | None] = field(doc="Why it was revoked.", zh="撤销说明")
    state: Mapped[ReliefState] = field(
        doc="Where it stands in its life.", zh="状态", filter=True, server_default="GRANTED"
    )

    park = edge("Park", filter=True, doc="The park that grants it.", zh="园区")
    holder_talent = edge(
        "talent.Talent", required=False, doc="The person for whom it is.", zh="受益人"
    )
    holder_organisation = edge(
        "cooperation.Organisation",
        required=False,
        filter=True,
        doc="The organisation for which it is.",
        zh="受益机构",
    )
    policy_version = edge(
        "policy.PolicyVersion",
        by="key",
        required=False,
        filter=True,
        doc="The version of the policy that it is granted by; null where a park does so itself.",
        zh="依据的政策版本",
    )


RELIEF = FeeRelief.__table__


class GrantFeeReliefInput(Input):
    """What is granted to whom. 办理物业费减免"""

    park_id: Annotated[UUID, Ref("Park"), Doc("The park that grants it.", "园区")]
    organisation_id: Annotated[
        UUID | None, Ref("Organisation"), Doc("The organisation for which it is.", "受益机构")
    ]
    talent_id: Annotated[UUID | None, Ref("Talent"), Doc("The person for whom it is.", "受益人")]
    kind: Annotated[ReliefKind, Doc("Reduced or waived.", "减免方式")]
    rate: Annotated[
        Decimal | None,
        Doc("Of a reduction, what part is not taken: more than 0, less than 1.", "减免比例"),
    ]
    months: Annotated[int | None, Doc("For how many months, at most 120.", "减免月数")]
    amount_fen: Annotated[Fen | None, Doc("What is not taken in all, in fen.", "减免金额(分)")]
    starts_on: Annotated[date, Doc("First day of it.", "起始日期")]
    policy_version_key: Annotated[
        str | None,
        Doc(
            "Key of the published version of the policy that it is granted by.",
            "依据的政策版本(已发布)",
        ),
    ]
    idempotency_key: IdempotencyKey


class RevokeFeeReliefInput(Input):
    """Which relief to take back, and why. 撤销物业费减免"""

    id: Annotated[UUID, Ref("FeeRelief"), Doc("The relief.", "物业费减免")]
    note: Annotated[str | None, Doc("Why, at most 500 characters.", "撤销说明")]
    expected_version: ExpectedVersion


class FeeReliefPayload(Payload):
    """The relief as it stands now. 物业费减免的当前状态"""

    fee_relief: Annotated[UUID, Ref("FeeRelief"), Doc("The relief.", "物业费减免")]


_GRANT = insert(RELIEF).values(
    park_id=given("park", Uuid()),
    holder_organisation_id=given("organisation", Uuid()),
    holder_talent_id=given("talent", Uuid()),
    kind=given("kind", Text()),
    rate=given("rate", RATE),
    months=given("months", Integer()),
    amount_fen=given("amount", BigInteger()),
    starts_on=given("starts", Date()),
    policy_version_key=given("policy", Text()),
    synthetic=given("synthetic", RELIEF.c.synthetic.type),
)
_REVOKE = (
    update(RELIEF)
    .values(state=ReliefState.REVOKED.value, revoke_note=given("note", Text()))
    .where(RELIEF.c.id == given("relief", Uuid()))
)


_PUBLISHED: Select[Any] = (
    select(literal_column("1"))
    .select_from(table("policy_version", schema="policy"))
    .where(
        literal_column("key", Text()) == given("policy", Text()),
        literal_column("state", Text()) != literal_column("'DRAFT'"),
    )
)


def _no_organisation() -> Missing:
    return Missing(
        "There is no Organisation with this id.", zh="机构不存在", field=("organisationId",)
    )


@action(
    "FeeRelief",
    scope=Scope.park_write_relief,
    zh="办理物业费减免",
    violations={"fk_fee_relief_holder_organisation_id": _no_organisation},
)
async def grant_fee_relief(ctx: Ctx, request: GrantFeeReliefInput) -> FeeReliefPayload:
    """Reduce or waive the property fee of an organisation or a person in a park."""
    await _check_holder(ctx, request)
    await _check_version(ctx, request)
    park = await ctx.locked(Park, request.park_id, "synthetic", within=own_park, field=("parkId",))
    [row] = await ctx.change(
        _GRANT,
        park=park["id"],
        organisation=request.organisation_id,
        talent=request.talent_id,
        kind=request.kind.value,
        rate=_rate(request),
        months=request.months,
        amount=request.amount_fen,
        starts=request.starts_on,
        policy=request.policy_version_key,
        synthetic=park["synthetic"],
    )
    if request.talent_id:
        ctx.concerns(request.talent_id)
    return FeeReliefPayload(fee_relief=row["id"])


@action("FeeRelief", scope=Scope.park_write_relief, zh="撤销物业费减免")
async def revoke_fee_relief(ctx: Ctx, request: RevokeFeeReliefInput) -> FeeReliefPayload:
    """Take a relief back."""
    check_note(request.note)
    row = await ctx.locked(
        FeeRelief,
        request.id,
        *("state", "holder_talent_id"),
        within=operated,
        expected_version=request.expected_version,
        already={"state": ReliefState.REVOKED},
        shows="fee_relief",
    )
    if row["state"] != ReliefState.REVOKED:
        await ctx.change(_REVOKE, relief=row["id"], note=request.note)
    if row["holder_talent_id"]:
        ctx.concerns(row["holder_talent_id"])
    return FeeReliefPayload(fee_relief=row["id"])


async def _check_holder(ctx: Ctx, request: GrantFeeReliefInput) -> None:
    """One of both; a person only where the caller may see her."""
    if (request.organisation_id is None) == (request.talent_id is None):
        raise Invalid(
            "Give either talentId or organisationId.",
            zh="talentId 与 organisationId 必须且只能给出一个",
            field=("organisationId",),
        )
    if request.talent_id and not await ctx.sees("Talent", request.talent_id):
        raise Missing(
            "There is no Talent with this id for this client and purpose.",
            zh="在当前应用与用途下不存在该人才",
            field=("talentId",),
        )


async def _check_version(ctx: Ctx, request: GrantFeeReliefInput) -> None:
    """A relief rests on what was published."""
    version = request.policy_version_key
    if version is not None and not await ctx.rows(_PUBLISHED, policy=version):
        raise Missing(
            "There is no published version of a policy with this key.",
            zh="不存在该已发布的政策版本",
            field=("policyVersionKey",),
        )


def _rate(request: GrantFeeReliefInput) -> Decimal | None:
    """The rate as it is kept; raises Invalid for one that its kind cannot have."""
    if request.months is not None and not 1 <= request.months <= MOST_MONTHS:
        raise Invalid(
            f"A relief lasts 1 to {MOST_MONTHS} months.",
            zh=f"减免月数须为 1 至 {MOST_MONTHS}",
            field=("months",),
            maximum=MOST_MONTHS,
        )
    if request.amount_fen is not None and request.amount_fen <= 0:
        raise Invalid("An amount is more than nothing.", zh="金额须大于零", field=("amountFen",))
    rate = request.rate if request.rate is None else request.rate.quantize(Decimal("0.0001"))
    if request.kind == ReliefKind.WAIVER:
        if rate not in (None, Decimal(1)):
            raise Invalid("A waiver has the rate 1.", zh="免收的比例为 1", field=("rate",))
        return Decimal(1)
    if rate is None and request.amount_fen is None:
        raise Invalid(
            "A reduction has a rate or an amount.", zh="减收须给出比例或金额", field=("rate",)
        )
    if rate is not None and not 0 < rate < 1:
        raise Invalid(
            "The rate of a reduction lies between 0 and 1.",
            zh="减收比例须大于 0 且小于 1",
            field=("rate",),
        )
    return rate
