"""Park: the policy that a relief rests on is a version that there is."""

from __future__ import annotations

from migrations.common import run

revision = "0030_park"
down_revision = "0029_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        # What was typed in and names no version leads nowhere.
        """
        UPDATE park.fee_relief SET policy_version_key = NULL, version = version + 1
        WHERE policy_version_key NOT IN (SELECT key FROM policy.policy_version)
        """,
        "ALTER TABLE park.fee_relief ADD CONSTRAINT fk_fee_relief_policy_version_key"
        " FOREIGN KEY (policy_version_key) REFERENCES policy.policy_version (key)",
    )


def downgrade() -> None:
    run("ALTER TABLE park.fee_relief DROP CONSTRAINT fk_fee_relief_policy_version_key")
