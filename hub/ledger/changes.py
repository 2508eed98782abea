"""The change row: each write of a noun leaves one, in the same statement and so in one transaction.

Rows are in feed order by (xid, seq) (handbook 2.8): neither time nor sequence alone would do, since
both are taken before the commit. Who changed what, and why, is in the audit under `operation`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Delete,
    Identity,
    Integer,
    Select,
    Table,
    Text,
    Update,
    UpdateBase,
    Uuid,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    text,
)

from hub.model.entity import Xid8, metadata

change = Table(
    "change",
    metadata,
    Column("xid", Xid8(), primary_key=True, server_default=func.pg_current_xact_id()),
    Column("seq", BigInteger(), Identity(always=True), primary_key=True),
    Column("entity", Text(), nullable=False, comment="Kind of object."),
    Column("object", Uuid(), nullable=False, comment="Its id."),
    Column("version", Integer(), nullable=False, comment="Its version after the change."),
    Column("deleted", Boolean(), nullable=False, server_default=text("false")),
    Column("operation", Uuid(), nullable=False, comment="The operation, as the audit names it."),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ledger",
    comment="What was written, in the order in which readers of the feed may see it.",
)


def recorded(statement: UpdateBase, entity: str) -> Select[Any]:
    """The write with its change rows: SELECT of `id`, `version` and what it returns itself.

    An update raises the version and stamps the row; the parameter `caller_operation` names the
    operation.
    """
    table: Any = statement.table
    if isinstance(statement, Update):
        statement = statement.values(
            version=table.c.version + literal_column("1", Integer()),
            updated_at=func.now(),
            change_xid=func.pg_current_xact_id(),
        )
    written = statement.returning(table.c.id, table.c.version).cte("written")
    noted = (
        insert(change)
        .from_select(
            ["entity", "object", "version", "deleted", "operation"],
            select(
                literal_column(f"'{entity}'"),
                written.c.id,
                written.c.version,
                literal_column("true" if isinstance(statement, Delete) else "false"),
                bindparam("caller_operation", type_=Uuid(), required=True),
            ),
        )
        .cte("noted")
    )
    return select(written).add_cte(noted)
