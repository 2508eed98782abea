"""Identity: administrators change clients through the API, which no longer reads them only.

The app's role deletes none: a client that is done with is revoked, and stays for the ledger.
"""

from __future__ import annotations

from migrations.common import APP, run

revision = "0017_identity"
down_revision = "0016_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(f"GRANT INSERT, UPDATE ON identity.client TO {APP}")


def downgrade() -> None:
    run(f"REVOKE INSERT, UPDATE ON identity.client FROM {APP}")
