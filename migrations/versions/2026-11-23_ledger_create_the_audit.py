"""Ledger: the audit of every reading of personal data."""

from __future__ import annotations

from migrations.common import drop_schema, open_to_app, run

revision = "0006_ledger"
down_revision = "0005_project"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA ledger")
    run(
        """
        CREATE TABLE ledger.audit_entry (
            id uuid NOT NULL DEFAULT uuidv7(),
            operation uuid NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            entity text NOT NULL,
            action text NOT NULL DEFAULT 'READ',
            subjects uuid[] NOT NULL DEFAULT '{}',
            field_groups text[] NOT NULL DEFAULT '{}',
            purpose text,
            basis text,
            agreement uuid,
            client text NOT NULL,
            audience text NOT NULL,
            sub text,
            partner text,
            token_id text,
            document_hash text NOT NULL,
            refused jsonb NOT NULL DEFAULT '{}',
            CONSTRAINT pk_audit_entry PRIMARY KEY (id),
            CONSTRAINT ck_audit_entry_action_known CHECK (action IN ('READ')),
            CONSTRAINT ck_audit_entry_field_groups_known
                CHECK (field_groups <@ ARRAY['BASIC', 'DEGREE', 'CONTACT', 'IDENTITY']),
            CONSTRAINT ck_audit_entry_basis_known
                CHECK (basis IN ('CONSENT', 'CONTRACT', 'STATUTORY_DUTY', 'EMERGENCY'))
        )
        """,
        "CREATE INDEX ix_audit_entry_at_id ON ledger.audit_entry (at, id)",
        "CREATE INDEX ix_audit_entry_client_id ON ledger.audit_entry (client, id)",
        "CREATE INDEX ix_audit_entry_operation_id ON ledger.audit_entry (operation, id)",
        "CREATE INDEX ix_audit_entry_subjects ON ledger.audit_entry USING gin (subjects)",
    )
    open_to_app("ledger", "SELECT, INSERT")


def downgrade() -> None:
    drop_schema("ledger", ["audit_entry"])
