"""Cooperation: divisions, code lists, organisations, purposes, partners, agreements."""

from __future__ import annotations

from migrations.common import common, drop_schema, open_to_app, run

revision = "0002_cooperation"
down_revision = "0001_database"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA cooperation")
    run(
        f"""
        CREATE TABLE cooperation.code_item (
            id uuid NOT NULL DEFAULT uuidv7(),
            code_list text NOT NULL,
            code text NOT NULL,
            rank integer NOT NULL,
            label_zh text,
            label_en text,
            basis text NOT NULL,
            source text NOT NULL,
            {common("code_item", "P0")},
            CONSTRAINT pk_code_item PRIMARY KEY (id),
            CONSTRAINT uq_code_item_code_list_code UNIQUE (code_list, code),
            CONSTRAINT ck_code_item_basis_known
                CHECK (basis IN ('PUBLIC_MATERIAL', 'OWN', 'UNVERIFIED'))
        )
        """,
        "CREATE INDEX ix_code_item_basis_id ON cooperation.code_item (basis, id)",
        "CREATE INDEX ix_code_item_code_id ON cooperation.code_item (code, id)",
        "CREATE INDEX ix_code_item_code_list_id ON cooperation.code_item (code_list, id)",
        "CREATE INDEX ix_code_item_rank_id ON cooperation.code_item (rank, id)",
    )
    run(
        f"""
        CREATE TABLE cooperation.division (
            id uuid NOT NULL DEFAULT uuidv7(),
            code text NOT NULL,
            name_zh text NOT NULL,
            level text NOT NULL,
            municipality boolean NOT NULL,
            statistical_only boolean NOT NULL,
            source text NOT NULL,
            parent_code text,
            {common("division", "P0")},
            CONSTRAINT pk_division PRIMARY KEY (id),
            CONSTRAINT uq_division_code UNIQUE (code),
            CONSTRAINT fk_division_parent_code
                FOREIGN KEY(parent_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_division_level_known
                CHECK (level IN ('PROVINCE', 'PREFECTURE', 'COUNTY'))
        )
        """,
        "CREATE INDEX ix_division_level_id ON cooperation.division (level, id)",
        """
        CREATE INDEX ix_division_name_zh_grams
            ON cooperation.division USING gin (hub_grams(name_zh))
        """,
        "CREATE INDEX ix_division_parent_code_id ON cooperation.division (parent_code, id)",
        """
        CREATE INDEX ix_division_statistical_only_id
            ON cooperation.division (statistical_only, id)
        """,
    )
    run(
        f"""
        CREATE TABLE cooperation.purpose (
            id uuid NOT NULL DEFAULT uuidv7(),
            code text NOT NULL,
            name_zh text NOT NULL,
            name_en text NOT NULL,
            covers_zh text NOT NULL,
            covers_en text NOT NULL,
            source text NOT NULL,
            {common("purpose", "P0")},
            CONSTRAINT pk_purpose PRIMARY KEY (id),
            CONSTRAINT uq_purpose_code UNIQUE (code),
            CONSTRAINT ck_purpose_code_known
                CHECK (code IN ('JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS'))
        )
        """,
    )
    run(
        f"""
        CREATE TABLE cooperation.territory (
            id uuid NOT NULL DEFAULT uuidv7(),
            alpha2 text NOT NULL,
            label_zh text NOT NULL,
            label_en text NOT NULL,
            source text NOT NULL,
            {common("territory", "P0")},
            CONSTRAINT pk_territory PRIMARY KEY (id),
            CONSTRAINT uq_territory_alpha2 UNIQUE (alpha2)
        )
        """,
    )
    run(
        f"""
        CREATE TABLE cooperation.organisation (
            id uuid NOT NULL DEFAULT uuidv7(),
            key text,
            uscc text,
            name_zh text NOT NULL,
            short_name_zh text,
            name_en text,
            kind text NOT NULL,
            territory text NOT NULL DEFAULT 'CN',
            is_key_unit boolean NOT NULL DEFAULT false,
            in_working_group boolean NOT NULL DEFAULT false,
            source text,
            division_code text,
            {common("organisation", "P0")},
            CONSTRAINT pk_organisation PRIMARY KEY (id),
            CONSTRAINT ck_organisation_uscc_valid CHECK (hub_uscc_valid(uscc)),
            CONSTRAINT ck_organisation_territory_form CHECK (territory ~ '^[A-Z]{{2}}$'),
            CONSTRAINT uq_organisation_key UNIQUE (key),
            CONSTRAINT uq_organisation_uscc UNIQUE (uscc),
            CONSTRAINT fk_organisation_division_code
                FOREIGN KEY(division_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_organisation_kind_known
                CHECK (kind IN ('DEPARTMENT', 'PARTY_ORGAN', 'UNIVERSITY', 'ENTERPRISE',
                    'PUBLIC_INSTITUTION', 'OPERATOR', 'OTHER'))
        )
        """,
        """
        CREATE INDEX ix_organisation_division_code_id
            ON cooperation.organisation (division_code, id)
        """,
        """
        CREATE INDEX ix_organisation_in_working_group_id
            ON cooperation.organisation (in_working_group, id)
        """,
        "CREATE INDEX ix_organisation_is_key_unit_id ON cooperation.organisation (is_key_unit, id)",
        "CREATE INDEX ix_organisation_kind_id ON cooperation.organisation (kind, id)",
        """
        CREATE INDEX ix_organisation_name_en_grams
            ON cooperation.organisation USING gin (hub_grams(name_en))
        """,
        """
        CREATE INDEX ix_organisation_name_zh_grams
            ON cooperation.organisation USING gin (hub_grams(name_zh))
        """,
        "CREATE INDEX ix_organisation_territory_id ON cooperation.organisation (territory, id)",
    )
    run(
        f"""
        CREATE TABLE cooperation.partner (
            id uuid NOT NULL DEFAULT uuidv7(),
            code text NOT NULL,
            name_zh text NOT NULL,
            name_en text NOT NULL,
            contacts text[] NOT NULL DEFAULT '{{}}',
            purposes text[] NOT NULL DEFAULT '{{}}',
            source text,
            division_code text NOT NULL,
            {common("partner", "P1")},
            CONSTRAINT pk_partner PRIMARY KEY (id),
            CONSTRAINT ck_partner_code_is_division CHECK (code = division_code),
            CONSTRAINT uq_partner_code UNIQUE (code),
            CONSTRAINT fk_partner_division_code
                FOREIGN KEY(division_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_partner_purposes_known
                CHECK (purposes <@ ARRAY['JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS'])
        )
        """,
        "CREATE INDEX ix_partner_division_code_id ON cooperation.partner (division_code, id)",
    )
    run(
        f"""
        CREATE TABLE cooperation.agreement (
            id uuid NOT NULL DEFAULT uuidv7(),
            kind text NOT NULL,
            title_zh text NOT NULL,
            title_en text,
            own_signed_on date,
            own_signatory text,
            other_signed_on date,
            other_signatory text,
            purposes text[] NOT NULL DEFAULT '{{}}',
            field_groups text[] NOT NULL DEFAULT '{{}}',
            lawful_basis text,
            valid_from date,
            valid_until date,
            retention_days integer,
            onward_sharing boolean NOT NULL DEFAULT false,
            people_per_day integer,
            state text NOT NULL DEFAULT 'DRAFT',
            source text,
            partner_code text,
            organisation_id uuid,
            {common("agreement", "P1")},
            CONSTRAINT pk_agreement PRIMARY KEY (id),
            CONSTRAINT ck_agreement_other_side
                CHECK (num_nonnulls(partner_code, organisation_id) = 1 OR kind = 'OTHER'),
            CONSTRAINT ck_agreement_period_order CHECK (valid_from < valid_until),
            CONSTRAINT ck_agreement_identity_never_shared
                CHECK (NOT field_groups @> ARRAY['IDENTITY']),
            CONSTRAINT ck_agreement_data_terms
                CHECK (NOT (kind = 'DATA_SHARING') OR (partner_code IS NOT NULL AND lawful_basis
                    IS NOT NULL AND retention_days IS NOT NULL AND cardinality(purposes) > 0 AND
                    cardinality(field_groups) > 0)),
            CONSTRAINT ck_agreement_signed_by_both
                CHECK (NOT (kind = 'DATA_SHARING') OR state = 'DRAFT' OR (own_signed_on IS NOT
                    NULL AND other_signed_on IS NOT NULL)),
            CONSTRAINT ck_agreement_in_force_since
                CHECK (NOT (kind = 'DATA_SHARING') OR state NOT IN ('IN_FORCE', 'SUSPENDED') OR
                    valid_from IS NOT NULL),
            CONSTRAINT ck_agreement_limits_positive
                CHECK (retention_days > 0 AND people_per_day > 0),
            CONSTRAINT fk_agreement_partner_code
                FOREIGN KEY(partner_code) REFERENCES cooperation.partner (code),
            CONSTRAINT fk_agreement_organisation_id
                FOREIGN KEY(organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_agreement_kind_known
                CHECK (kind IN ('UNIVERSITY', 'CITY', 'DATA_SHARING', 'OTHER')),
            CONSTRAINT ck_agreement_purposes_known
                CHECK (purposes <@ ARRAY['JOB_MATCHING', 'PROJECT_MATCHING', 'PARK_SETTLEMENT',
                    'SERVICE_HANDLING', 'JOINT_RECRUITMENT', 'STATISTICS']),
            CONSTRAINT ck_agreement_field_groups_known
                CHECK (field_groups <@ ARRAY['BASIC', 'DEGREE', 'CONTACT', 'IDENTITY']),
            CONSTRAINT ck_agreement_lawful_basis_known
                CHECK (lawful_basis IN ('CONSENT', 'CONTRACT', 'STATUTORY_DUTY', 'EMERGENCY')),
            CONSTRAINT ck_agreement_state_known
                CHECK (state IN ('DRAFT', 'SIGNED', 'IN_FORCE', 'SUSPENDED', 'EXPIRED',
                    'TERMINATED'))
        )
        """,
        "CREATE INDEX ix_agreement_kind_id ON cooperation.agreement (kind, id)",
        """
        CREATE INDEX ix_agreement_organisation_id_id
            ON cooperation.agreement (organisation_id, id)
        """,
        "CREATE INDEX ix_agreement_partner_code_id ON cooperation.agreement (partner_code, id)",
        "CREATE INDEX ix_agreement_state_id ON cooperation.agreement (state, id)",
        "CREATE INDEX ix_agreement_valid_until_id ON cooperation.agreement (valid_until, id)",
        """
        CREATE UNIQUE INDEX uq_agreement_data_sharing_in_force
            ON cooperation.agreement (partner_code)
            WHERE kind = 'DATA_SHARING' AND state = 'IN_FORCE'
        """,
    )
    open_to_app("cooperation")


def downgrade() -> None:
    drop_schema(
        "cooperation",
        ["agreement", "partner", "organisation", "territory", "purpose", "division", "code_item"],
    )
