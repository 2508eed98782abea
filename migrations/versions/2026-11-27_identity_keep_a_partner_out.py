"""Identity: a partner city is kept out as a whole.

A trigger tells every worker which city was stopped or let in, whoever did it and by whatever way.
"""

from __future__ import annotations

from migrations.common import APP, common, run

revision = "0026_identity"
down_revision = "0025_cooperation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        f"""
        CREATE TABLE identity.partner_suspension (
            id uuid NOT NULL DEFAULT uuidv7(),
            partner text NOT NULL,
            state text NOT NULL DEFAULT 'SUSPENDED',
            reason text,
            {common("partner_suspension", "P2")},
            CONSTRAINT pk_partner_suspension PRIMARY KEY (id),
            CONSTRAINT ck_partner_suspension_reason_told
                CHECK (length(reason) BETWEEN 1 AND 500),
            CONSTRAINT ck_partner_suspension_state_known
                CHECK (state IN ('SUSPENDED', 'REVOKED', 'LIFTED'))
        )
        """,
        """
        CREATE UNIQUE INDEX uq_partner_suspension_standing
            ON identity.partner_suspension (partner) WHERE state <> 'LIFTED'
        """,
        "CREATE INDEX ix_partner_suspension_partner_id"
        " ON identity.partner_suspension (partner, id)",
        "CREATE INDEX ix_partner_suspension_state_id ON identity.partner_suspension (state, id)",
        """
        CREATE FUNCTION identity.tell_of_partner() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('identity', 'partner:' || coalesce(NEW.partner, OLD.partner));
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER tell_of_partner AFTER INSERT OR UPDATE OR DELETE
            ON identity.partner_suspension
            FOR EACH ROW EXECUTE FUNCTION identity.tell_of_partner()
        """,
        f"GRANT SELECT, INSERT, UPDATE ON identity.partner_suspension TO {APP}",
    )


def downgrade() -> None:
    run(
        "DROP TABLE identity.partner_suspension",
        "DROP FUNCTION identity.tell_of_partner()",
    )
