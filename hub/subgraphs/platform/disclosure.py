"""Disclosure: who read a person's data, what for and on which ground; what was withheld from whom.

The same entries as the audit's, as far as they tell of reads of persons, for two kinds of readers:
the person herself (`myDisclosures`), and who oversees the hub (`disclosures(talentId:)`). An entry
names many persons; neither reader is shown the others. What she read of her own data is no
disclosure.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.access import Caller, Reason, Row, rule
from hub.model.codes import FieldGroup, LawfulBasis
from hub.model.entity import Entity
from hub.model.field import field, list_of
from hub.model.operation import Conditions, Doc, Ref, read
from hub.model.types import Json
from hub.subgraphs.platform.rules import Scope

if TYPE_CHECKING:
    from hub.model.registry import Registry

_READS = """
    SELECT id, at, coalesce(partner, client) AS recipient, partner, client, audience, entity,
        purpose, basis, agreement, field_groups, refused <> '{}' AS refused, refused AS reasons,
        operation, subjects
    FROM ledger.audit_entry
    WHERE action = 'READ' AND audience <> 'TALENT'
"""


def _reads(_: Registry) -> str:
    return _READS


class Told:
    """What both kinds of readers are told."""

    at: Mapped[datetime] = field(doc="When it was read.", zh="读取时间", filter=True, sort=True)
    recipient: Mapped[str] = field(
        doc="Who received, or was refused: division code of a partner city, else the client.",
        zh="接收方(合作城市行政区划代码,或应用标识)",
        filter=True,
    )
    partner: Mapped[str | None] = field(
        doc="Division code of the partner city for which it was read.", zh="接收城市"
    )
    client: Mapped[str] = field(doc="The client that read.", zh="读取应用")
    audience: Mapped[str] = field(doc="For whom the client acts.", zh="接入对象类别")
    entity: Mapped[str] = field(doc="Kind of object, such as Talent or Degree.", zh="对象类型")
    purpose: Mapped[str | None] = field(doc="What for.", zh="使用目的")
    basis: Mapped[LawfulBasis | None] = field(
        doc="Lawful basis of the release.", zh="处理个人信息的合法性基础"
    )
    agreement: Mapped[UUID | None] = field(
        doc="The data-sharing agreement that it rests on.", zh="所依据的数据共享协议"
    )
    field_groups: Mapped[list[FieldGroup]] = field(
        doc="Field groups that were released, or withheld.",
        zh="所涉信息类别",
        type_=list_of(FieldGroup),
    )
    refused: Mapped[bool] = field(
        doc="Whether it was withheld instead of released.", zh="是否未提供", filter=True
    )
    reasons: Mapped[Json] = field(
        doc="Field group -> reason why it was withheld; empty when it was released.",
        zh="未提供的原因",
    )
    operation: Mapped[UUID] = field(
        doc="The operation, known to its caller as auditId.", zh="操作标识(auditId)"
    )
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


def about(row: Row, person: Any) -> ColumnElement[bool]:
    """Whether an entry names a person; in this form its index serves."""
    return row.subjects.op("@>", is_comparison=True)(array([person]))


@rule(Reason.BOUND, "a token of the person herself")
def of_herself(row: Row, caller: Caller) -> ColumnElement[bool] | bool:
    """A talent's own."""
    return about(row, caller.talent) if caller.has("talent") else False


class Disclosure(
    Told,
    Entity,
    scope=Scope.audit_read_all,
    plural="disclosures",
    schema="ledger",
    view=_reads,
    zh="个人信息披露",
):
    """A read of a person's data, or a refusal to show it, as who oversees the hub sees it."""


class MyDisclosure(
    Told,
    Entity,
    scope=Scope.audit_read_self,
    rows=of_herself,
    plural="my_disclosures",
    schema="ledger",
    view=_reads,
    zh="本人信息披露",
):
    """A read of one's own data by others, or a refusal to show it to them."""


@read("Disclosure")
def disclosures(
    row: Row,
    caller: Caller,  # noqa: ARG001  # the form of a read
    talent_id: Annotated[
        UUID | None,
        Ref("Talent"),
        Doc("Whose data; everybody's unless given.", "所涉人才(默认全部)"),
    ],
) -> Conditions:
    """Who read persons' data, or was refused it, by person."""
    if talent_id is not None:
        yield about(row, talent_id)
