"""Identity: administrators add people through the API, which no longer changes them only.

The app's role deletes none: a person who is done with is closed, and stays for the ledger.
"""

from __future__ import annotations

from migrations.common import APP, run

revision = "0027_identity"
down_revision = "0026_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(f"GRANT INSERT ON identity.person TO {APP}")


def downgrade() -> None:
    run(f"REVOKE INSERT ON identity.person FROM {APP}")
