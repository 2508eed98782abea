"""Park: zones, parks, workspaces, reservations."""

from __future__ import annotations

from migrations.common import common, drop_schema, open_to_app, run

revision = "0004_park"
down_revision = "0003_talent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("CREATE SCHEMA park")
    run(
        f"""
        CREATE TABLE park.zone (
            id uuid NOT NULL DEFAULT uuidv7(),
            key text NOT NULL,
            name_zh text NOT NULL,
            name_en text,
            kind text,
            external_codes jsonb NOT NULL DEFAULT '[]',
            note text,
            source text NOT NULL,
            division_code text,
            {common("zone", "P0")},
            CONSTRAINT pk_zone PRIMARY KEY (id),
            CONSTRAINT uq_zone_key UNIQUE (key),
            CONSTRAINT fk_zone_division_code
                FOREIGN KEY(division_code) REFERENCES cooperation.division (code),
            CONSTRAINT ck_zone_kind_known
                CHECK (kind IN ('NATIONAL_ETDZ', 'HIGH_TECH', 'PROVINCIAL', 'OTHER'))
        )
        """,
        "CREATE INDEX ix_zone_division_code_id ON park.zone (division_code, id)",
        "CREATE INDEX ix_zone_kind_id ON park.zone (kind, id)",
        "CREATE INDEX ix_zone_name_zh_grams ON park.zone USING gin (hub_grams(name_zh))",
    )
    run(
        f"""
        CREATE TABLE park.park (
            id uuid NOT NULL DEFAULT uuidv7(),
            code text NOT NULL,
            name_zh text NOT NULL,
            name_en text,
            kind text NOT NULL,
            specialties text[] NOT NULL DEFAULT '{{}}',
            open_from date,
            address text,
            latitude numeric(9, 6),
            longitude numeric(9, 6),
            coordinate_system text,
            state text NOT NULL DEFAULT 'PROPOSED',
            published boolean GENERATED ALWAYS AS (state NOT IN ('PROPOSED', 'REJECTED')) STORED,
            zone_id uuid,
            division_code text NOT NULL,
            operator_id uuid NOT NULL,
            {common("park", "P1")},
            CONSTRAINT pk_park PRIMARY KEY (id),
            CONSTRAINT uq_park_id_published UNIQUE (id, published),
            CONSTRAINT ck_park_returnee_park_has_zone_and_specialty
                CHECK (kind <> 'RETURNEE_PARK' OR (zone_id IS NOT NULL AND
                    cardinality(specialties) > 0)),
            CONSTRAINT ck_park_place_whole
                CHECK (num_nonnulls(latitude, longitude, coordinate_system) IN (0, 3)),
            CONSTRAINT uq_park_code UNIQUE (code),
            CONSTRAINT fk_park_zone_id FOREIGN KEY(zone_id) REFERENCES park.zone (id),
            CONSTRAINT fk_park_division_code
                FOREIGN KEY(division_code) REFERENCES cooperation.division (code),
            CONSTRAINT fk_park_operator_id
                FOREIGN KEY(operator_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_park_kind_known
                CHECK (kind IN ('RETURNEE_PARK', 'INCUBATOR', 'ENCLAVE', 'OTHER')),
            CONSTRAINT ck_park_coordinate_system_known
                CHECK (coordinate_system IN ('GCJ02', 'WGS84', 'CGCS2000')),
            CONSTRAINT ck_park_state_known
                CHECK (state IN ('PROPOSED', 'APPROVED', 'OPEN', 'SUSPENDED', 'CLOSED',
                    'REJECTED'))
        )
        """,
        "CREATE INDEX ix_park_division_code_id ON park.park (division_code, id)",
        "CREATE INDEX ix_park_kind_id ON park.park (kind, id)",
        "CREATE INDEX ix_park_name_zh_grams ON park.park USING gin (hub_grams(name_zh))",
        "CREATE INDEX ix_park_open_from_id ON park.park (open_from, id)",
        "CREATE INDEX ix_park_operator_id_id ON park.park (operator_id, id)",
        "CREATE INDEX ix_park_specialties ON park.park USING gin (specialties)",
        "CREATE INDEX ix_park_state_id ON park.park (state, id)",
        "CREATE INDEX ix_park_zone_id_id ON park.park (zone_id, id)",
    )
    run(
        f"""
        CREATE TABLE park.workspace (
            id uuid NOT NULL DEFAULT uuidv7(),
            code text NOT NULL,
            kind text NOT NULL,
            seats integer NOT NULL,
            area_cm2 integer NOT NULL,
            booking_unit text NOT NULL,
            price_fen bigint NOT NULL,
            free_months integer,
            whole_space boolean NOT NULL,
            state text NOT NULL DEFAULT 'DRAFT',
            offered boolean GENERATED ALWAYS AS (CASE WHEN state <> 'DRAFT' THEN true END) STORED,
            park_id uuid NOT NULL,
            {common("workspace", "P1")},
            CONSTRAINT pk_workspace PRIMARY KEY (id),
            CONSTRAINT uq_workspace_park_id_code UNIQUE (park_id, code),
            CONSTRAINT uq_workspace_id_park_id_whole_space UNIQUE (id, park_id, whole_space),
            CONSTRAINT fk_workspace_offered_in_published_park
                FOREIGN KEY(park_id, offered) REFERENCES park.park (id, published),
            CONSTRAINT ck_workspace_seats_positive CHECK (seats >= 1),
            CONSTRAINT ck_workspace_area_positive CHECK (area_cm2 > 0),
            CONSTRAINT ck_workspace_price_not_negative CHECK (price_fen >= 0),
            CONSTRAINT ck_workspace_free_months_not_negative CHECK (free_months >= 0),
            CONSTRAINT fk_workspace_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT ck_workspace_kind_known
                CHECK (kind IN ('DESK', 'OFFICE', 'MEETING_ROOM', 'LAB', 'BENCH')),
            CONSTRAINT ck_workspace_booking_unit_known
                CHECK (booking_unit IN ('HOUR', 'DAY', 'MONTH')),
            CONSTRAINT ck_workspace_state_known
                CHECK (state IN ('DRAFT', 'AVAILABLE', 'OUT_OF_SERVICE', 'RETIRED'))
        )
        """,
        "CREATE INDEX ix_workspace_area_cm2_id ON park.workspace (area_cm2, id)",
        "CREATE INDEX ix_workspace_booking_unit_id ON park.workspace (booking_unit, id)",
        "CREATE INDEX ix_workspace_code_id ON park.workspace (code, id)",
        "CREATE INDEX ix_workspace_kind_id ON park.workspace (kind, id)",
        "CREATE INDEX ix_workspace_park_id_id ON park.workspace (park_id, id)",
        "CREATE INDEX ix_workspace_price_fen_id ON park.workspace (price_fen, id)",
        "CREATE INDEX ix_workspace_seats_id ON park.workspace (seats, id)",
        "CREATE INDEX ix_workspace_state_id ON park.workspace (state, id)",
        "CREATE INDEX ix_workspace_whole_space_id ON park.workspace (whole_space, id)",
    )
    run(
        f"""
        CREATE TABLE park.reservation (
            id uuid NOT NULL DEFAULT uuidv7(),
            period tstzrange NOT NULL,
            whole_space boolean NOT NULL,
            seats integer NOT NULL,
            requested_by text NOT NULL,
            hold_expires_at timestamptz,
            state text NOT NULL,
            workspace_id uuid NOT NULL,
            park_id uuid NOT NULL,
            partner_code text,
            holder_talent_id uuid,
            holder_organisation_id uuid,
            {common("reservation", "P3")},
            CONSTRAINT pk_reservation PRIMARY KEY (id),
            CONSTRAINT fk_reservation_copies_of_workspace
                FOREIGN KEY(workspace_id, park_id, whole_space) REFERENCES park.workspace (id,
                    park_id, whole_space) ON UPDATE CASCADE,
            CONSTRAINT ex_reservation_whole_space
                EXCLUDE USING gist (workspace_id WITH =, period WITH &&) WHERE (whole_space AND
                    state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')),
            CONSTRAINT ck_reservation_seats_positive CHECK (seats >= 1),
            CONSTRAINT ck_reservation_period_half_open
                CHECK (NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period) AND
                    NOT lower_inf(period) AND NOT upper_inf(period)),
            CONSTRAINT ck_reservation_one_holder
                CHECK (num_nonnulls(holder_talent_id, holder_organisation_id) = 1),
            CONSTRAINT ck_reservation_hold_expires
                CHECK (state <> 'HELD' OR hold_expires_at IS NOT NULL),
            CONSTRAINT fk_reservation_workspace_id
                FOREIGN KEY(workspace_id) REFERENCES park.workspace (id),
            CONSTRAINT fk_reservation_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT fk_reservation_partner_code
                FOREIGN KEY(partner_code) REFERENCES cooperation.partner (code),
            CONSTRAINT fk_reservation_holder_talent_id
                FOREIGN KEY(holder_talent_id) REFERENCES talent.talent (id),
            CONSTRAINT fk_reservation_holder_organisation_id
                FOREIGN KEY(holder_organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_reservation_state_known
                CHECK (state IN ('HELD', 'CONFIRMED', 'CHECKED_IN', 'COMPLETED', 'EXPIRED',
                    'CANCELLED', 'NO_SHOW'))
        )
        """,
        """
        CREATE INDEX ix_reservation_holder_organisation_id_id
            ON park.reservation (holder_organisation_id, id)
        """,
        """
        CREATE INDEX ix_reservation_holder_talent_id_id
            ON park.reservation (holder_talent_id, id)
        """,
        """
        CREATE INDEX ix_reservation_occupying
            ON park.reservation (workspace_id) INCLUDE (period, seats, hold_expires_at)
            WHERE state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
        """,
        "CREATE INDEX ix_reservation_park_id_id ON park.reservation (park_id, id)",
        "CREATE INDEX ix_reservation_park_period ON park.reservation USING gist (park_id, period)",
        "CREATE INDEX ix_reservation_partner_code_id ON park.reservation (partner_code, id)",
        "CREATE INDEX ix_reservation_requested_by_id ON park.reservation (requested_by, id)",
        "CREATE INDEX ix_reservation_state_id ON park.reservation (state, id)",
        "CREATE INDEX ix_reservation_workspace_id_id ON park.reservation (workspace_id, id)",
    )
    open_to_app("park")


def downgrade() -> None:
    drop_schema("park", ["reservation", "workspace", "park", "zone"])
