"""Park: weekly opening hours, closed periods, and the windows that are free between them.

`park.closed` says when a workspace is closed in a span, `park.free_windows` when so many seats are
free for so long. Reservations, refusals and searches all go by these two, so that they agree.
"""

from __future__ import annotations

from migrations.common import common, run

revision = "0018_park"
down_revision = "0017_identity"
branch_labels = None
depends_on = None

# Both are told to be dear, so that a search looks at everything else of a workspace first.
#
# By the hour every instant must be open; by the day every day must have hours at all; by the month
# hours close nothing. Days and hours are those of the city, which has no daylight saving. They are
# laid out for a year, which is as long as anything may be booked; beyond it nothing is open.
CLOSED = """
    CREATE FUNCTION park.closed(space uuid, span tstzrange) RETURNS tstzmultirange
    LANGUAGE sql STABLE PARALLEL SAFE COST 5000 AS $$
        SELECT tstzmultirange(span) * (
            coalesce((
                SELECT range_agg(period) FROM park.block
                WHERE workspace_id = space AND state = 'SET' AND period && span
            ), '{}')
            + coalesce((
                SELECT tstzmultirange(span) - coalesce((
                    SELECT range_agg(CASE booking_unit
                        WHEN 'HOUR' THEN tstzrange(
                            (day + opens_at::interval) AT TIME ZONE 'Asia/Shanghai',
                            (day + closes_at::interval) AT TIME ZONE 'Asia/Shanghai')
                        ELSE tstzrange(
                            day AT TIME ZONE 'Asia/Shanghai',
                            (day + interval '1 day') AT TIME ZONE 'Asia/Shanghai')
                        END)
                    FROM generate_series(
                        date_trunc('day', lower(span) AT TIME ZONE 'Asia/Shanghai'),
                        least(upper(span), lower(span) + interval '366 days')
                            AT TIME ZONE 'Asia/Shanghai',
                        interval '1 day'
                    ) AS day
                    JOIN park.availability_rule ON workspace_id = space
                        AND weekday = ('{MO,TU,WE,TH,FR,SA,SU}'::text[])[extract(isodow FROM day)]
                ), '{}')
                FROM park.workspace
                WHERE id = space AND keeps_hours AND booking_unit <> 'MONTH'
            ), '{}')
        )
    $$
"""

# The sum of seats after each instant at which it changes; where it leaves too few, nothing is free.
FREE_WINDOWS = """
    CREATE FUNCTION park.free_windows(space uuid, span tstzrange, wanted integer, length interval)
    RETURNS SETOF tstzrange
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 3 AS $$
        WITH step AS (
            SELECT at, lead(at) OVER (ORDER BY at) AS until,
                sum(sum(change)) OVER (ORDER BY at) AS taken
            FROM park.reservation
            CROSS JOIN LATERAL (VALUES (lower(period), seats), (upper(period), -seats))
                AS edge (at, change)
            WHERE workspace_id = space AND period && span
                AND state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
                AND (hold_expires_at IS NULL OR state <> 'HELD'
                    OR hold_expires_at > (SELECT hub_now()))
            GROUP BY at
        )
        SELECT free
        FROM park.workspace
        CROSS JOIN LATERAL unnest(
            tstzmultirange(span)
            - coalesce((
                SELECT range_agg(tstzrange(at, until)) FROM step
                WHERE taken > CASE WHEN whole_space THEN 0 ELSE workspace.seats - wanted END
            ), '{}')
            - park.closed(space, span)
        ) AS free
        WHERE id = space AND wanted <= workspace.seats AND upper(free) - lower(free) >= length
        ORDER BY free
    $$
"""

KEEPS_HOURS = """
    CREATE FUNCTION park.reservation_keeps_hours() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state NOT IN ('HELD', 'CONFIRMED', 'CHECKED_IN') THEN
            RETURN NEW;
        END IF;
        -- Who changes hours or blocks holds this lock until all see what was changed.
        PERFORM FROM park.workspace WHERE id = NEW.workspace_id FOR NO KEY UPDATE;
        IF NOT isempty(park.closed(NEW.workspace_id, NEW.period)) THEN
            RAISE EXCEPTION 'the workspace is closed in part of the period'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reservation_open',
                    SCHEMA = 'park', TABLE = 'reservation';
        END IF;
        RETURN NEW;
    END $$
"""

REASONS = "'HOLDER', 'OPERATOR', 'OUT_OF_SERVICE', 'RETIRED'"


def upgrade() -> None:
    run(
        """
        ALTER TABLE park.workspace ADD COLUMN keeps_hours boolean NOT NULL DEFAULT false
        """,
        "CREATE INDEX ix_workspace_keeps_hours_id ON park.workspace (keeps_hours, id)",
        f"""
        CREATE TABLE park.availability_rule (
            id uuid NOT NULL DEFAULT uuidv7(),
            weekday text NOT NULL,
            opens_at text NOT NULL,
            closes_at text NOT NULL,
            workspace_id uuid NOT NULL,
            {common("availability_rule", "P1")},
            CONSTRAINT pk_availability_rule PRIMARY KEY (id),
            CONSTRAINT fk_availability_rule_workspace_id
                FOREIGN KEY(workspace_id) REFERENCES park.workspace (id),
            CONSTRAINT ck_availability_rule_weekday_known
                CHECK (weekday IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')),
            CONSTRAINT ck_availability_rule_opens_at_is_a_time
                CHECK (opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
            CONSTRAINT ck_availability_rule_closes_at_is_a_time
                CHECK (closes_at ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
            CONSTRAINT ck_availability_rule_opens_before_it_closes CHECK (opens_at < closes_at)
        )
        """,
        "CREATE INDEX ix_availability_rule_weekday_id ON park.availability_rule (weekday, id)",
        "CREATE INDEX ix_availability_rule_workspace_id_id"
        " ON park.availability_rule (workspace_id, id)",
        f"""
        CREATE TABLE park.block (
            id uuid NOT NULL DEFAULT uuidv7(),
            period tstzrange NOT NULL,
            reason text NOT NULL,
            note text,
            state text NOT NULL DEFAULT 'SET',
            workspace_id uuid NOT NULL,
            park_id uuid NOT NULL,
            {common("block", "P1")},
            CONSTRAINT pk_block PRIMARY KEY (id),
            CONSTRAINT fk_block_workspace_id
                FOREIGN KEY(workspace_id) REFERENCES park.workspace (id),
            CONSTRAINT fk_block_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT ck_block_reason_known
                CHECK (reason IN ('MAINTENANCE', 'EVENT', 'HOLIDAY', 'OTHER')),
            CONSTRAINT ck_block_state_known CHECK (state IN ('SET', 'LIFTED')),
            CONSTRAINT ck_block_period_half_open CHECK (
                NOT isempty(period) AND lower_inc(period) AND NOT upper_inc(period)
                AND NOT lower_inf(period) AND NOT upper_inf(period))
        )
        """,
        "CREATE INDEX ix_block_park_id_id ON park.block (park_id, id)",
        "CREATE INDEX ix_block_reason_id ON park.block (reason, id)",
        "CREATE INDEX ix_block_state_id ON park.block (state, id)",
        "CREATE INDEX ix_block_workspace_id_id ON park.block (workspace_id, id)",
        "CREATE INDEX ix_block_set_period ON park.block USING gist (workspace_id, period)"
        " WHERE state = 'SET'",
        "ALTER TABLE park.reservation DROP CONSTRAINT ck_reservation_cancel_reason_known",
        f"""
        ALTER TABLE park.reservation ADD CONSTRAINT ck_reservation_cancel_reason_known
            CHECK (cancel_reason IN ({REASONS}, 'CLOSED', 'PARK_CLOSED'))
        """,
        CLOSED,
        "COMMENT ON FUNCTION park.closed IS 'When a workspace is closed within a span: its blocks,"
        " and what its weekly hours leave out.'",
        FREE_WINDOWS,
        "COMMENT ON FUNCTION park.free_windows IS 'The longest stretches of a span in which so many"
        " seats are free, those that are long enough.'",
        KEEPS_HOURS,
        """
        CREATE TRIGGER reservation_keeps_hours
        BEFORE INSERT OR UPDATE OF workspace_id, period ON park.reservation
        FOR EACH ROW EXECUTE FUNCTION park.reservation_keeps_hours()
        """,
    )


def downgrade() -> None:
    run(
        "DROP TRIGGER reservation_keeps_hours ON park.reservation",
        "DROP FUNCTION park.reservation_keeps_hours",
        "DROP FUNCTION park.free_windows",
        "DROP FUNCTION park.closed",
        "UPDATE park.reservation SET cancel_reason = 'OPERATOR'"
        " WHERE cancel_reason IN ('CLOSED', 'PARK_CLOSED')",
        "ALTER TABLE park.reservation DROP CONSTRAINT ck_reservation_cancel_reason_known",
        f"""
        ALTER TABLE park.reservation ADD CONSTRAINT ck_reservation_cancel_reason_known
            CHECK (cancel_reason IN ({REASONS}))
        """,
        "DROP TABLE park.block",
        "DROP TABLE park.availability_rule",
        "ALTER TABLE park.workspace DROP COLUMN keeps_hours",
    )
