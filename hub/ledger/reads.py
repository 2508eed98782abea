"""The audit rows of a read, inserted by the statement that reads.

A row per operation, entity and outcome: what was released, with the persons it is about and the
field groups, or what was withheld from the caller and why. Being part of the statement, the row is
there if and only if the data left the database. A person whom an operation reaches by several ways
may be named several times in one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import Select

from hub.ledger.audit import AuditEntry
from hub.model.access import Evidence


@dataclass(frozen=True)
class Outcome:
    """One audit row to be: an array of persons (null or empty: no row), and why not."""

    entity: str
    evidence: Evidence
    ids: ColumnElement[Any]
    field_groups: tuple[str, ...]
    reason: ColumnElement[str] | None = None


def audit_of_reads(answer: CTE | None, outcomes: Sequence[Outcome]) -> CTE:
    """`INSERT INTO ledger.audit_entry ... FROM answer, LATERAL (VALUES ...)`, a CTE of the read.

    Without an answer (nothing was allowed at all) the outcomes stand on parameters alone.
    """
    told = _told.data([_outcome(outcome) for outcome in outcomes]).lateral("told")
    row: Select[Any] = select(
        _caller("operation", Uuid()),
        func.clock_timestamp(),
        told.c.entity,
        told.c.ids,
        told.c.field_groups,
        _caller("purpose"),
        told.c.basis,
        told.c.agreement,
        _caller("client"),
        _caller("audience"),
        _caller("sub"),
        _caller("partner"),
        _caller("token"),
        _caller("document"),
        told.c.refused,
    )
    row = row.select_from(*([] if answer is None else [answer]), told)
    table = AuditEntry.__table__
    return (
        insert(table)
        .from_select(
            list(_COLUMNS), row.where(told.c.ids != literal_column("'{}'")), include_defaults=False
        )
        .returning(table.c.id)
        .cte("audit")
    )


_told = values(
    column("entity", Text()),
    column("ids", ARRAY(Uuid())),
    column("field_groups", ARRAY(Text())),
    column("basis", Text()),
    column("agreement", Uuid()),
    column("refused", JSONB()),
    name="told",
)

_COLUMNS = (
    "operation",
    "at",
    "entity",
    "subjects",
    "field_groups",
    "purpose",
    "basis",
    "agreement",
    "client",
    "audience",
    "sub",
    "partner",
    "token_id",
    "document_hash",
    "refused",
)


def _outcome(outcome: Outcome) -> tuple[ColumnElement[Any], ...]:
    groups = ", ".join(f"'{name}'" for name in outcome.field_groups)
    return (
        literal_column(f"'{outcome.entity}'"),
        outcome.ids,
        literal_column(f"ARRAY[{groups}]::text[]"),
        outcome.evidence.basis,
        outcome.evidence.agreement,
        _refused(outcome),
    )


def _refused(outcome: Outcome) -> ColumnElement[Any]:
    if outcome.reason is None:
        return cast(literal_column("'{}'"), JSONB())
    each = [part for name in outcome.field_groups for part in (f"'{name}'", outcome.reason)]
    pairs = [literal_column(part) if isinstance(part, str) else part for part in each]
    return func.jsonb_build_object(*pairs)


def _caller(name: str, kind: Any = None) -> ColumnElement[Any]:
    return bindparam(f"caller_{name}", type_=kind or Text(), required=True)
