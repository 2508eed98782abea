"""Database: the clock of holds is that of the statement, not of the transaction.

A change that waited for a lock must judge by the time at which it got it: by its beginning a hold
could still be confirmed after somebody else was given its seats.
"""

from __future__ import annotations

from migrations.common import run

revision = "0010_database"
down_revision = "0009_ledger"
branch_labels = None
depends_on = None

NOW = """
    CREATE OR REPLACE FUNCTION hub_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT {clock}
            + coalesce(nullif(current_setting('hub.clock_shift', true), ''), '0')::interval
    $$
"""


def upgrade() -> None:
    run(NOW.format(clock="statement_timestamp()"))


def downgrade() -> None:
    run(NOW.format(clock="now()"))
