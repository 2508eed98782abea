"""Talent: talents, their degrees and consents."""

from __future__ import annotations

from migrations.common import common, drop_schema, open_to_app, run

revision = "0003_talent"
down_revision = "0002_cooperation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA talent")
    run(
        f"""
        CREATE TABLE talent.talent (
            id uuid NOT NULL DEFAULT uuidv7(),
            display_name text NOT NULL,
            family_name_zh text,
            given_name_zh text,
            family_name_latin text,
            given_name_latin text,
            returnee_status text,
            level text,
            returned_on date,
            graduated_on date,
            target_industries text[] NOT NULL DEFAULT '{{}}',
            languages text[] NOT NULL DEFAULT '{{}}',
            highest_degree text,
            title_level text,
            skill_level text,
            phone text,
            email text,
            phone_blind text,
            email_blind text,
            identity_type text,
            identity_territory text,
            identity_last4 text,
            identity_number text,
            identity_hash text,
            residence_division_code text,
            {common("talent", "P3")},
            CONSTRAINT pk_talent PRIMARY KEY (id),
            CONSTRAINT uq_talent_identity_type_identity_hash
                UNIQUE (identity_type, identity_hash),
            CONSTRAINT ck_talent_identity_whole
                CHECK (num_nonnulls(identity_type, identity_number, identity_hash,
                    identity_last4) IN (0, 4)),
            CONSTRAINT ck_talent_phone_blind_beside
                CHECK ((phone IS NULL) = (phone_blind IS NULL)),
            CONSTRAINT ck_talent_email_blind_beside
                CHECK ((email IS NULL) = (email_blind IS NULL)),
            CONSTRAINT ck_talent_identity_territory_form
                CHECK (identity_territory ~ '^[A-Z]{{2}}$'),
            CONSTRAINT fk_talent_residence_division_code
                FOREIGN KEY(residence_division_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_talent_returnee_status_known
                CHECK (returnee_status IN ('DECLARED', 'RECOGNISED', 'LAPSED')),
            CONSTRAINT ck_talent_level_known CHECK (level IN ('GENERAL', 'HIGH_LEVEL')),
            CONSTRAINT ck_talent_highest_degree_known
                CHECK (highest_degree IN ('NONE', 'BACHELOR', 'MASTER', 'DOCTOR')),
            CONSTRAINT ck_talent_title_level_known
                CHECK (title_level IN ('NONE', 'JUNIOR', 'INTERMEDIATE', 'ASSOCIATE_SENIOR',
                    'FULL_SENIOR')),
            CONSTRAINT ck_talent_skill_level_known
                CHECK (skill_level IN ('APPRENTICE', 'JUNIOR_WORKER', 'INTERMEDIATE_WORKER',
                    'SENIOR_WORKER', 'TECHNICIAN', 'SENIOR_TECHNICIAN',
                    'SPECIAL_GRADE_TECHNICIAN', 'CHIEF_TECHNICIAN')),
            CONSTRAINT ck_talent_identity_type_known
                CHECK (identity_type IN ('RIC', 'PASSPORT', 'HK_MO_PERMIT', 'TW_PERMIT',
                    'HMT_RESIDENCE', 'FOREIGN_PR'))
        )
        """,
        """
        CREATE INDEX ix_talent_display_name_grams
            ON talent.talent USING gin (hub_grams(display_name))
        """,
        "CREATE INDEX ix_talent_email_blind ON talent.talent (email_blind)",
        "CREATE INDEX ix_talent_graduated_on_id ON talent.talent (graduated_on, id)",
        "CREATE INDEX ix_talent_highest_degree_id ON talent.talent (highest_degree, id)",
        "CREATE INDEX ix_talent_languages ON talent.talent USING gin (languages)",
        "CREATE INDEX ix_talent_level_id ON talent.talent (level, id)",
        "CREATE INDEX ix_talent_phone_blind ON talent.talent (phone_blind)",
        """
        CREATE INDEX ix_talent_residence_division_code_id
            ON talent.talent (residence_division_code, id)
        """,
        "CREATE INDEX ix_talent_returned_on_id ON talent.talent (returned_on, id)",
        "CREATE INDEX ix_talent_returnee_status_id ON talent.talent (returnee_status, id)",
        "CREATE INDEX ix_talent_skill_level_id ON talent.talent (skill_level, id)",
        "CREATE INDEX ix_talent_target_industries ON talent.talent USING gin (target_industries)",
        "CREATE INDEX ix_talent_title_level_id ON talent.talent (title_level, id)",
    )
    run(
        f"""
        CREATE TABLE talent.consent (
            id uuid NOT NULL DEFAULT uuidv7(),
            recipient text NOT NULL,
            purpose text NOT NULL,
            field_groups text[] NOT NULL,
            valid_from date NOT NULL,
            valid_until date NOT NULL,
            evidence text NOT NULL,
            withdrawn_at timestamptz,
            state text NOT NULL,
            talent_id uuid NOT NULL,
            {common("consent", "P3")},
            CONSTRAINT pk_consent PRIMARY KEY (id),
            CONSTRAINT ck_consent_period_order CHECK (valid_from < valid_until),
            CONSTRAINT ck_consent_field_groups_some CHECK (cardinality(field_groups) > 0),
            CONSTRAINT ck_consent_identity_never_shared
                CHECK (NOT field_groups @> ARRAY['IDENTITY']),
            CONSTRAINT ck_consent_withdrawn_when
                CHECK ((state = 'WITHDRAWN') = (withdrawn_at IS NOT NULL)),
            CONSTRAINT fk_consent_talent_id
                FOREIGN KEY(talent_id) REFERENCES talent.talent (id),
            CONSTRAINT ck_consent_purpose_known
                CHECK (purpose IN ('JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS')),
            CONSTRAINT ck_consent_field_groups_known
                CHECK (field_groups <@ ARRAY['BASIC', 'DEGREE', 'CONTACT', 'IDENTITY']),
            CONSTRAINT ck_consent_state_known
                CHECK (state IN ('REQUESTED', 'GRANTED', 'DECLINED', 'WITHDRAWN', 'EXPIRED'))
        )
        """,
        "CREATE INDEX ix_consent_purpose_id ON talent.consent (purpose, id)",
        "CREATE INDEX ix_consent_recipient_id ON talent.consent (recipient, id)",
        "CREATE INDEX ix_consent_state_id ON talent.consent (state, id)",
        "CREATE INDEX ix_consent_talent_id_id ON talent.consent (talent_id, id)",
        "CREATE INDEX ix_consent_valid_until_id ON talent.consent (valid_until, id)",
        """
        CREATE UNIQUE INDEX uq_consent_granted
            ON talent.consent (recipient, purpose, talent_id)
            INCLUDE (valid_from, valid_until, field_groups)
            WHERE state = 'GRANTED'
        """,
    )
    run(
        f"""
        CREATE TABLE talent.degree (
            id uuid NOT NULL DEFAULT uuidv7(),
            level text NOT NULL,
            awarded_on date NOT NULL,
            institution_name text NOT NULL,
            institution_territory text NOT NULL,
            institution_external_id text,
            discipline text,
            isced_field text,
            certification_state text NOT NULL DEFAULT 'NONE',
            certified_on date,
            certification_hash text,
            talent_id uuid NOT NULL,
            {common("degree", "P3")},
            CONSTRAINT pk_degree PRIMARY KEY (id),
            CONSTRAINT ck_degree_institution_territory_form
                CHECK (institution_territory ~ '^[A-Z]{{2}}$'),
            CONSTRAINT ck_degree_certified_when
                CHECK ((certification_state = 'CERTIFIED') = (certified_on IS NOT NULL)),
            CONSTRAINT fk_degree_talent_id FOREIGN KEY(talent_id) REFERENCES talent.talent (id),
            CONSTRAINT ck_degree_level_known
                CHECK (level IN ('NONE', 'BACHELOR', 'MASTER', 'DOCTOR')),
            CONSTRAINT ck_degree_certification_state_known
                CHECK (certification_state IN ('NONE', 'APPLIED', 'CERTIFIED', 'REJECTED'))
        )
        """,
        "CREATE INDEX ix_degree_awarded_on_id ON talent.degree (awarded_on, id)",
        "CREATE INDEX ix_degree_certification_state_id ON talent.degree (certification_state, id)",
        "CREATE INDEX ix_degree_discipline_id ON talent.degree (discipline, id)",
        """
        CREATE INDEX ix_degree_institution_name_grams
            ON talent.degree USING gin (hub_grams(institution_name))
        """,
        """
        CREATE INDEX ix_degree_institution_territory_id
            ON talent.degree (institution_territory, id)
        """,
        "CREATE INDEX ix_degree_level_id ON talent.degree (level, id)",
        "CREATE INDEX ix_degree_talent_id_id ON talent.degree (talent_id, id)",
    )
    open_to_app("talent")


def downgrade() -> None:
    drop_schema("talent", ["degree", "consent", "talent"])
