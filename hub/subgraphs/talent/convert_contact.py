"""`convertContact`: a contact arrived, and is a talent of the city from now on.

Who is on record already under the same phone number or e-mail address is linked to that record:
it is found by the blind index, so that no number is read for it.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, func, insert, literal_column, or_, select, update

from hub.kit.checks import phone_valid
from hub.kit.user_errors import Invalid, Missing
from hub.model.action import Ctx, ExpectedVersion, Payload, Record, Sealed, action, given
from hub.model.operation import Doc, Input, Ref
from hub.subgraphs.talent.contact import LIFE, Contact
from hub.subgraphs.talent.contact_rules import ContactState, looks_after
from hub.subgraphs.talent.person_checks import check_name
from hub.subgraphs.talent.rules import Scope
from hub.subgraphs.talent.talent import Talent

CONTACT, TALENT = Contact.__table__, Talent.__table__


class ConvertContactInput(Input):
    """Which contact became which talent. 转化为人才"""

    id: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]
    talent_id: Annotated[
        UUID | None,
        Ref("Talent"),
        Doc(
            "The talent who the person is; unless given found by phone or e-mail, or else made.",
            "对应人才(未指定时按电话或邮箱匹配,无匹配则新建)",
        ),
    ]
    display_name: Annotated[
        str | None,
        Doc("Name of a talent that is made; the contact's unless given.", "新建人才的显示姓名"),
    ]
    expected_version: ExpectedVersion


class ConvertContactPayload(Payload):
    """The contact and the talent who the person became. 接触人才与对应人才"""

    contact: Annotated[UUID, Ref("Contact"), Doc("The contact.", "接触人才")]
    talent: Annotated[UUID, Ref("Talent"), Doc("The talent.", "人才")]


_phone, _email = given("phone_blind", Text()), given("email_blind", Text())
_MAKE = insert(TALENT).values(
    display_name=given("name", Text()),
    phone=given("phone", Text()),
    phone_blind=_phone,
    email=given("email", Text()),
    email_blind=_email,
)
_ALIKE = (
    select(TALENT.c.id)
    .where(or_(TALENT.c.phone_blind == _phone, TALENT.c.email_blind == _email))
    .order_by(TALENT.c.id)
    .limit(literal_column("2"))
)
_ONE_AT_A_TIME = select(
    func.pg_advisory_xact_lock(
        func.hashtextextended(given("blind", Text()), literal_column("0", BigInteger()))
    )
)
"""Two contacts of one person that are converted at once would else find no talent, both of them."""
_ARRIVE = (
    update(CONTACT)
    .values(state=ContactState.ARRIVED.value, talent_id=given("talent", Uuid()))
    .where(CONTACT.c.id == given("id", Uuid()))
)


@action("Contact", scope=Scope.contact_write, zh="转化为人才")
async def convert_contact(ctx: Ctx, request: ConvertContactInput) -> ConvertContactPayload:
    """Make a talent of a contact who arrived, or link it to the talent who the person is."""
    row = await ctx.locked(
        Contact,
        request.id,
        *("state", "name", "reach", "talent_id"),
        within=looks_after,
        expected_version=request.expected_version,
        already={"state": ContactState.ARRIVED},
        shows="contact",
    )
    if row["state"] == ContactState.ARRIVED:
        return ConvertContactPayload(contact=row["id"], talent=row["talent_id"])
    if not LIFE.may(row["state"], ContactState.ARRIVED):
        raise LIFE.refusal(
            row["state"], ContactState.ARRIVED, field=("id",), shows={"contact": row["id"]}
        )
    talent = await _named(ctx, request.talent_id) or await _found_or_made(ctx, request, row)
    await ctx.change(_ARRIVE, id=row["id"], talent=talent)
    ctx.concerns(row["id"], talent)
    return ConvertContactPayload(contact=row["id"], talent=talent)


async def _named(ctx: Ctx, talent: UUID | None) -> UUID | None:
    """The talent that the caller names, whom she must see."""
    if talent is not None and not await ctx.sees("Talent", talent):
        raise Missing("There is no such talent.", zh="人才不存在", field=("talentId",))
    return talent


async def _found_or_made(ctx: Ctx, request: ConvertContactInput, row: Record) -> UUID:
    """The one talent who is reached as the contact is, or a new one."""
    phone, email = _as_talents(ctx, row["reach"])
    blinds = {"phone_blind": phone and phone.blind, "email_blind": email and email.blind}
    if reach := phone or email:
        await ctx.rows(_ONE_AT_A_TIME, blind=reach.blind)
        alike = await ctx.rows(_ALIKE, **blinds)
        if len(alike) > 1:
            raise Invalid(
                "Several talents are reached as this contact is.",
                zh="存在多名联系方式相同的人才",
                field=("talentId",),
                next_step="Name the talent who the person is in `talentId`.",
            )
        if alike:
            found: UUID = alike[0]["id"]
            return found
    name = (request.display_name or "").strip()
    if not name and row["name"]:
        name = ctx.unseal(CONTACT.c.name, row["name"])
    check_name(name, "displayName")
    [made] = await ctx.change(
        _MAKE, name=name, phone=phone and phone.text, email=email and email.text, **blinds
    )
    talent: UUID = made["id"]
    return talent


def _as_talents(ctx: Ctx, reach: str | None) -> tuple[Sealed | None, Sealed | None]:
    """What the contact is reached by, sealed anew as a talent's phone or e-mail."""
    if reach is None:
        return None, None
    text = ctx.unseal(CONTACT.c.reach, reach)
    if phone_valid(text):
        return ctx.seal(TALENT.c.phone, text), None
    return None, ctx.seal(TALENT.c.email, text)
