"""Identity: signing keys that were revoked, and clients whose keys are fetched from a URL."""

from __future__ import annotations

from migrations.common import APP, run

revision = "0015_identity"
down_revision = "0014_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        """
        CREATE TABLE identity.revoked_key (
            kid text NOT NULL,
            revoked_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_revoked_key PRIMARY KEY (kid)
        )
        """,
        """
        CREATE FUNCTION identity.tell_of_key() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', 'key:' || NEW.kid);
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_key AFTER INSERT ON identity.revoked_key
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_key()
        """,
        f"GRANT SELECT ON identity.revoked_key TO {APP}",
        "ALTER TABLE identity.client ADD COLUMN jwks_uri text",
        "ALTER TABLE identity.client DROP CONSTRAINT ck_client_jwks_where_used",
        """
        ALTER TABLE identity.client ADD CONSTRAINT ck_client_jwks_where_used
            CHECK (num_nonnulls(jwks, jwks_uri)
                = (token_endpoint_auth_method = 'PRIVATE_KEY_JWT')::integer)
        """,
    )


def downgrade() -> None:
    run(
        "ALTER TABLE identity.client DROP CONSTRAINT ck_client_jwks_where_used",
        "DELETE FROM identity.client WHERE jwks_uri IS NOT NULL",
        """
        ALTER TABLE identity.client ADD CONSTRAINT ck_client_jwks_where_used
            CHECK ((token_endpoint_auth_method = 'PRIVATE_KEY_JWT') = (jwks IS NOT NULL))
        """,
        "ALTER TABLE identity.client DROP COLUMN jwks_uri",
        "DROP TABLE identity.revoked_key",
        "DROP FUNCTION identity.tell_of_key()",
    )
