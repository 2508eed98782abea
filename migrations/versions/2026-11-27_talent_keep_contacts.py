"""Talent: contacts made at events, what was done since, and that nothing is left of the forgotten.

No constraint can look at two tables, so triggers keep the last: a note waits for whoever forgets
its contact, and no contact becomes FORGOTTEN while a note of it is left.
"""

from __future__ import annotations

from migrations.common import common, run

revision = "0033_talent"
down_revision = "0032_opportunity"
branch_labels = None
depends_on = None

STATES = "'MET', 'CONSENTED', 'IN_TOUCH', 'INTERESTED', 'ARRIVED', 'DORMANT', 'FORGOTTEN'"

CONTACT = f"""
    CREATE TABLE talent.contact (
        id uuid NOT NULL DEFAULT uuidv7(),
        name text,
        reach text,
        territory text NOT NULL,
        interests text[] NOT NULL DEFAULT '{{}}',
        lawful_basis text NOT NULL,
        consent_evidence text,
        retention_until date NOT NULL,
        next_step text,
        state text NOT NULL,
        event_id uuid NOT NULL,
        owner_org_key text NOT NULL,
        talent_id uuid,
        {common("contact", "P3")},
        CONSTRAINT pk_contact PRIMARY KEY (id),
        CONSTRAINT fk_contact_event_id FOREIGN KEY(event_id) REFERENCES opportunity.event (id),
        CONSTRAINT fk_contact_owner_org_key
            FOREIGN KEY(owner_org_key) REFERENCES cooperation.organisation (key),
        CONSTRAINT fk_contact_talent_id FOREIGN KEY(talent_id) REFERENCES talent.talent (id),
        CONSTRAINT ck_contact_state_known CHECK (state IN ({STATES})),
        CONSTRAINT ck_contact_lawful_basis_known
            CHECK (lawful_basis IN ('CONSENT', 'CONTRACT', 'STATUTORY_DUTY', 'EMERGENCY')),
        CONSTRAINT ck_contact_territory_form CHECK (territory ~ '^[A-Z]{{2}}$'),
        CONSTRAINT ck_contact_lawful_basis_shown
            CHECK (consent_evidence IS NOT NULL OR state = 'FORGOTTEN'
                OR (lawful_basis <> 'CONSENT' AND state IN ('MET', 'DORMANT'))),
        CONSTRAINT ck_contact_talent_of_arrived
            CHECK (CASE state WHEN 'ARRIVED' THEN talent_id IS NOT NULL
                WHEN 'DORMANT' THEN true ELSE talent_id IS NULL END),
        CONSTRAINT ck_contact_forgotten_whole
            CHECK (state <> 'FORGOTTEN' OR (interests = '{{}}'
                AND num_nonnulls(name, reach, next_step, consent_evidence, talent_id) = 0))
    )
"""

FOLLOW_UP = f"""
    CREATE TABLE talent.follow_up (
        id uuid NOT NULL DEFAULT uuidv7(),
        at timestamptz NOT NULL,
        channel text NOT NULL,
        note text,
        contact_id uuid NOT NULL,
        by_org_key text NOT NULL,
        {common("follow_up", "P3")},
        CONSTRAINT pk_follow_up PRIMARY KEY (id),
        CONSTRAINT fk_follow_up_contact_id
            FOREIGN KEY(contact_id) REFERENCES talent.contact (id),
        CONSTRAINT fk_follow_up_by_org_key
            FOREIGN KEY(by_org_key) REFERENCES cooperation.organisation (key),
        CONSTRAINT ck_follow_up_channel_known
            CHECK (channel IN ('PHONE', 'EMAIL', 'MESSAGE', 'MEETING', 'EVENT', 'OTHER'))
    )
"""

NOTE = """
    CREATE FUNCTION talent.note_of_remembered() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        -- Who forgets the contact holds a lock that this one waits for.
        PERFORM FROM talent.contact
        WHERE id = NEW.contact_id AND state <> 'FORGOTTEN' FOR SHARE;
        IF NOT FOUND AND EXISTS (SELECT FROM talent.contact WHERE id = NEW.contact_id) THEN
            RAISE EXCEPTION 'the contact was forgotten'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_follow_up_of_forgotten',
                    SCHEMA = 'talent', TABLE = 'follow_up';
        END IF;
        RETURN NEW;
    END $$
"""

FORGET = """
    CREATE FUNCTION talent.forgotten_with_notes() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM talent.follow_up WHERE contact_id = NEW.id AND note IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'a note of the contact is left'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_contact_forgotten_notes',
                    SCHEMA = 'talent', TABLE = 'contact';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    run(
        CONTACT,
        FOLLOW_UP,
        *(
            f"CREATE INDEX ix_contact_{name}_id ON talent.contact ({name}, id)"
            for name in (
                "territory",
                "lawful_basis",
                "retention_until",
                "state",
                "event_id",
                "owner_org_key",
                "talent_id",
            )
        ),
        "CREATE INDEX ix_contact_interests ON talent.contact USING gin (interests)",
        *(
            f"CREATE INDEX ix_follow_up_{name}_id ON talent.follow_up ({name}, id)"
            for name in ("at", "channel", "contact_id", "by_org_key")
        ),
        NOTE,
        FORGET,
        """
        CREATE TRIGGER note_of_remembered
        BEFORE INSERT OR UPDATE OF note, contact_id ON talent.follow_up
        FOR EACH ROW WHEN (NEW.note IS NOT NULL)
        EXECUTE FUNCTION talent.note_of_remembered()
        """,
        """
        CREATE TRIGGER forgotten_with_notes
        BEFORE UPDATE OF state ON talent.contact
        FOR EACH ROW WHEN (NEW.state = 'FORGOTTEN')
        EXECUTE FUNCTION talent.forgotten_with_notes()
        """,
    )


def downgrade() -> None:
    run(
        "DROP TABLE talent.follow_up",
        "DROP TABLE talent.contact",
        "DROP FUNCTION talent.forgotten_with_notes",
        "DROP FUNCTION talent.note_of_remembered",
    )
