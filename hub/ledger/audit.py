"""AuditEntry: who read, changed or was refused what, and on which ground.

The entry of a read is inserted by the statement that reads, so that nothing is released without one
(handbook 2.7, rule 10); that of a change by the transaction that changes. The app's role may insert
and read entries, never change or delete them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func
from sqlalchemy.orm import Mapped

from hub.model.codes import FieldGroup, LawfulBasis
from hub.model.entity import Entity
from hub.model.field import field, list_of
from hub.model.types import Choice, Json


class AuditAction(Choice):
    """What happened. 发生的操作"""

    READ = "READ", "Personal data was read, or withheld.", "读取(或未提供)个人信息"
    CHANGE = "CHANGE", "Objects were changed.", "变更"
    REFUSAL = "REFUSAL", "A change was refused.", "拒绝变更"


class AuditEntry(
    Entity,
    room="platform",
    schema="ledger",
    scope="audit:read.all",
    plural="audit_entries",
    append_only=True,
    zh="审计记录",
):
    """One outcome of one operation for one kind of object: whose data, which groups, for whom, why.

    Refusals are recorded beside releases, as entries of their own: `refused` is then the reason for
    each field group, and the subjects are the persons whose data was withheld. Of a change it says
    which objects, and of a refused one the code. An entry never changes.
    """

    operation: Mapped[UUID] = field(
        doc="The operation; shown to its caller as auditId.", zh="操作标识(auditId)", filter=True
    )
    at: Mapped[datetime] = field(
        doc="When it happened.",
        zh="发生时间",
        filter=True,
        sort=True,
        server_default=func.clock_timestamp(),
    )
    entity: Mapped[str] = field(doc="Kind of object.", zh="对象类型")
    action: Mapped[AuditAction] = field(doc="What was done.", zh="操作", server_default="READ")
    mutation: Mapped[str | None] = field(
        doc="Name of the mutation; null for a read.", zh="变更操作名称(读取时为空)"
    )
    objects: Mapped[list[UUID]] = field(
        doc="The objects that were changed.",
        zh="被变更的对象",
        type_=ARRAY(Uuid()),
        filter=True,
        server_default="{}",
    )
    subjects: Mapped[list[UUID]] = field(
        doc="The persons whose data was released, withheld or changed.",
        zh="所涉人员",
        type_=ARRAY(Uuid()),
        filter=True,
        server_default="{}",
    )
    field_groups: Mapped[list[FieldGroup]] = field(
        doc="Field groups that were released, or withheld.",
        zh="所涉信息类别",
        type_=list_of(FieldGroup),
        server_default="{}",
    )
    purpose: Mapped[str | None] = field(doc="What for.", zh="使用目的")
    basis: Mapped[LawfulBasis | None] = field(
        doc="Lawful basis of the release.", zh="处理个人信息的合法性基础"
    )
    agreement: Mapped[UUID | None] = field(
        doc="The data-sharing agreement that it rests on.", zh="所依据的数据共享协议"
    )
    client: Mapped[str] = field(doc="The client that read.", zh="读取应用", filter=True)
    audience: Mapped[str] = field(doc="For whom the client acts.", zh="接入对象类别")
    sub: Mapped[str | None] = field(doc="The person or client that the token names.", zh="令牌主体")
    partner: Mapped[str | None] = field(
        doc="Division code of the partner city that received.", zh="接收城市"
    )
    token_id: Mapped[str | None] = field(doc="Id of the access token.", zh="令牌标识")
    document_hash: Mapped[str] = field(
        doc="SHA-256 of the GraphQL document, in hex.", zh="查询文档摘要"
    )
    refused: Mapped[Json] = field(
        doc="Empty when it was done; else field group -> reason why it was withheld, or for a"
        " change `code` -> the code of the refusal.",
        zh="未提供或被拒绝的原因(完成时为空)",
        server_default="{}",
    )
