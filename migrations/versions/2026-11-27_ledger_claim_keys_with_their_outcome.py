"""Ledger: an idempotency key is claimed together with the outcome that it stands for."""

from __future__ import annotations

from migrations.common import run

revision = "0012_ledger"
down_revision = "0011_database"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "DELETE FROM ledger.idempotency WHERE outcome IS NULL",
        "ALTER TABLE ledger.idempotency ALTER COLUMN outcome SET NOT NULL",
    )


def downgrade() -> None:
    run("ALTER TABLE ledger.idempotency ALTER COLUMN outcome DROP NOT NULL")
