"""Opportunity: the events of the city."""

from __future__ import annotations

from migrations.common import common, drop_schema, open_to_app, run

revision = "0032_opportunity"
down_revision = "0031_talent"
branch_labels = None
depends_on = None

KINDS = (
    "'MATCHING', 'OVERSEAS_FAIR', 'CITY_PROMOTION', 'POLICY_LAUNCH', 'INDUSTRY_MATCHING',"
    " 'ROADSHOW', 'CLOSED_SEMINAR', 'NANTONG_DAY', 'TALENT_DAY', 'ENTREPRENEURSHIP_WEEK'"
)


def upgrade() -> None:
    run(
        "CREATE SCHEMA opportunity",
        f"""
        CREATE TABLE opportunity.event (
            id uuid NOT NULL DEFAULT uuidv7(),
            kind text NOT NULL,
            title_zh text NOT NULL,
            title_en text,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
            mode text NOT NULL,
            territory text NOT NULL,
            series_key text,
            edition integer,
            public boolean NOT NULL DEFAULT false,
            state text NOT NULL DEFAULT 'PLANNED',
            division_code text,
            {common("event", "P0")},
            CONSTRAINT pk_event PRIMARY KEY (id),
            CONSTRAINT fk_event_division_code
                FOREIGN KEY(division_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_event_kind_known CHECK (kind IN ({KINDS})),
            CONSTRAINT ck_event_mode_known CHECK (mode IN ('ONSITE', 'ONLINE', 'HYBRID')),
            CONSTRAINT ck_event_state_known
                CHECK (state IN ('PLANNED', 'ANNOUNCED', 'HELD', 'REPORTED', 'CANCELLED')),
            CONSTRAINT ck_event_period_order CHECK (starts_at < ends_at),
            CONSTRAINT ck_event_seminar_not_public
                CHECK (NOT (public AND kind = 'CLOSED_SEMINAR')),
            CONSTRAINT ck_event_territory_form CHECK (territory ~ '^[A-Z]{{2}}$'),
            CONSTRAINT ck_event_edition_of_series
                CHECK (edition IS NULL OR (edition > 0 AND series_key IS NOT NULL))
        )
        """,
        *(
            f"CREATE INDEX ix_event_{name}_id ON opportunity.event ({name}, id)"
            for name in (
                "kind",
                "starts_at",
                "mode",
                "territory",
                "series_key",
                "public",
                "state",
                "division_code",
            )
        ),
        "CREATE INDEX ix_event_title_zh_grams ON opportunity.event USING gin (hub_grams(title_zh))",
    )
    open_to_app("opportunity")


def downgrade() -> None:
    drop_schema("opportunity", ["event"])
