"""Identity: people who sign in, what they allow clients, and the tokens that come of it.

Triggers tell every worker whose tokens no longer hold, whoever made the change.
"""

from __future__ import annotations

from migrations.common import APP, common, run

revision = "0016_identity"
down_revision = "0015_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        """
        ALTER TABLE identity.client
            ADD COLUMN grant_types text[] NOT NULL DEFAULT '{CLIENT_CREDENTIALS}',
            ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}',
            ADD COLUMN pushed_requests boolean NOT NULL DEFAULT false,
            ADD CONSTRAINT ck_client_grant_types_known CHECK (
                grant_types <@ ARRAY['CLIENT_CREDENTIALS', 'AUTHORIZATION_CODE', 'REFRESH_TOKEN'])
        """,
    )
    _people()
    _families()
    run(
        """
        CREATE TABLE identity.pushed_request (
            uri_hash bytea NOT NULL,
            client_id text NOT NULL,
            request jsonb NOT NULL,
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_pushed_request PRIMARY KEY (uri_hash)
        )
        """,
        "CREATE INDEX ix_pushed_request_expires_at ON identity.pushed_request (expires_at)",
        f"""
        GRANT SELECT, INSERT, UPDATE, DELETE ON identity.session, identity.invitation,
            identity.token_family, identity.refresh_token, identity.pushed_request TO {APP}
        """,
        f"GRANT SELECT, UPDATE ON identity.person TO {APP}",
    )


def _people() -> None:
    run(
        f"""
        CREATE TABLE identity.person (
            id uuid NOT NULL DEFAULT uuidv7(),
            username text NOT NULL,
            role text NOT NULL,
            state text NOT NULL,
            departments text[] NOT NULL DEFAULT '{{}}',
            purposes text[] NOT NULL DEFAULT '{{}}',
            signed_in_at timestamptz,
            parks uuid[] NOT NULL DEFAULT '{{}}',
            talent uuid,
            password_hash text,
            totp_secret text,
            totp_step bigint,
            generation integer NOT NULL DEFAULT 1,
            {common("person", "P2")},
            CONSTRAINT pk_person PRIMARY KEY (id),
            CONSTRAINT uq_person_username UNIQUE (username),
            CONSTRAINT ck_person_role_known
                CHECK (role IN ('OPERATOR', 'OFFICER', 'FINANCE_OFFICER', 'ARCHIVE_OFFICER',
                    'TALENT', 'AUDITOR', 'ADMINISTRATOR')),
            CONSTRAINT ck_person_state_known
                CHECK (state IN ('INVITED', 'ACTIVE', 'SUSPENDED', 'CLOSED')),
            CONSTRAINT ck_person_purposes_known
                CHECK (purposes <@ ARRAY['JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS'])
        )
        """,
        "CREATE INDEX ix_person_role_id ON identity.person (role, id)",
        "CREATE INDEX ix_person_state_id ON identity.person (state, id)",
        """
        CREATE TABLE identity.session (
            cookie_hash bytea NOT NULL,
            person_id uuid NOT NULL,
            generation integer NOT NULL,
            half_open boolean NOT NULL,
            wrong_codes integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            seen_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_session PRIMARY KEY (cookie_hash),
            CONSTRAINT fk_session_person_id FOREIGN KEY (person_id) REFERENCES identity.person (id)
        )
        """,
        "CREATE INDEX ix_session_person_id ON identity.session (person_id)",
        "CREATE INDEX ix_session_seen_at ON identity.session (seen_at)",
        """
        CREATE TABLE identity.invitation (
            person_id uuid NOT NULL,
            link_hash bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_invitation PRIMARY KEY (person_id),
            CONSTRAINT uq_invitation_link_hash UNIQUE (link_hash),
            CONSTRAINT fk_invitation_person_id
                FOREIGN KEY (person_id) REFERENCES identity.person (id)
        )
        """,
        """
        CREATE FUNCTION identity.tell_of_person() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', 'Person:' || OLD.id);
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_person AFTER UPDATE OF state, generation ON identity.person
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_person()
        """,
        """
        CREATE TRIGGER tell_of_removed_person AFTER DELETE ON identity.person
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_person()
        """,
    )


def _families() -> None:
    run(
        """
        CREATE TABLE identity.token_family (
            id uuid NOT NULL,
            client_id text NOT NULL,
            client_generation integer NOT NULL,
            person_id uuid NOT NULL,
            person_generation integer NOT NULL,
            scopes text[] NOT NULL,
            purposes text[] NOT NULL,
            resource text NOT NULL,
            redirect_uri text NOT NULL,
            challenge text NOT NULL,
            thumbprint text,
            code_hash bytea NOT NULL,
            code_used_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_token_family PRIMARY KEY (id),
            CONSTRAINT uq_token_family_code_hash UNIQUE (code_hash),
            CONSTRAINT fk_token_family_person_id
                FOREIGN KEY (person_id) REFERENCES identity.person (id)
        )
        """,
        "CREATE INDEX ix_token_family_expires_at ON identity.token_family (expires_at)",
        "CREATE INDEX ix_token_family_person_id ON identity.token_family (person_id)",
        """
        CREATE TABLE identity.refresh_token (
            token_hash bytea NOT NULL,
            family_id uuid NOT NULL,
            issued_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            CONSTRAINT pk_refresh_token PRIMARY KEY (token_hash),
            CONSTRAINT fk_refresh_token_family_id
                FOREIGN KEY (family_id) REFERENCES identity.token_family (id) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX ix_refresh_token_family_id ON identity.refresh_token (family_id)",
        """
        CREATE FUNCTION identity.tell_of_family() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', 'family:' || OLD.id);
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_family AFTER UPDATE OF revoked_at OR DELETE
            ON identity.token_family
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_family()
        """,
    )


def downgrade() -> None:
    run(
        """
        DROP TABLE identity.refresh_token, identity.token_family, identity.invitation,
            identity.session, identity.pushed_request, identity.person
        """,
        "DROP FUNCTION identity.tell_of_family()",
        "DROP FUNCTION identity.tell_of_person()",
        """
        ALTER TABLE identity.client
            DROP COLUMN grant_types, DROP COLUMN redirect_uris, DROP COLUMN pushed_requests
        """,
    )
