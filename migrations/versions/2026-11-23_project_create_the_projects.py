"""Project: programmes and the public face of projects."""

from __future__ import annotations

from migrations.common import common, drop_schema, open_to_app, run

revision = "0005_project"
down_revision = "0004_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA project")
    run(
        f"""
        CREATE TABLE project.programme (
            id uuid NOT NULL DEFAULT uuidv7(),
            key text NOT NULL,
            name_zh text NOT NULL,
            name_en text,
            brand_line boolean NOT NULL DEFAULT false,
            edition_named integer,
            basis_zh text,
            source text NOT NULL,
            parent_key text,
            {common("programme", "P0")},
            CONSTRAINT pk_programme PRIMARY KEY (id),
            CONSTRAINT uq_programme_key UNIQUE (key),
            CONSTRAINT fk_programme_parent_key
                FOREIGN KEY(parent_key) REFERENCES project.programme (key)
        )
        """,
        """
        CREATE INDEX ix_programme_name_zh_grams
            ON project.programme USING gin (hub_grams(name_zh))
        """,
        "CREATE INDEX ix_programme_parent_key_id ON project.programme (parent_key, id)",
    )
    run(
        f"""
        CREATE TABLE project.project (
            id uuid NOT NULL DEFAULT uuidv7(),
            title_zh text NOT NULL,
            title_en text,
            summary text NOT NULL,
            industry text NOT NULL,
            stage text NOT NULL,
            seeking text[] NOT NULL DEFAULT '{{}}',
            fiscal_year integer,
            state text NOT NULL DEFAULT 'DRAFT',
            programme_id uuid,
            lead_organisation_id uuid,
            park_id uuid,
            {common("project", "P1")},
            CONSTRAINT pk_project PRIMARY KEY (id),
            CONSTRAINT ck_project_industry_form CHECK (industry ~ '^[A-T][0-9]{{0,4}}$'),
            CONSTRAINT ck_project_fiscal_year_plausible
                CHECK (fiscal_year BETWEEN 2000 AND 2100),
            CONSTRAINT fk_project_programme_id
                FOREIGN KEY(programme_id) REFERENCES project.programme (id),
            CONSTRAINT fk_project_lead_organisation_id
                FOREIGN KEY(lead_organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT fk_project_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT ck_project_stage_known
                CHECK (stage IN ('IDEA', 'PROTOTYPE', 'PILOT', 'GROWTH', 'SCALE')),
            CONSTRAINT ck_project_seeking_known
                CHECK (seeking <@ ARRAY['FUNDING', 'TALENT', 'PARTNER', 'SPACE', 'MARKET',
                    'TECHNOLOGY']),
            CONSTRAINT ck_project_state_known
                CHECK (state IN ('DRAFT', 'PUBLISHED', 'CLOSED', 'WITHDRAWN'))
        )
        """,
        "CREATE INDEX ix_project_fiscal_year_id ON project.project (fiscal_year, id)",
        "CREATE INDEX ix_project_industry_id ON project.project (industry, id)",
        """
        CREATE INDEX ix_project_lead_organisation_id_id
            ON project.project (lead_organisation_id, id)
        """,
        "CREATE INDEX ix_project_park_id_id ON project.project (park_id, id)",
        "CREATE INDEX ix_project_programme_id_id ON project.project (programme_id, id)",
        "CREATE INDEX ix_project_seeking ON project.project USING gin (seeking)",
        "CREATE INDEX ix_project_stage_id ON project.project (stage, id)",
        "CREATE INDEX ix_project_state_id ON project.project (state, id)",
        "CREATE INDEX ix_project_title_en_grams ON project.project USING gin (hub_grams(title_en))",
        "CREATE INDEX ix_project_title_zh_grams ON project.project USING gin (hub_grams(title_zh))",
    )
    open_to_app("project")


def downgrade() -> None:
    drop_schema("project", ["project", "programme"])
