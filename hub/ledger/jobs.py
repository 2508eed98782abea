"""When each job is due next: one row for each, locked by whoever is at it.

The row is moved on by the transaction that does the work. So a run that is killed leaves nothing
behind, neither its effects nor its lock, and the next who looks does the work; while one is at it,
the others pass by (SKIP LOCKED).
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    Integer,
    Table,
    Text,
    any_,
    case,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import INTERVAL, insert

from hub.kit.sql import Sql
from hub.model.action import given
from hub.model.entity import metadata

job = Table(
    "job",
    metadata,
    Column("name", Text(), primary_key=True, comment="Name of the job."),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ran_at", DateTime(timezone=True), comment="When it last came to its end."),
    Column("runs", Integer(), nullable=False, server_default=text("0")),
    Column("failures", Integer(), nullable=False, server_default=text("0")),
    schema="ledger",
    comment="Recurring work: when each is due, and how it went.",
)

_row = job.c
_named = _row.name == given("name", Text())

KNOWN = Sql(
    insert(job)
    .from_select(
        ["name"], select(func.unnest(given("names", ARRAY(Text())))), include_defaults=False
    )
    .on_conflict_do_nothing()
)
"""Every job has a row; a new one is due at once."""

CLAIM = Sql(
    select(_row.name)
    .where(_row.due_at <= func.hub_now(), _row.name == any_(given("names", ARRAY(Text()))))
    .order_by(_row.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
"""One that is due and nobody is at."""

DONE = Sql(
    update(job)
    .values(
        due_at=case(
            (given("more", Boolean()), _row.due_at),
            else_=func.hub_now() + given("every", INTERVAL()),
        ),
        ran_at=func.hub_now(),
        runs=_row.runs + 1,
    )
    .where(_named)
)
"""It comes again after its time, or at once where there is more to do."""

FAILED = Sql(
    update(job)
    .values(due_at=func.hub_now() + given("every", INTERVAL()), failures=_row.failures + 1)
    .where(_named)
)
"""A fault is no reason to spin: it is tried again when it would be due again."""
