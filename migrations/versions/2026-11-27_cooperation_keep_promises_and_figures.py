"""Cooperation: commitments and reported figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.common import Xid8, run

revision = "0024_cooperation"
down_revision = "0023_policy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_fact",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("unit_zh", sa.Text(), nullable=False),
        sa.Column("unit_en", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("precision_zh", sa.Text(), nullable=True),
        sa.Column("precision_en", sa.Text(), nullable=True),
        sa.Column("gap_zh", sa.Text(), nullable=True),
        sa.Column("gap_en", sa.Text(), nullable=True),
        sa.Column("quote_zh", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_division", sa.Text(), server_default=sa.text("'320600'"), nullable=False),
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P0'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "relation IN ('EQ', 'GT')", name=op.f("ck_reported_fact_relation_known")
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_reported_fact_visibility_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_fact")),
        sa.UniqueConstraint("key", name=op.f("uq_reported_fact_key")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_reported_fact_section_id"),
        "reported_fact",
        ["section", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("quote_zh", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("valued_by", sa.Text(), nullable=False),
        sa.Column("target", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("unit_zh", sa.Text(), nullable=False),
        sa.Column("unit_en", sa.Text(), nullable=False),
        sa.Column("gap_zh", sa.Text(), nullable=True),
        sa.Column("gap_en", sa.Text(), nullable=True),
        sa.Column("assumption_zh", sa.Text(), nullable=True),
        sa.Column("assumption_en", sa.Text(), nullable=True),
        sa.Column("rights_direction", sa.Text(), nullable=True),
        sa.Column("lifecycle", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("policy_key", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_division", sa.Text(), server_default=sa.text("'320600'"), nullable=False),
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P0'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('FLOOR', 'CEILING', 'COVERAGE', 'PRESENCE', 'DIRECTION')",
            name=op.f("ck_commitment_kind_known"),
        ),
        sa.CheckConstraint(
            "lifecycle IN ('ATTRACT', 'CULTIVATE', 'RETAIN', 'EMPLOY')",
            name=op.f("ck_commitment_lifecycle_known"),
        ),
        sa.CheckConstraint(
            "period IN ('CALENDAR_YEAR', 'FISCAL_YEAR', 'PER_AWARD', 'RECURRING', 'ONCE')",
            name=op.f("ck_commitment_period_known"),
        ),
        sa.CheckConstraint(
            "rights_direction IN ('POSTS', 'INTERNSHIP_RETENTION', 'SUBSIDY_COST',"
            " 'SERVICE_CHANNEL')",
            name=op.f("ck_commitment_rights_direction_known"),
        ),
        sa.CheckConstraint(
            "valued_by IN ('SUM', 'MEMBERS', 'GREATEST', 'MEDIAN')",
            name=op.f("ck_commitment_valued_by_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_commitment_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_key"], ["policy.policy.key"], name=op.f("fk_commitment_policy_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("key", name=op.f("uq_commitment_key")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_kind_id"),
        "commitment",
        ["kind", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_lifecycle_id"),
        "commitment",
        ["lifecycle", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_period_id"),
        "commitment",
        ["period", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_policy_key_id"),
        "commitment",
        ["policy_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_rights_direction_id"),
        "commitment",
        ["rights_direction", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_commitment_section_id"),
        "commitment",
        ["section", "id"],
        unique=False,
        schema="cooperation",
    )


def downgrade() -> None:
    run("DROP TABLE cooperation.commitment, cooperation.reported_fact")
