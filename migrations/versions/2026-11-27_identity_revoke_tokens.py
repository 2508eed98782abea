"""Identity: tokens that were revoked, and clients that may ask whether a token holds."""

from __future__ import annotations

from migrations.common import APP, run

revision = "0014_identity"
down_revision = "0013_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        """
        CREATE TABLE identity.revoked_token (
            token_id text NOT NULL,
            client_id text NOT NULL,
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_revoked_token PRIMARY KEY (token_id)
        )
        """,
        "CREATE INDEX ix_revoked_token_expires_at ON identity.revoked_token (expires_at)",
        """
        CREATE FUNCTION identity.tell_of_token() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', 'token:' || NEW.token_id);
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_token AFTER INSERT ON identity.revoked_token
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_token()
        """,
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON identity.revoked_token TO {APP}",
        "ALTER TABLE identity.client ADD COLUMN resource_server boolean NOT NULL DEFAULT false",
    )


def downgrade() -> None:
    run(
        "ALTER TABLE identity.client DROP COLUMN resource_server",
        "DROP TABLE identity.revoked_token",
        "DROP FUNCTION identity.tell_of_token()",
    )
