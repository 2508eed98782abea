"""Identity: what the city's own provider calls a person, so that she may sign in by it."""

from __future__ import annotations

from migrations.common import run

revision = "0029_identity"
down_revision = "0028_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "ALTER TABLE identity.person ADD COLUMN city_subject text,"
        " ADD CONSTRAINT uq_person_city_subject UNIQUE (city_subject)",
    )


def downgrade() -> None:
    run("ALTER TABLE identity.person DROP COLUMN city_subject")
