"""Identity: which clients' tokens must be bound to a key."""

from __future__ import annotations

from migrations.common import run

revision = "0013_identity"
down_revision = "0012_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("ALTER TABLE identity.client ADD COLUMN dpop_bound boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    run("ALTER TABLE identity.client DROP COLUMN dpop_bound")
