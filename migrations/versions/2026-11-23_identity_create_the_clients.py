"""Identity: clients, and the assertion ids that were used.

A trigger tells every worker which client changed, whoever made the change and by whatever way.
"""

from __future__ import annotations

from migrations.common import APP, common, run

revision = "0007_identity"
down_revision = "0006_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA identity")
    run(
        f"""
        CREATE TABLE identity.client (
            id uuid NOT NULL DEFAULT uuidv7(),
            client_id text NOT NULL,
            name_zh text NOT NULL,
            name_en text NOT NULL,
            audience text NOT NULL,
            state text NOT NULL,
            token_endpoint_auth_method text NOT NULL,
            scopes text[] NOT NULL DEFAULT '{{}}',
            partner text,
            departments text[] NOT NULL DEFAULT '{{}}',
            purposes text[] NOT NULL DEFAULT '{{}}',
            parks uuid[] NOT NULL DEFAULT '{{}}',
            talent uuid,
            secret_hash text,
            jwks jsonb,
            generation integer NOT NULL DEFAULT 1,
            {common("client", "P2")},
            CONSTRAINT pk_client PRIMARY KEY (id),
            CONSTRAINT uq_client_client_id UNIQUE (client_id),
            CONSTRAINT ck_client_secret_where_used
                CHECK ((token_endpoint_auth_method = 'CLIENT_SECRET_BASIC')
                    = (secret_hash IS NOT NULL)),
            CONSTRAINT ck_client_jwks_where_used
                CHECK ((token_endpoint_auth_method = 'PRIVATE_KEY_JWT') = (jwks IS NOT NULL)),
            CONSTRAINT ck_client_audience_known
                CHECK (audience IN ('PARTNER', 'OPERATOR', 'INTERNAL', 'DEPARTMENT', 'TALENT',
                    'ADMIN')),
            CONSTRAINT ck_client_state_known
                CHECK (state IN ('REGISTERED', 'APPROVED', 'ACTIVE', 'SUSPENDED', 'REVOKED')),
            CONSTRAINT ck_client_token_endpoint_auth_method_known
                CHECK (token_endpoint_auth_method IN ('PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC',
                    'NONE')),
            CONSTRAINT ck_client_purposes_known
                CHECK (purposes <@ ARRAY['JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS'])
        )
        """,
        "CREATE INDEX ix_client_audience_id ON identity.client (audience, id)",
        "CREATE INDEX ix_client_name_en_id ON identity.client (name_en, id)",
        "CREATE INDEX ix_client_name_zh_id ON identity.client (name_zh, id)",
        "CREATE INDEX ix_client_partner_id ON identity.client (partner, id)",
        "CREATE INDEX ix_client_scopes ON identity.client USING gin (scopes)",
        "CREATE INDEX ix_client_state_id ON identity.client (state, id)",
        """
        CREATE INDEX ix_client_token_endpoint_auth_method_id
            ON identity.client (token_endpoint_auth_method, id)
        """,
        """
        CREATE FUNCTION identity.tell_of_client() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', coalesce(NEW.client_id, OLD.client_id));
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_client AFTER INSERT OR UPDATE OR DELETE ON identity.client
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_client()
        """,
    )
    run(
        """
        CREATE TABLE identity.used_jti (
            client_id text NOT NULL,
            jti_hash bytea NOT NULL,
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_used_jti PRIMARY KEY (client_id, jti_hash)
        )
        """,
        "CREATE INDEX ix_used_jti_expires_at ON identity.used_jti (expires_at)",
    )
    # The app reads clients and changes none: that is for the administrator's command line.
    run(
        f"GRANT USAGE ON SCHEMA identity TO {APP}",
        f"GRANT SELECT ON identity.client TO {APP}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON identity.used_jti TO {APP}",
    )


def downgrade() -> None:
    run(
        "DROP TABLE identity.client, identity.used_jti",
        "DROP FUNCTION identity.tell_of_client()",
        "DROP SCHEMA identity",
    )
