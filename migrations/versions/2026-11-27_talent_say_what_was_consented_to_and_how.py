"""Say what was consented to, on which words, and how; a consent may be asked for first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_talent"
down_revision = "0030_park"
branch_labels = None
depends_on = None

CHECKS = {
    "granted_how": "evidence IS NOT NULL OR state IN ('REQUESTED', 'DECLINED')",
    "text_in_both": "(text_zh IS NULL) = (text_en IS NULL)",
}


def upgrade() -> None:
    op.add_column("consent", sa.Column("text_zh", sa.Text(), nullable=True), schema="talent")
    op.add_column("consent", sa.Column("text_en", sa.Text(), nullable=True), schema="talent")
    op.add_column("consent", sa.Column("requested_by", sa.Text(), nullable=True), schema="talent")
    op.add_column(
        "consent", sa.Column("withdrawal_evidence", sa.Text(), nullable=True), schema="talent"
    )
    op.alter_column("consent", "evidence", existing_type=sa.TEXT(), nullable=True, schema="talent")
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_consent_{name}"), "consent", check, schema="talent")


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_consent_{name}"), "consent", schema="talent")
    op.execute("UPDATE talent.consent SET evidence = '' WHERE evidence IS NULL")
    op.alter_column("consent", "evidence", existing_type=sa.TEXT(), nullable=False, schema="talent")
    op.drop_column("consent", "withdrawal_evidence", schema="talent")
    op.drop_column("consent", "requested_by", schema="talent")
    op.drop_column("consent", "text_en", schema="talent")
    op.drop_column("consent", "text_zh", schema="talent")
