"""Views: rows that are computed from tables, as the declarations say.

They are taken away before the migrations, so that no view stands in the way of a change of a table,
and made anew behind them, so that a room that joins a count needs no migration for it. All is one
transaction: nobody ever misses one. They read as whoever asks, under her own rights.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from hub.model.registry import Registry
from migrations.common import APP

_FOUND = text("""
    SELECT format('%I.%I', schemaname, viewname) FROM pg_views
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1
""")


def drop_views(connection: Connection) -> None:
    """Take every view away."""
    for name in connection.execute(_FOUND).scalars().all():
        connection.execute(text(f"DROP VIEW IF EXISTS {name} CASCADE"))


def create_views(connection: Connection, registry: Registry) -> None:
    """Make every view, in the order in which they are declared: a later one may read an earlier."""
    for noun in registry.nouns.values():
        if noun.entity.view is None:
            continue
        name = f"{noun.table.schema}.{noun.table.name}"
        columns = ", ".join(column.name for column in noun.table.c)
        select = f"SELECT {columns} FROM ({noun.entity.view(registry)}) AS rows"
        connection.exec_driver_sql(f"CREATE VIEW {name} WITH (security_invoker) AS {select}")
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {APP}")
        connection.exec_driver_sql(f"GRANT SELECT ON {name} TO {APP}")
