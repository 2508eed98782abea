"""Policy: documents, measures, their versions and clauses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.common import Xid8, drop_schema, open_to_app

revision = "0023_policy"
down_revision = "0022_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA policy")
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("quote_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("also_reported_section", sa.Text(), nullable=True),
        sa.Column("also_reported_quote_zh", sa.Text(), nullable=True),
        sa.Column("rights_direction", sa.Text(), nullable=True),
        sa.Column("lifecycle", sa.Text(), nullable=True),
        sa.Column("owners_zh", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("owners_basis", sa.Text(), nullable=True),
        sa.Column(
            "gaps", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
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
            "lifecycle IN ('ATTRACT', 'CULTIVATE', 'RETAIN', 'EMPLOY')",
            name=op.f("ck_policy_lifecycle_known"),
        ),
        sa.CheckConstraint(
            "owners_basis IN ('FROM_TEXT', 'DESIGN_ASSUMPTION')",
            name=op.f("ck_policy_owners_basis_known"),
        ),
        sa.CheckConstraint(
            "rights_direction IN ('POSTS', 'INTERNSHIP_RETENTION', 'SUBSIDY_COST',"
            " 'SERVICE_CHANNEL')",
            name=op.f("ck_policy_rights_direction_known"),
        ),
        sa.CheckConstraint(
            "status IN ('IN_FORCE', 'COMMITTED')", name=op.f("ck_policy_status_known")
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')", name=op.f("ck_policy_visibility_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(also_reported_section, also_reported_quote_zh) IN (0, 2)",
            name=op.f("ck_policy_report_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_key")),
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_lifecycle_id"), "policy", ["lifecycle", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_policy_rights_direction_id"),
        "policy",
        ["rights_direction", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_section_id"), "policy", ["section", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_policy_status_id"), "policy", ["status", "id"], unique=False, schema="policy"
    )
    op.create_index(
        "ix_policy_title_en_grams",
        "policy",
        [sa.literal_column("hub_grams(title_en)")],
        unique=False,
        schema="policy",
        postgresql_using="gin",
    )
    op.create_index(
        "ix_policy_title_zh_grams",
        "policy",
        [sa.literal_column("hub_grams(title_zh)")],
        unique=False,
        schema="policy",
        postgresql_using="gin",
    )
    op.create_table(
        "policy_document",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("areas_total", sa.Integer(), nullable=True),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("quote_zh", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("implements_key", sa.Text(), nullable=True),
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
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_policy_document_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["implements_key"],
            ["policy.policy_document.key"],
            name=op.f("fk_policy_document_implements_key"),
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"],
            ["cooperation.organisation.id"],
            name=op.f("fk_policy_document_issuer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_document")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_document_key")),
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_document_implements_key_id"),
        "policy_document",
        ["implements_key", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_document_issuer_id_id"),
        "policy_document",
        ["issuer_id", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        "ix_policy_document_title_zh_grams",
        "policy_document",
        [sa.literal_column("hub_grams(title_zh)")],
        unique=False,
        schema="policy",
        postgresql_using="gin",
    )
    op.create_table(
        "policy_area",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
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
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_policy_area_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["document_key"],
            ["policy.policy_document.key"],
            name=op.f("fk_policy_area_document_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_area")),
        sa.UniqueConstraint(
            "document_key", "position", name=op.f("uq_policy_area_document_key_position")
        ),
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_area_document_key_id"),
        "policy_area",
        ["document_key", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_area_position_id"),
        "policy_area",
        ["position", "id"],
        unique=False,
        schema="policy",
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("state", sa.Text(), server_default="DRAFT", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("policy_key", sa.Text(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
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
        postgresql.ExcludeConstraint(
            (sa.column("policy_key"), "="),
            (sa.text("daterange(effective_from, effective_to)"), "&&"),
            where=sa.text("state = 'PUBLISHED'"),
            using="gist",
            name="ex_policy_version_in_effect_once",
        ),
        sa.CheckConstraint(
            "key = policy_key || '/' || no", name=op.f("ck_policy_version_key_is_policy_and_no")
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'PUBLISHED', 'SUPERSEDED', 'REPEALED')",
            name=op.f("ck_policy_version_state_known"),
        ),
        sa.CheckConstraint(
            "status IN ('IN_FORCE', 'COMMITTED')", name=op.f("ck_policy_version_status_known")
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_policy_version_visibility_known"),
        ),
        sa.CheckConstraint(
            "effective_from < effective_to", name=op.f("ck_policy_version_period_order")
        ),
        sa.CheckConstraint("no >= 1", name=op.f("ck_policy_version_no_positive")),
        sa.ForeignKeyConstraint(
            ["document_key"],
            ["policy.policy_document.key"],
            name=op.f("fk_policy_version_document_key"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_key"], ["policy.policy.key"], name=op.f("fk_policy_version_policy_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_version_key")),
        sa.UniqueConstraint("policy_key", "no", name=op.f("uq_policy_version_policy_key_no")),
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_version_document_key_id"),
        "policy_version",
        ["document_key", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_version_no_id"),
        "policy_version",
        ["no", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_version_policy_key_id"),
        "policy_version",
        ["policy_key", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_version_state_id"),
        "policy_version",
        ["state", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_policy_version_status_id"),
        "policy_version",
        ["status", "id"],
        unique=False,
        schema="policy",
    )
    op.create_table(
        "clause",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("quote_zh", sa.Text(), nullable=True),
        sa.Column("predicate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version_key", sa.Text(), nullable=False),
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
            "(amount_fen IS NOT NULL) = (kind IN ('TIER', 'CAP', 'FLOOR'))",
            name=op.f("ck_clause_amount_by_kind"),
        ),
        sa.CheckConstraint(
            "(quote_zh IS NULL) = (basis = 'DESIGN_ASSUMPTION')",
            name=op.f("ck_clause_quoted_unless_assumed"),
        ),
        sa.CheckConstraint(
            "basis IN ('FROM_TEXT', 'DESIGN_ASSUMPTION')", name=op.f("ck_clause_basis_known")
        ),
        sa.CheckConstraint(
            "kind IN ('CONDITION', 'TIER', 'CAP', 'FLOOR', 'BENEFIT', 'RULE')",
            name=op.f("ck_clause_kind_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')", name=op.f("ck_clause_visibility_known")
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_clause_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["version_key"], ["policy.policy_version.key"], name=op.f("fk_clause_version_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
        sa.UniqueConstraint("version_key", "key", name=op.f("uq_clause_version_key_key")),
        sa.UniqueConstraint("version_key", "position", name=op.f("uq_clause_version_key_position")),
        schema="policy",
    )
    op.create_index(
        op.f("ix_clause_amount_fen_id"),
        "clause",
        ["amount_fen", "id"],
        unique=False,
        schema="policy",
    )
    op.create_index(
        op.f("ix_clause_basis_id"), "clause", ["basis", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_clause_key_id"), "clause", ["key", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_clause_kind_id"), "clause", ["kind", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_clause_position_id"), "clause", ["position", "id"], unique=False, schema="policy"
    )
    op.create_index(
        op.f("ix_clause_version_key_id"),
        "clause",
        ["version_key", "id"],
        unique=False,
        schema="policy",
    )
    open_to_app("policy")


def downgrade() -> None:
    drop_schema("policy", ("clause", "policy_version", "policy_area", "policy_document", "policy"))
