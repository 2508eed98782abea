"""What Alembic runs: the migrations against the connection that `hub.kit.migrations` hands over.

Tables live in one schema per room, Alembic's own table in `public`. The role is the owner's; what
the app's role may do is granted in the migrations themselves.
"""

from __future__ import annotations

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from hub.app import registry
from hub.kit.migrations import head
from hub.model.entity import metadata
from migrations.comments import write_comments
from migrations.common import APP
from migrations.generate import directives, render
from migrations.views import create_views, drop_views

# "hub" in bytes: hubs that start together on one database migrate it one after the other.
LOCK = 0x687562


def include(name: str | None, kind: str, _parents: object) -> bool:
    """Compare the rooms' schemas only: what else is in the database is not ours to drop."""
    return kind != "schema" or name in {table.schema for table in metadata.tables.values()}


def run(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema="public",
        include_schemas=True,
        include_name=include,
        process_revision_directives=directives,
        render_item=render,
        autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.comments"],
    )
    said = context.config.attributes
    moving, viewed = said.get("moves", False), said.get("views", True)
    with context.begin_transaction():
        if moving:
            drop_views(connection)
        context.run_migrations()
        let_app_read_revision(connection)
        write_comments(connection, metadata)
        at = MigrationContext.configure(connection).get_current_revision()
        if moving and viewed and at == head():
            create_views(connection, registry())


def let_app_read_revision(connection: Connection) -> None:
    """Readiness is judged by the serving process, which is the app; Alembic makes the table."""
    there = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :app)")
    if connection.execute(there, {"app": APP}).scalar_one():
        connection.execute(text(f"GRANT SELECT ON public.alembic_version TO {APP}"))


registry()
run(context.config.attributes["connection"])
