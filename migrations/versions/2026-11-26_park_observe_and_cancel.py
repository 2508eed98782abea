"""Park: observations of free seats, and why a reservation was cancelled."""

from __future__ import annotations

from migrations.common import run

revision = "0008_park"
down_revision = "0007_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        """
        CREATE TABLE park.observation (
            id uuid NOT NULL DEFAULT uuidv7(),
            free_seats integer,
            observed_at timestamptz NOT NULL,
            source text NOT NULL,
            stale_after timestamptz NOT NULL,
            reported_by text NOT NULL,
            workspace_id uuid NOT NULL,
            park_id uuid NOT NULL,
            CONSTRAINT pk_observation PRIMARY KEY (id),
            CONSTRAINT fk_observation_workspace_id
                FOREIGN KEY(workspace_id) REFERENCES park.workspace (id),
            CONSTRAINT fk_observation_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT ck_observation_free_seats_not_negative CHECK (free_seats >= 0),
            CONSTRAINT ck_observation_fresh_for_a_time CHECK (stale_after > observed_at),
            CONSTRAINT ck_observation_source_observes CHECK (source <> 'RESERVATIONS'),
            CONSTRAINT ck_observation_source_known
                CHECK (source IN ('RESERVATIONS', 'OPERATOR', 'SENSOR'))
        )
        """,
        "CREATE INDEX ix_observation_observed_at_id ON park.observation (observed_at, id)",
        "CREATE INDEX ix_observation_park_id_id ON park.observation (park_id, id)",
        "CREATE INDEX ix_observation_source_id ON park.observation (source, id)",
        "CREATE INDEX ix_observation_workspace_id_id ON park.observation (workspace_id, id)",
    )
    run(
        """
        ALTER TABLE park.workspace
            ADD COLUMN observed_at timestamptz,
            ADD COLUMN stale_after timestamptz,
            ADD COLUMN observed_free_seats integer,
            ADD COLUMN observed_source text,
            ADD CONSTRAINT ck_workspace_observed_source_known
                CHECK (observed_source IN ('RESERVATIONS', 'OPERATOR', 'SENSOR')),
            ADD CONSTRAINT ck_workspace_observation_whole CHECK (
                num_nonnulls(observed_at, observed_source, stale_after) IN (0, 3)
                AND (observed_free_seats IS NULL OR observed_at IS NOT NULL
                    AND observed_free_seats >= 0 AND observed_free_seats <= seats)
            )
        """,
        "ALTER TABLE park.reservation ADD COLUMN cancel_reason text, ADD COLUMN cancel_note text",
        "UPDATE park.reservation SET cancel_reason = 'HOLDER' WHERE state = 'CANCELLED'",
        """
        ALTER TABLE park.reservation
            ADD CONSTRAINT ck_reservation_cancel_reason_known
                CHECK (cancel_reason IN ('HOLDER', 'OPERATOR', 'OUT_OF_SERVICE', 'RETIRED')),
            ADD CONSTRAINT ck_reservation_cancelled_for_a_reason
                CHECK ((state = 'CANCELLED') = (cancel_reason IS NOT NULL))
        """,
    )


def downgrade() -> None:
    run(
        "ALTER TABLE park.reservation DROP COLUMN cancel_reason, DROP COLUMN cancel_note",
        """
        ALTER TABLE park.workspace
            DROP COLUMN observed_source,
            DROP COLUMN observed_free_seats,
            DROP COLUMN stale_after,
            DROP COLUMN observed_at
        """,
        "DROP TABLE park.observation",
    )
