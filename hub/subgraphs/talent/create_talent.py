"""`createTalent` and `correctTalent`: a person comes on record, and what is wrong is put right.

Departments and the city's apps do both; a talent corrects her own record, all but what a
department decides: that she is recognised as a returnee, and her level.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, case, func, insert, literal, update

from hub.kit.user_errors import OutOfBounds
from hub.model.access import Audience, Caller, Reason, Row, rule
from hub.model.action import Ctx, ExpectedVersion, IdempotencyKey, Payload, action, given
from hub.model.operation import Doc, Ref
from hub.model.types import Choice
from hub.subgraphs.talent.person_values import ALIKE, SAID, VIOLATIONS, PersonInput, values_of
from hub.subgraphs.talent.rules import ReturneeStatus, Scope
from hub.subgraphs.talent.talent import Talent

TALENT = Talent.__table__
CITY = (Audience.DEPARTMENT, Audience.INTERNAL)


class Clearable(Choice):
    """What may be taken out of a talent's record. 可清除的信息"""

    PHONE = "PHONE", "Phone number.", "电话"
    EMAIL = "EMAIL", "E-mail address.", "电子邮箱"
    IDENTITY = "IDENTITY", "Identity document.", "身份证件"
    RESIDENCE = "RESIDENCE", "Division of residence.", "居住地"
    RETURNED_ON = "RETURNED_ON", "Day of return.", "回国日期"
    GRADUATED_ON = "GRADUATED_ON", "Day of graduation.", "毕业日期"


_CLEARS = {
    "phone": Clearable.PHONE,
    "phone_blind": Clearable.PHONE,
    "email": Clearable.EMAIL,
    "email_blind": Clearable.EMAIL,
    **{
        f"identity_{part}": Clearable.IDENTITY
        for part in ("type", "territory", "number", "hash", "last4")
    },
    "residence_division_code": Clearable.RESIDENCE,
    "returned_on": Clearable.RETURNED_ON,
    "graduated_on": Clearable.GRADUATED_ON,
}
"""Column -> with what it is cleared."""


class CreateTalentInput(PersonInput):
    """Who comes on record. 新增人才"""

    display_name: Annotated[str, Doc("Name as the person wants it shown.", "显示姓名")]
    idempotency_key: IdempotencyKey


class CorrectTalentInput(PersonInput):
    """What is to be said otherwise of a talent; what is left out stays. 更正人才信息"""

    id: Annotated[UUID, Ref("Talent"), Doc("The talent.", "人才")]
    display_name: Annotated[str | None, Doc("Name as the person wants it shown.", "显示姓名")]
    clear: Annotated[list[Clearable] | None, Doc("What is to be taken out.", "需清除的信息")]
    expected_version: ExpectedVersion


class TalentPayload(Payload):
    """The talent as it stands now, and who else is reached in the same way. 人才的当前状态"""

    talent: Annotated[UUID, Ref("Talent"), Doc("The talent.", "人才")]
    alike: Annotated[
        list[UUID] | None,
        Ref("Talent"),
        Doc(
            "Others with the same phone or e-mail, at most five; null for who may not see one.",
            "联系方式相同的其他人才(至多五名)",
        ),
    ]


@rule(Reason.BOUND, "a token of a department, of an app of the city, or of the person herself")
def corrects(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A talent's record is put right by the city, or by her."""
    if caller.audience is Audience.TALENT and caller.has("talent"):
        return row.subject == caller.talent
    return caller.audience in CITY


_CREATE = insert(TALENT).values(
    {
        **SAID,
        **{
            name: func.coalesce(SAID[name], literal([], ARRAY(Text())))
            for name in ("target_industries", "languages")
        },
    }
)


def _otherwise(name: str) -> ColumnElement[object]:
    """The new value of a column: what was said, null where it is cleared, else as before."""
    kept: ColumnElement[object] = TALENT.c[name]
    if cleared := _CLEARS.get(name):
        kept = case(
            (literal(cleared.value) == any_(given("clear", ARRAY(Text()))), None), else_=kept
        )
    if name == "identity_territory":  # belongs to the document, and goes with the old one
        return case((SAID["identity_number"].is_not(None), SAID[name]), else_=kept)
    return func.coalesce(SAID[name], kept)


_CORRECT = (
    update(TALENT)
    .values({name: _otherwise(name) for name in SAID})
    .where(TALENT.c.id == given("id", Uuid()))
)


@action("Talent", scope=Scope.talent_write, zh="新增人才", violations=VIOLATIONS)
async def create_talent(ctx: Ctx, request: CreateTalentInput) -> TalentPayload:
    """Put a person on record; one who is there under the same identity document is refused."""
    if ctx.grant.audience not in CITY:
        raise OutOfBounds(
            "Talents are put on record by departments and the city's apps.",
            zh="人才由部门或本市应用登记",
        )
    values = await values_of(ctx, request, request.display_name.strip())
    [row] = await ctx.change(_CREATE, **values)
    ctx.concerns(row["id"])
    return TalentPayload(talent=row["id"], alike=await _alike(ctx, row["id"], values))


@action("Talent", scope=Scope.talent_write, zh="更正人才信息", violations=VIOLATIONS)
async def correct_talent(ctx: Ctx, request: CorrectTalentInput) -> TalentPayload:
    """Put right what is on record of a talent."""
    row = await ctx.locked(
        Talent,
        request.id,
        within=corrects,
        expected_version=request.expected_version,
        shows="talent",
    )
    if ctx.grant.audience is Audience.TALENT:
        _check_own(request)
    name = request.display_name
    values = await values_of(ctx, request, name and name.strip())
    await ctx.change(
        _CORRECT, id=row["id"], clear=[each.value for each in request.clear or ()], **values
    )
    ctx.concerns(row["id"])
    return TalentPayload(talent=row["id"], alike=await _alike(ctx, row["id"], values))


def _check_own(request: CorrectTalentInput) -> None:
    """Raise OutOfBounds for what is not for the person herself to say."""
    if request.level is not None:
        raise OutOfBounds(
            "A level is set by a department.", zh="人才层次由部门确定", field=("level",)
        )
    if request.returnee_status not in (None, ReturneeStatus.DECLARED):
        raise OutOfBounds(
            "A person declares; a department recognises.",
            zh="本人只能申报,认定由部门作出",
            field=("returneeStatus",),
        )


async def _alike(ctx: Ctx, talent: UUID, values: dict[str, object]) -> list[UUID]:
    """Others who are reached by what was said; each caller is shown those whom she may see."""
    if ctx.grant.audience not in CITY or not (values["phone_blind"] or values["email_blind"]):
        return []
    found = await ctx.rows(
        ALIKE, phone_blind=values["phone_blind"], email_blind=values["email_blind"]
    )
    return [row["id"] for row in found if row["id"] != talent][:5]
