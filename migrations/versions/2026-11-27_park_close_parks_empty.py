"""Park: no reservation takes seats in a park that is closed; what was said of a decision."""

from __future__ import annotations

from migrations.common import run

revision = "0021_park"
down_revision = "0020_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is over was left as it was where nobody said so; a closed park cannot keep that.
    run(
        """
        UPDATE park.reservation SET state = CASE reservation.state
                WHEN 'HELD' THEN 'EXPIRED' WHEN 'CONFIRMED' THEN 'NO_SHOW' ELSE 'COMPLETED' END,
            version = reservation.version + 1
        FROM park.park
        WHERE park.id = park_id AND park.state = 'CLOSED'
            AND reservation.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
        """,
        "ALTER TABLE park.park ADD COLUMN decision_note text",
        """
        ALTER TABLE park.park ADD COLUMN unclosed boolean GENERATED ALWAYS AS (
            CASE WHEN state <> 'CLOSED'::text THEN true ELSE NULL::boolean END) STORED
        """,
        "ALTER TABLE park.park ADD CONSTRAINT uq_park_id_unclosed UNIQUE (id, unclosed)",
        """
        ALTER TABLE park.reservation ADD COLUMN occupying boolean GENERATED ALWAYS AS (
            CASE WHEN state = ANY (ARRAY['HELD'::text, 'CONFIRMED'::text, 'CHECKED_IN'::text])
            THEN true ELSE NULL::boolean END) STORED
        """,
        """
        ALTER TABLE park.reservation ADD CONSTRAINT fk_reservation_of_unclosed_park
            FOREIGN KEY (park_id, occupying) REFERENCES park.park (id, unclosed)
        """,
    )


def downgrade() -> None:
    run(
        "ALTER TABLE park.reservation DROP COLUMN occupying",
        "ALTER TABLE park.park DROP COLUMN unclosed",
        "ALTER TABLE park.park DROP COLUMN decision_note",
    )
