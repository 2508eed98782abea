"""Park: a reservation asks `park.closed` only of a workspace that keeps hours or is blocked then.

Laying a calendar out takes longer than all the rest of a hold, and most workspaces have none.
"""

from __future__ import annotations

from migrations.common import run

revision = "0028_park"
down_revision = "0027_identity"
branch_labels = None
depends_on = None

CLOSED_IN_PART = """
    CREATE FUNCTION park.closed_in_part(space uuid, span tstzrange) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500 AS $$
    BEGIN
        IF EXISTS (SELECT FROM park.workspace WHERE id = space AND keeps_hours)
            OR EXISTS (SELECT FROM park.block
                WHERE workspace_id = space AND state = 'SET' AND period && span)
        THEN
            RETURN NOT isempty(park.closed(space, span));
        END IF;
        RETURN false;
    END $$
"""


def keeps_hours(closed: str) -> str:
    """The trigger's function; who changes hours or blocks holds the lock until all see them."""
    return f"""
        CREATE OR REPLACE FUNCTION park.reservation_keeps_hours() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state NOT IN ('HELD', 'CONFIRMED', 'CHECKED_IN') THEN
                RETURN NEW;
            END IF;
            PERFORM FROM park.workspace WHERE id = NEW.workspace_id FOR NO KEY UPDATE;
            IF {closed} THEN
                RAISE EXCEPTION 'the workspace is closed in part of the period'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reservation_open',
                        SCHEMA = 'park', TABLE = 'reservation';
            END IF;
            RETURN NEW;
        END $$
    """


def upgrade() -> None:
    run(
        CLOSED_IN_PART,
        "COMMENT ON FUNCTION park.closed_in_part IS 'Whether a workspace is closed at any instant"
        " of a span.'",
        keeps_hours("park.closed_in_part(NEW.workspace_id, NEW.period)"),
    )


def downgrade() -> None:
    run(
        keeps_hours("NOT isempty(park.closed(NEW.workspace_id, NEW.period))"),
        "DROP FUNCTION park.closed_in_part",
    )
