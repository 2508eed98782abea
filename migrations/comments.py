"""Comments on tables and columns: the descriptions of the declarations, for people who use psql.

They are written after each upgrade and not by migrations, so that a better word in a description
needs none.
"""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, text
from sqlalchemy.schema import SetColumnComment, SetTableComment

_FOUND = text("""
    SELECT n.nspname, c.relname, a.attname, d.description
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_description d
        ON d.objoid = c.oid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass
    WHERE c.relkind IN ('r', 'p')
    UNION ALL
    SELECT n.nspname, c.relname, NULL, obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
""")


def write_comments(connection: Connection, metadata: MetaData) -> int:
    """Write the comments that differ from what the tables now say; returns how many."""
    found = {tuple(row)[:3]: row[3] for row in connection.execute(_FOUND)}
    written = 0
    for table in metadata.sorted_tables:
        place = (table.schema, table.name)
        if found.get((*place, None), table.comment) != table.comment:
            connection.execute(SetTableComment(table))
            written += 1
        for column in table.columns:
            if found.get((*place, column.name), column.comment) != column.comment:
                connection.execute(SetColumnComment(column))
                written += 1
    return written
