"""Cooperation: enclaves, matters, chains, placements, and who suspended an agreement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.common import Xid8, run

revision = "0025_cooperation"
down_revision = "0024_cooperation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "industry_chain",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_industry_chain_visibility_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry_chain")),
        sa.UniqueConstraint("key", name=op.f("uq_industry_chain_key")),
        schema="cooperation",
    )
    op.create_index(
        "ix_industry_chain_name_zh_grams",
        "industry_chain",
        [sa.literal_column("hub_grams(name_zh)")],
        unique=False,
        schema="cooperation",
        postgresql_using="gin",
    )
    op.create_table(
        "working_group",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P2'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_working_group_visibility_known"),
        ),
        sa.CheckConstraint("formed_on < dissolved_on", name=op.f("ck_working_group_period_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_group")),
        sa.UniqueConstraint("key", name=op.f("uq_working_group_key")),
        schema="cooperation",
    )
    op.create_table(
        "chain_role",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("chain_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint("part IN ('LEADER', 'MEMBER')", name=op.f("ck_chain_role_part_known")),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_chain_role_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["chain_key"], ["cooperation.industry_chain.key"], name=op.f("fk_chain_role_chain_key")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["cooperation.organisation.id"],
            name=op.f("fk_chain_role_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_role")),
        sa.UniqueConstraint(
            "chain_key", "organisation_id", name=op.f("uq_chain_role_chain_key_organisation_id")
        ),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_chain_role_chain_key_id"),
        "chain_role",
        ["chain_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_chain_role_organisation_id_id"),
        "chain_role",
        ["organisation_id", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_chain_role_part_id"),
        "chain_role",
        ["part", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        "uq_chain_role_one_leader",
        "chain_role",
        ["chain_key"],
        unique=True,
        schema="cooperation",
        postgresql_where="part = 'LEADER'",
    )
    op.create_table(
        "matter",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="OPEN", nullable=False),
        sa.Column("working_group_key", sa.Text(), nullable=False),
        sa.Column("asked_by_key", sa.Text(), nullable=False),
        sa.Column("assigned_to_key", sa.Text(), nullable=False),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P2'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'ANSWERED') = (answer IS NOT NULL)"
            " AND (state = 'ANSWERED') = (answered_at IS NOT NULL)",
            name=op.f("ck_matter_answer_whole"),
        ),
        sa.CheckConstraint("state IN ('OPEN', 'ANSWERED')", name=op.f("ck_matter_state_known")),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')", name=op.f("ck_matter_visibility_known")
        ),
        sa.CheckConstraint("answered_at >= asked_at", name=op.f("ck_matter_answered_after_asking")),
        sa.ForeignKeyConstraint(
            ["asked_by_key"], ["cooperation.organisation.key"], name=op.f("fk_matter_asked_by_key")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to_key"],
            ["cooperation.organisation.key"],
            name=op.f("fk_matter_assigned_to_key"),
        ),
        sa.ForeignKeyConstraint(
            ["working_group_key"],
            ["cooperation.working_group.key"],
            name=op.f("fk_matter_working_group_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_matter_asked_at_id"),
        "matter",
        ["asked_at", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_matter_asked_by_key_id"),
        "matter",
        ["asked_by_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_matter_assigned_to_key_id"),
        "matter",
        ["assigned_to_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_matter_state_id"), "matter", ["state", "id"], unique=False, schema="cooperation"
    )
    op.create_index(
        op.f("ix_matter_working_group_key_id"),
        "matter",
        ["working_group_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_table(
        "working_group_member",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("working_group_key", sa.Text(), nullable=False),
        sa.Column("organisation_key", sa.Text(), nullable=False),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P2'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_working_group_member_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_key"],
            ["cooperation.organisation.key"],
            name=op.f("fk_working_group_member_organisation_key"),
        ),
        sa.ForeignKeyConstraint(
            ["working_group_key"],
            ["cooperation.working_group.key"],
            name=op.f("fk_working_group_member_working_group_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_group_member")),
        sa.UniqueConstraint(
            "working_group_key",
            "organisation_key",
            name=op.f("uq_working_group_member_working_group_key_organisation_key"),
        ),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_working_group_member_organisation_key_id"),
        "working_group_member",
        ["organisation_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_working_group_member_working_group_key_id"),
        "working_group_member",
        ["working_group_key", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_table(
        "agreement_placement",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=False),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('DISCIPLINE', 'TEAM', 'RESULT')",
            name=op.f("ck_agreement_placement_kind_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_agreement_placement_visibility_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["cooperation.agreement.id"],
            name=op.f("fk_agreement_placement_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["division_code"],
            ["cooperation.division.code"],
            name=op.f("fk_agreement_placement_division_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_placement")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_agreement_placement_agreement_id_id"),
        "agreement_placement",
        ["agreement_id", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_agreement_placement_division_code_id"),
        "agreement_placement",
        ["division_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_agreement_placement_kind_id"),
        "agreement_placement",
        ["kind", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_table(
        "enclave",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), server_default="PROPOSED", nullable=False),
        sa.Column("partner_code", sa.Text(), nullable=False),
        sa.Column("host_code", sa.Text(), nullable=False),
        sa.Column("home_code", sa.Text(), nullable=False),
        sa.Column("proposed_by_code", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "(host_code = '320600' AND home_code = partner_code)"
            " OR (home_code = '320600' AND host_code = partner_code)",
            name=op.f("ck_enclave_between_nantong_and_partner"),
        ),
        sa.CheckConstraint(
            "state IN ('PROPOSED', 'AGREED', 'ACTIVE', 'PAUSED', 'CLOSED')",
            name=op.f("ck_enclave_state_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')", name=op.f("ck_enclave_visibility_known")
        ),
        sa.CheckConstraint(
            "proposed_by_code IN (host_code, home_code)", name=op.f("ck_enclave_proposed_by_a_side")
        ),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_enclave_seats_not_negative")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["cooperation.agreement.id"], name=op.f("fk_enclave_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_code"], ["cooperation.division.code"], name=op.f("fk_enclave_home_code")
        ),
        sa.ForeignKeyConstraint(
            ["host_code"], ["cooperation.division.code"], name=op.f("fk_enclave_host_code")
        ),
        sa.ForeignKeyConstraint(
            ["partner_code"], ["cooperation.partner.code"], name=op.f("fk_enclave_partner_code")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_code"],
            ["cooperation.division.code"],
            name=op.f("fk_enclave_proposed_by_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclave")),
        sa.UniqueConstraint("id", "partner_code", name=op.f("uq_enclave_id_partner_code")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_agreement_id_id"),
        "enclave",
        ["agreement_id", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_home_code_id"),
        "enclave",
        ["home_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_host_code_id"),
        "enclave",
        ["host_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_partner_code_id"),
        "enclave",
        ["partner_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_proposed_by_code_id"),
        "enclave",
        ["proposed_by_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_state_id"), "enclave", ["state", "id"], unique=False, schema="cooperation"
    )
    op.create_table(
        "enclave_result",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="PENDING", nullable=False),
        sa.Column("enclave_id", sa.Uuid(), nullable=False),
        sa.Column("partner_code", sa.Text(), nullable=False),
        sa.Column("reported_by_code", sa.Text(), nullable=False),
        sa.Column("confirmed_by_code", sa.Text(), nullable=True),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'CONFIRMED') = (confirmed_by_code IS NOT NULL)",
            name=op.f("ck_enclave_result_confirmed_by_a_city"),
        ),
        sa.CheckConstraint(
            "kind IN ('TALENT', 'PROJECT', 'EVENT', 'POST')",
            name=op.f("ck_enclave_result_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('PENDING', 'CONFIRMED', 'DISPUTED')",
            name=op.f("ck_enclave_result_state_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_enclave_result_visibility_known"),
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_enclave_result_amount_positive")),
        sa.CheckConstraint(
            "confirmed_by_code <> reported_by_code",
            name=op.f("ck_enclave_result_confirmed_by_the_other"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_code"],
            ["cooperation.division.code"],
            name=op.f("fk_enclave_result_confirmed_by_code"),
        ),
        sa.ForeignKeyConstraint(
            ["enclave_id", "partner_code"],
            ["cooperation.enclave.id", "cooperation.enclave.partner_code"],
            name="fk_enclave_result_partner_of_enclave",
        ),
        sa.ForeignKeyConstraint(
            ["enclave_id"], ["cooperation.enclave.id"], name=op.f("fk_enclave_result_enclave_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_code"],
            ["cooperation.partner.code"],
            name=op.f("fk_enclave_result_partner_code"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_code"],
            ["cooperation.division.code"],
            name=op.f("fk_enclave_result_reported_by_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclave_result")),
        sa.UniqueConstraint("id", "partner_code", name=op.f("uq_enclave_result_id_partner_code")),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_achieved_on_id"),
        "enclave_result",
        ["achieved_on", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_confirmed_by_code_id"),
        "enclave_result",
        ["confirmed_by_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_enclave_id_id"),
        "enclave_result",
        ["enclave_id", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_kind_id"),
        "enclave_result",
        ["kind", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_partner_code_id"),
        "enclave_result",
        ["partner_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_reported_by_code_id"),
        "enclave_result",
        ["reported_by_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_result_state_id"),
        "enclave_result",
        ["state", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_table(
        "enclave_share",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("share", sa.Numeric(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("city_code", sa.Text(), nullable=False),
        sa.Column("partner_code", sa.Text(), nullable=False),
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
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_enclave_share_visibility_known"),
        ),
        sa.CheckConstraint(
            "share > 0 AND share <= 1", name=op.f("ck_enclave_share_share_of_a_whole")
        ),
        sa.ForeignKeyConstraint(
            ["city_code"], ["cooperation.division.code"], name=op.f("fk_enclave_share_city_code")
        ),
        sa.ForeignKeyConstraint(
            ["partner_code"],
            ["cooperation.partner.code"],
            name=op.f("fk_enclave_share_partner_code"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "partner_code"],
            ["cooperation.enclave_result.id", "cooperation.enclave_result.partner_code"],
            name="fk_enclave_share_partner_of_result",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["cooperation.enclave_result.id"],
            name=op.f("fk_enclave_share_result_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclave_share")),
        sa.UniqueConstraint(
            "result_id", "city_code", name=op.f("uq_enclave_share_result_id_city_code")
        ),
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_share_city_code_id"),
        "enclave_share",
        ["city_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_share_partner_code_id"),
        "enclave_share",
        ["partner_code", "id"],
        unique=False,
        schema="cooperation",
    )
    op.create_index(
        op.f("ix_enclave_share_result_id_id"),
        "enclave_share",
        ["result_id", "id"],
        unique=False,
        schema="cooperation",
    )
    op.add_column(
        "agreement", sa.Column("suspended_by", sa.Text(), nullable=True), schema="cooperation"
    )
    run(
        """
        ALTER TABLE cooperation.agreement
            ADD CONSTRAINT ck_agreement_suspended_by_known
                CHECK (suspended_by IN ('OWN', 'OTHER')),
            ADD CONSTRAINT ck_agreement_suspended_by_a_side
                CHECK (suspended_by IS NULL OR state = 'SUSPENDED')
        """
    )


def downgrade() -> None:
    run(
        "ALTER TABLE cooperation.agreement DROP COLUMN suspended_by",
        """
        DROP TABLE cooperation.enclave_share, cooperation.enclave_result, cooperation.enclave,
            cooperation.agreement_placement, cooperation.working_group_member, cooperation.matter,
            cooperation.working_group, cooperation.chain_role, cooperation.industry_chain
        """,
    )
