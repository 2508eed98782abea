"""Database: which data key its sealed fields need, so that no other is made or taken."""

from __future__ import annotations

from migrations.common import APP, run

revision = "0011_database"
down_revision = "0010_database"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "CREATE TABLE public.data_key (fingerprint text NOT NULL)",
        "CREATE UNIQUE INDEX uq_data_key_only_one ON public.data_key ((true))",
        "COMMENT ON COLUMN public.data_key.fingerprint IS 'HMAC under the data key.'",
        f"GRANT SELECT ON public.data_key TO {APP}",
    )


def downgrade() -> None:
    run("DROP TABLE public.data_key")
