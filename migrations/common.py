"""What the migrations share: the columns common to every row, and the grants of a schema.

Migrations stand still while the declarations move on, so nothing here follows the model. When what
is common changes, a new function is added here and the tables get it by a migration of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op
from sqlalchemy.types import UserDefinedType

APP = "hub_app"


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def common(table: str, visibility: str) -> str:
    """Columns that every row of a noun has, as of 2026-11 (handbook 2.2)."""
    return f"""
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        synthetic boolean NOT NULL DEFAULT false,
        owner_division text NOT NULL DEFAULT '320600',
        visibility text NOT NULL DEFAULT '{visibility}',
        change_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT ck_{table}_visibility_known
            CHECK (visibility IN ('P0', 'P1', 'P2', 'P3', 'P4'))"""


def run(*statements: str) -> None:
    """Execute the statements in order."""
    for statement in statements:
        op.execute(statement)


def open_to_app(schema: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Let the app's role work with the tables of a schema, also with those made later."""
    run(
        f"GRANT USAGE ON SCHEMA {schema} TO {APP}",
        f"GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {APP}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rights} ON TABLES TO {APP}",
    )


def close_to_app(schema: str) -> None:
    """Forget what the app's role may do with tables made later, so that the schema can go."""
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {APP}")


def drop_schema(schema: str, tables: Iterable[str]) -> None:
    """Take a room's tables and schema away; anything else in the schema stops it."""
    run(f"DROP TABLE {', '.join(f'{schema}.{table}' for table in tables)}")
    close_to_app(schema)
    run(f"DROP SCHEMA {schema}")
