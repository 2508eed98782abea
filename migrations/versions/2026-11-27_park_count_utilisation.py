"""Park: utilisation by month, and what recurring work looks for."""

from __future__ import annotations

from migrations.common import APP, common, run

revision = "0019_park"
down_revision = "0018_park"
branch_labels = None
depends_on = None

# The month that is over is counted for three days more, while people are still checked out.
COUNTED = """
    CREATE FUNCTION park.counted_utilisation(wanted uuid) RETURNS TABLE (
        park_id uuid, month date, workspaces integer, seats integer, free_of_charge_seats integer,
        seat_hours numeric, reserved_seat_hours numeric, used_seat_hours numeric,
        free_of_charge_seat_hours numeric, free_of_charge_reserved_seat_hours numeric,
        reservations integer, no_shows integer, synthetic boolean)
    LANGUAGE sql STABLE AS $$
        WITH today AS (
            SELECT (hub_now() AT TIME ZONE 'Asia/Shanghai')::date AS day
        ), counting AS (
            SELECT first::date AS month,
                tstzrange(first AT TIME ZONE 'Asia/Shanghai',
                    (first + interval '1 month') AT TIME ZONE 'Asia/Shanghai') AS span
            FROM today, generate_series(
                date_trunc('month', day - 3)::timestamp,
                date_trunc('month', day)::timestamp + interval '2 months',
                interval '1 month') AS first
        ), offered AS (
            SELECT space.park_id, counting.month, count(*) AS workspaces, sum(space.seats) AS seats,
                sum(space.seats) FILTER (WHERE price_fen = 0) AS free_seats,
                sum(space.seats * hours) AS hours,
                sum(space.seats * hours) FILTER (WHERE price_fen = 0) AS free_hours
            FROM counting CROSS JOIN park.workspace AS space
            CROSS JOIN LATERAL (
                SELECT extract(epoch FROM upper(span) - lower(span)) / 3600 - CASE
                    WHEN keeps_hours OR EXISTS (
                        SELECT FROM park.block WHERE workspace_id = space.id AND state = 'SET'
                            AND period && span)
                    THEN coalesce((
                        SELECT sum(extract(epoch FROM upper(shut) - lower(shut))) / 3600
                        FROM unnest(park.closed(space.id, span)) AS shut), 0)
                    ELSE 0 END AS hours
            ) AS open
            WHERE space.park_id = wanted AND space.state = 'AVAILABLE'
            GROUP BY space.park_id, counting.month
        ), taken AS (
            SELECT booking.park_id, counting.month,
                sum(size * hours) FILTER (WHERE booking.state <> 'NO_SHOW') AS hours,
                sum(size * hours) FILTER (WHERE booking.state IN ('CHECKED_IN', 'COMPLETED'))
                    AS used,
                sum(size * hours) FILTER (WHERE booking.state <> 'NO_SHOW' AND price_fen = 0)
                    AS free_hours,
                count(*) FILTER (WHERE booking.state <> 'NO_SHOW') AS bookings,
                count(*) FILTER (WHERE booking.state = 'NO_SHOW') AS no_shows
            FROM counting
            JOIN park.reservation AS booking
                ON booking.park_id = wanted AND booking.period && span
                AND booking.state IN ('CONFIRMED', 'CHECKED_IN', 'COMPLETED', 'NO_SHOW')
            JOIN park.workspace AS space ON space.id = booking.workspace_id
            CROSS JOIN LATERAL (
                SELECT extract(epoch FROM upper(period * span) - lower(period * span)) / 3600
                        AS hours,
                    CASE WHEN booking.whole_space THEN space.seats ELSE booking.seats END AS size
            ) AS share
            GROUP BY booking.park_id, counting.month
        )
        SELECT park.id, counting.month, coalesce(workspaces, 0)::int, coalesce(seats, 0)::int,
            coalesce(free_seats, 0)::int, round(coalesce(offered.hours, 0), 2),
            round(coalesce(taken.hours, 0), 2), round(coalesce(used, 0), 2),
            round(coalesce(offered.free_hours, 0), 2), round(coalesce(taken.free_hours, 0), 2),
            coalesce(bookings, 0)::int, coalesce(taken.no_shows, 0)::int, park.synthetic
        FROM park.park CROSS JOIN counting
        LEFT JOIN offered ON offered.park_id = park.id AND offered.month = counting.month
        LEFT JOIN taken ON taken.park_id = park.id AND taken.month = counting.month
        WHERE park.id = wanted
    $$
"""


def upgrade() -> None:
    run(
        """
        CREATE TABLE ledger.job (
            name text NOT NULL,
            due_at timestamptz NOT NULL DEFAULT now(),
            ran_at timestamptz,
            runs integer NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            CONSTRAINT pk_job PRIMARY KEY (name)
        )
        """,
        f"GRANT UPDATE ON ledger.job TO {APP}",
        "ALTER TABLE park.workspace ADD COLUMN observation_stale boolean NOT NULL DEFAULT false",
        "CREATE INDEX ix_workspace_fresh ON park.workspace (stale_after)"
        " WHERE observed_at IS NOT NULL AND NOT observation_stale",
        "CREATE INDEX ix_reservation_hold_expires ON park.reservation (hold_expires_at)"
        " WHERE state = 'HELD'",
        f"""
        CREATE TABLE park.utilisation (
            id uuid NOT NULL DEFAULT uuidv7(),
            month date NOT NULL,
            workspaces integer NOT NULL,
            seats integer NOT NULL,
            free_of_charge_seats integer NOT NULL,
            seat_hours numeric(14, 2) NOT NULL,
            reserved_seat_hours numeric(14, 2) NOT NULL,
            used_seat_hours numeric(14, 2) NOT NULL,
            free_of_charge_seat_hours numeric(14, 2) NOT NULL,
            free_of_charge_reserved_seat_hours numeric(14, 2) NOT NULL,
            reservations integer NOT NULL,
            no_shows integer NOT NULL,
            counted_at timestamptz NOT NULL DEFAULT now(),
            park_id uuid NOT NULL,
            {common("utilisation", "P1")},
            CONSTRAINT pk_utilisation PRIMARY KEY (id),
            CONSTRAINT uq_utilisation_park_id_month UNIQUE (park_id, month),
            CONSTRAINT fk_utilisation_park_id FOREIGN KEY(park_id) REFERENCES park.park (id)
        )
        """,
        "CREATE INDEX ix_utilisation_month_id ON park.utilisation (month, id)",
        "CREATE INDEX ix_utilisation_park_id_id ON park.utilisation (park_id, id)",
        COUNTED,
        "COMMENT ON FUNCTION park.counted_utilisation IS 'Figures of a park for the month that"
        " was just over, this one and the next two.'",
    )


def downgrade() -> None:
    run(
        "DROP FUNCTION park.counted_utilisation",
        "DROP TABLE park.utilisation",
        "DROP INDEX park.ix_reservation_hold_expires",
        "DROP INDEX park.ix_workspace_fresh",
        "ALTER TABLE park.workspace DROP COLUMN observation_stale",
        "DROP TABLE ledger.job",
    )
