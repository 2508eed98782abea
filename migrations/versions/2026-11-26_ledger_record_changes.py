"""Ledger: change rows, idempotency keys, and what the audit says of changes."""

from __future__ import annotations

from migrations.common import APP, run

revision = "0009_ledger"
down_revision = "0008_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        """
        CREATE TABLE ledger.change (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            entity text NOT NULL,
            object uuid NOT NULL,
            version integer NOT NULL,
            deleted boolean NOT NULL DEFAULT false,
            operation uuid NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_change PRIMARY KEY (xid, seq)
        )
        """,
        """
        CREATE TABLE ledger.idempotency (
            client text NOT NULL,
            mutation text NOT NULL,
            key text NOT NULL,
            input_hash bytea NOT NULL,
            outcome jsonb,
            operation uuid NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_idempotency PRIMARY KEY (client, mutation, key)
        )
        """,
        "CREATE INDEX ix_idempotency_at ON ledger.idempotency (at)",
        # Keys are forgotten after a day; change rows and audit entries only ever get more.
        f"GRANT UPDATE, DELETE ON ledger.idempotency TO {APP}",
    )
    run(
        "ALTER TABLE ledger.audit_entry ADD COLUMN mutation text",
        "ALTER TABLE ledger.audit_entry ADD COLUMN objects uuid[] NOT NULL DEFAULT '{}'",
        "ALTER TABLE ledger.audit_entry DROP CONSTRAINT ck_audit_entry_action_known",
        "ALTER TABLE ledger.audit_entry ADD CONSTRAINT ck_audit_entry_action_known"
        " CHECK (action IN ('READ', 'CHANGE', 'REFUSAL'))",
        "CREATE INDEX ix_audit_entry_objects ON ledger.audit_entry USING gin (objects)",
    )


def downgrade() -> None:
    run(
        "DELETE FROM ledger.audit_entry WHERE action <> 'READ'",
        "DROP INDEX ledger.ix_audit_entry_objects",
        "ALTER TABLE ledger.audit_entry DROP CONSTRAINT ck_audit_entry_action_known",
        "ALTER TABLE ledger.audit_entry ADD CONSTRAINT ck_audit_entry_action_known"
        " CHECK (action IN ('READ'))",
        "ALTER TABLE ledger.audit_entry DROP COLUMN objects",
        "ALTER TABLE ledger.audit_entry DROP COLUMN mutation",
        "DROP TABLE ledger.idempotency",
        "DROP TABLE ledger.change",
    )
