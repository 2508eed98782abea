"""Park: reservations that recur."""

from __future__ import annotations

from migrations.common import common, run

revision = "0020_park"
down_revision = "0019_park"
branch_labels = None
depends_on = None

REASONS = "'HOLDER', 'OPERATOR', 'OUT_OF_SERVICE', 'RETIRED', 'CLOSED', 'PARK_CLOSED'"


def upgrade() -> None:
    run(
        f"""
        CREATE TABLE park.reservation_series (
            id uuid NOT NULL DEFAULT uuidv7(),
            first_period tstzrange NOT NULL,
            rrule text NOT NULL,
            occurrences integer NOT NULL,
            seats integer NOT NULL,
            requested_by text NOT NULL,
            hold_expires_at timestamptz NOT NULL,
            cancel_reason text,
            cancel_note text,
            state text NOT NULL DEFAULT 'HELD',
            workspace_id uuid NOT NULL,
            park_id uuid NOT NULL,
            partner_code text,
            holder_talent_id uuid,
            holder_organisation_id uuid,
            {common("reservation_series", "P3")},
            CONSTRAINT pk_reservation_series PRIMARY KEY (id),
            CONSTRAINT fk_reservation_series_workspace_id
                FOREIGN KEY(workspace_id) REFERENCES park.workspace (id),
            CONSTRAINT fk_reservation_series_park_id
                FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT fk_reservation_series_partner_code
                FOREIGN KEY(partner_code) REFERENCES cooperation.partner (code),
            CONSTRAINT fk_reservation_series_holder_talent_id
                FOREIGN KEY(holder_talent_id) REFERENCES talent.talent (id),
            CONSTRAINT fk_reservation_series_holder_organisation_id
                FOREIGN KEY(holder_organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_reservation_series_cancel_reason_known
                CHECK (cancel_reason IN ({REASONS})),
            CONSTRAINT ck_reservation_series_state_known
                CHECK (state IN ('HELD', 'CONFIRMED', 'CANCELLED', 'EXPIRED')),
            CONSTRAINT ck_reservation_series_seats_positive CHECK (seats >= 1),
            CONSTRAINT ck_reservation_series_one_holder
                CHECK (num_nonnulls(holder_talent_id, holder_organisation_id) = 1),
            CONSTRAINT ck_reservation_series_cancelled_for_a_reason
                CHECK ((state = 'CANCELLED') = (cancel_reason IS NOT NULL))
        )
        """,
        "CREATE INDEX ix_reservation_series_hold_expires"
        " ON park.reservation_series (hold_expires_at) WHERE state = 'HELD'",
        *(
            f"CREATE INDEX ix_reservation_series_{column}_id"
            f" ON park.reservation_series ({column}, id)"
            for column in (
                "requested_by",
                "state",
                "workspace_id",
                "park_id",
                "partner_code",
                "holder_talent_id",
                "holder_organisation_id",
            )
        ),
        """
        ALTER TABLE park.reservation ADD COLUMN series_id uuid
            CONSTRAINT fk_reservation_series_id REFERENCES park.reservation_series (id)
        """,
        "CREATE INDEX ix_reservation_series_id_id ON park.reservation (series_id, id)",
    )


def downgrade() -> None:
    run(
        "ALTER TABLE park.reservation DROP COLUMN series_id",
        "DROP TABLE park.reservation_series",
    )
