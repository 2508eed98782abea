"""A room that exists in tests only: crates that are made, filled, swapped and broken.

Its tables stand in a MetaData of their own, so that nothing of it is taken for the hub's.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Integer,
    MetaData,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped

from hub.kit.user_errors import Invalid
from hub.model.access import Caller, Reason, Row, everyone, rule
from hub.model.action import (
    Ctx,
    IdempotencyKey,
    Part,
    Payload,
    action,
    given,
)
from hub.model.entity import Entity
from hub.model.field import field
from hub.model.operation import Doc, Input, Ref

READ, WRITE, SECRET = "depot:read", "depot:write", "depot:read.secret"

METADATA = MetaData()


class Crate(Entity, room="depot", schema="depot", scope=READ, plural="crates", zh="箱"):
    """A crate with things in it."""

    metadata = METADATA
    __table_args__ = (CheckConstraint("pieces BETWEEN 0 AND 100", name="pieces_fit"),)

    name: Mapped[str] = field(doc="Name.", zh="名称", filter=True)
    pieces: Mapped[int] = field(doc="Things in it.", zh="件数")
    seal: Mapped[str | None] = field(doc="Number of its seal.", zh="封号", scope=SECRET)


CRATE = Crate.__table__


@rule(Reason.BOUND, "the key of the crate")
def unlocked_crate(row: Row, caller: Caller) -> ColumnElement[bool]:
    """A crate called safe is seen by all and filled by none."""
    return row.name != "safe"


class MakeCrateInput(Input):
    """Which crate to make. 新建箱"""

    name: Annotated[str, Doc("Its name.", "名称")]
    idempotency_key: IdempotencyKey


class MakeCratePayload(Payload):
    """The new crate. 新建的箱"""

    crate: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]


_MAKE = insert(CRATE).values(name=given("name", Text()), pieces=0, seal="7")


@action("Crate", scope=WRITE, zh="新建箱")
async def make_crate(ctx: Ctx, request: MakeCrateInput) -> MakeCratePayload:
    """Make an empty crate."""
    [row] = await ctx.change(_MAKE, name=request.name)
    return MakeCratePayload(crate=row["id"])


class FillCrateInput(Input):
    """What to put into a crate. 装箱"""

    crate_id: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]
    pieces: Annotated[int, Doc("How many things to add.", "增加件数")]
    expected_version: Annotated[int | None, Doc("Its version.", "版本号")]
    idempotency_key: Annotated[str | None, Doc("A key.", "幂等键")]


class FillCratePayload(Payload):
    """The crate as it is now. 当前的箱"""

    crate: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]
    before: Annotated[int, Doc("How many were in it.", "原有件数")]


_FILL = (
    update(CRATE)
    .values(pieces=CRATE.c.pieces + given("pieces", Integer()))
    .where(CRATE.c.id == given("crate", Uuid()))
)


def _overfull() -> Invalid:
    return Invalid("A crate holds at most 100.", zh="每箱最多 100 件", field=("pieces",))


@action("Crate", scope=WRITE, zh="装箱", violations={"pieces_fit": _overfull})
async def fill_crate(ctx: Ctx, request: FillCrateInput) -> FillCratePayload:
    """Put things into a crate."""
    row = await ctx.locked(
        Crate,
        request.crate_id,
        "pieces",
        within=unlocked_crate,
        expected_version=request.expected_version,
        field=("crateId",),
        shows="crate",
    )
    await ctx.change(_FILL, crate=row["id"], pieces=request.pieces)
    return FillCratePayload(crate=row["id"], before=row["pieces"])


class Pieces(Part):
    """How many came into one crate. 单箱结果"""

    crate_id: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]
    pieces: Annotated[int, Doc("Things in it now.", "现有件数")]


class SpreadInput(Input):
    """Which crates get a thing each, locked in this very order. 分装"""

    crate_ids: Annotated[list[UUID], Ref("Crate"), Doc("The crates.", "箱列表")]


class SpreadPayload(Payload):
    """What came of it. 分装结果"""

    rows: Annotated[list[Pieces], Doc("One for each crate.", "逐箱结果")]
    crates: Annotated[list[UUID], Ref("Crate"), Doc("The crates.", "箱列表")]


_COUNT = select(CRATE.c.pieces).where(CRATE.c.id == given("crate", Uuid()))
_PAUSE = select(func.pg_sleep(bindparam("given_seconds", required=True)))


@action("Crate", scope=WRITE, zh="分装")
async def spread(ctx: Ctx, request: SpreadInput) -> SpreadPayload:
    """Put a thing into each of the crates, in their order and without haste."""
    rows = []
    for crate in request.crate_ids:
        await ctx.locked(Crate, crate, within=everyone, field=("crateIds",))
        await ctx.change(_FILL, crate=crate, pieces=1)
        [row] = await ctx.rows(_COUNT, crate=crate)
        rows.append(Pieces(crate_id=crate, pieces=row["pieces"]))
        await ctx.rows(_PAUSE, seconds=0.05)
    return SpreadPayload(rows=rows, crates=request.crate_ids)
