"""What Alembic cannot know when it writes a migration: schemas, the app's rights, our own type.

A new room is a new schema, which is made before its tables and opened to the app after them, and
goes again on the way down. Descriptions are left out: they are written after each upgrade (see
`migrations.comments`), and a migration would repeat each of them in two languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import Column, Connection, inspect

from hub.model.entity import Xid8 as Declared


def directives(context: Any, _revision: Any, scripts: list[ops.MigrationScript]) -> None:
    """Complete what Alembic found (its `process_revision_directives`)."""
    for script in scripts:
        up, down = script.upgrade_ops, script.downgrade_ops
        assert up is not None
        assert down is not None
        _silence(up.ops)
        _silence(down.ops)
        for schema in _new_schemas(context.connection, up.ops):
            script.imports.add("from migrations.common import close_to_app, open_to_app")
            up.ops.insert(0, ops.ExecuteSQLOp(f"CREATE SCHEMA {schema}"))
            up.ops.append(Call("open_to_app", schema))
            down.ops.append(Call("close_to_app", schema))
            down.ops.append(ops.ExecuteSQLOp(f"DROP SCHEMA {schema}"))


def render(kind: str, value: Any, context: AutogenContext) -> str | Literal[False]:
    """How a type of ours is written; False leaves it to Alembic (its `render_item`)."""
    if kind == "type" and isinstance(value, Declared):
        context.imports.add("from migrations.common import Xid8")
        return "Xid8()"
    return False


class Call(ops.MigrateOperation):
    """A call of a function of `migrations.common` with the name of a schema."""

    def __init__(self, function: str, schema: str) -> None:
        self.function, self.schema = function, schema


@renderers.dispatch_for(Call)
def render_call(_context: AutogenContext, call: Call) -> str:
    return f'{call.function}("{call.schema}")'


def _new_schemas(connection: Connection, found: Iterable[ops.MigrateOperation]) -> list[str]:
    there = inspect(connection).get_schema_names()
    tables = (each for each in found if isinstance(each, ops.CreateTableOp))
    return sorted({str(table.schema) for table in tables} - set(there))


def _silence(found: Iterable[Any]) -> None:
    """Take the comments out of tables and columns; the declarations keep theirs."""
    for each in found:
        if isinstance(each, ops.ModifyTableOps):
            _silence(each.ops)
        elif isinstance(each, ops.CreateTableOp):
            each.comment = None
            each.columns = [_silent(part) for part in each.columns]
        elif isinstance(each, ops.AddColumnOp):
            each.column = _silent(each.column)


def _silent(part: Any) -> Any:
    if not isinstance(part, Column):
        return part
    copy = part._copy()
    copy.comment = None
    return copy
