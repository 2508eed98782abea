"""Actions that leave out what only they can know."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from hub.model.access import everyone
from hub.model.action import Ctx, ExpectedVersion, Payload, action
from hub.model.operation import Doc, Input, Ref
from tests.act.depot import _FILL, WRITE, Crate


class CarelessInput(Input):
    """Which crate. 指定箱"""

    crate_id: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]


class PaintCrateInput(Input):
    """Which crate, and in which version. 指定箱与版本"""

    crate_id: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]
    expected_version: ExpectedVersion


class CarelessPayload(Payload):
    """The crate as it is now. 当前的箱"""

    crate: Annotated[UUID, Ref("Crate"), Doc("The crate.", "箱")]


@action("Crate", scope=WRITE, zh="摇箱")
async def shake_crate(ctx: Ctx, request: CarelessInput) -> CarelessPayload:
    """Change a crate that was not locked: nobody asked whether the caller may."""
    await ctx.change(_FILL, crate=request.crate_id, pieces=1)
    return CarelessPayload(crate=request.crate_id)


@action("Crate", scope=WRITE, zh="涂箱")
async def paint_crate(ctx: Ctx, request: PaintCrateInput) -> CarelessPayload:
    """Change a crate in whatever version it is."""
    await ctx.locked(Crate, request.crate_id, within=everyone)
    await ctx.change(_FILL, crate=request.crate_id, pieces=1)
    return CarelessPayload(crate=request.crate_id)
