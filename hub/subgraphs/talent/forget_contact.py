"""`forgetContact`: what is personal of a contact is erased; the row is kept for the count.

By whoever looks after it, or by time: `upkeep.py` forgets those whose retention has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, cast, null, update

from hub.model.action import Ctx, ExpectedVersion, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.talent.contact import Contact, FollowUp
from hub.subgraphs.talent.contact_rules import ContactState, looks_after
from hub.subgraphs.talent.record_contact import ContactPayload
from hub.subgraphs.talent.rules import Scope

CONTACT, FOLLOW_UP = Contact.__table__, FollowUp.__table__


class ForgetContactInput(Input):
    """Which contact to forget. 删除接触人才的个人信息"""

    id: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]
    expected_version: ExpectedVersion


_IDS = any_(given("ids", ARRAY(Uuid())))
_ERASE_NOTES = (
    update(FOLLOW_UP)
    .values(note=null())
    .where(FOLLOW_UP.c.contact_id == _IDS, FOLLOW_UP.c.note.is_not(None))
)
_FORGET = (
    update(CONTACT)
    .values(
        state=ContactState.FORGOTTEN.value,
        name=null(),
        reach=null(),
        interests=cast([], ARRAY(Text())),
        consent_evidence=null(),
        next_step=null(),
        talent_id=null(),
    )
    .where(CONTACT.c.id == _IDS)
)


async def forget(ctx: Ctx, keys: Sequence[UUID]) -> None:
    """Erase what is personal of contacts that are locked, and of what was noted about them.

    The notes go first: no contact may become FORGOTTEN while a note of it is left.
    """
    await ctx.cascade(_ERASE_NOTES, ids=list(keys))
    await ctx.cascade(_FORGET, ids=list(keys))
    ctx.concerns(*keys)


@action("Contact", scope=Scope.contact_write, zh="删除接触人才的个人信息")
async def forget_contact(ctx: Ctx, request: ForgetContactInput) -> ContactPayload:
    """Erase what is personal of a contact and the notes about it; it still counts for its event."""
    row = await ctx.locked(
        Contact,
        request.id,
        "state",
        within=looks_after,
        expected_version=request.expected_version,
        already={"state": ContactState.FORGOTTEN},
        shows="contact",
    )
    if row["state"] != ContactState.FORGOTTEN:
        await forget(ctx, [row["id"]])
    return ContactPayload(contact=row["id"])
