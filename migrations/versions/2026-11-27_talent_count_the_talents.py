"""Talent: figures by degree, country, industry and division, and the function that counts them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.common import Xid8

revision = "0034_talent"
down_revision = "0033_talent"
branch_labels = None
depends_on = None

COUNTED = """
    CREATE FUNCTION talent.counted_statistics() RETURNS TABLE (
        dimension text, value text, people integer, suppressed boolean, synthetic boolean
    ) LANGUAGE sql STABLE AS $$
        WITH cell AS (
            SELECT 'DEGREE' AS dimension, coalesce(highest_degree, 'UNKNOWN') AS value,
                count(*)::integer AS people, bool_and(talent.synthetic) AS synthetic
            FROM talent.talent WHERE visibility <> 'P4' GROUP BY 2
            UNION ALL
            SELECT 'DIVISION', coalesce(residence_division_code, 'UNKNOWN'), count(*)::integer,
                bool_and(talent.synthetic)
            FROM talent.talent WHERE visibility <> 'P4' GROUP BY 2
            UNION ALL
            SELECT 'INDUSTRY', industry, count(*)::integer, bool_and(talent.synthetic)
            FROM talent.talent CROSS JOIN LATERAL (
                SELECT DISTINCT unnest(target_industries) AS industry
            ) AS wanted
            WHERE visibility <> 'P4' GROUP BY 2
            UNION ALL
            SELECT 'TERRITORY', institution_territory, count(DISTINCT talent.id)::integer,
                bool_and(talent.synthetic)
            FROM talent.talent JOIN talent.degree ON degree.talent_id = talent.id
            WHERE talent.visibility <> 'P4' AND degree.visibility <> 'P4' GROUP BY 2
        ), judged AS (
            SELECT cell.*, cell.people < 10 AS small,
                count(*) FILTER (WHERE cell.people < 10) OVER of_dimension AS small_cells,
                row_number() OVER (
                    PARTITION BY cell.dimension, cell.people < 10 ORDER BY cell.people, cell.value
                ) AS place
            FROM cell WINDOW of_dimension AS (PARTITION BY cell.dimension)
        ), told AS (
            SELECT judged.*, small OR (small_cells = 1 AND place = 1) AS untold FROM judged
        )
        SELECT dimension, value, CASE WHEN NOT untold THEN people END, untold, synthetic FROM told
    $$
"""


def upgrade() -> None:
    op.create_table(
        "talent_statistic",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column(
            "counted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("synthetic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_division", sa.Text(), server_default=sa.text("'320600'"), nullable=False),
        sa.Column("visibility", sa.Text(), server_default=sa.text("'P1'"), nullable=False),
        sa.Column(
            "change_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "dimension IN ('DEGREE', 'TERRITORY', 'INDUSTRY', 'DIVISION')",
            name=op.f("ck_talent_statistic_dimension_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('P0', 'P1', 'P2', 'P3', 'P4')",
            name=op.f("ck_talent_statistic_visibility_known"),
        ),
        sa.CheckConstraint("people >= 10", name=op.f("ck_talent_statistic_small_cells_untold")),
        sa.CheckConstraint(
            "suppressed = (people IS NULL)", name=op.f("ck_talent_statistic_suppressed_untold")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_statistic")),
        sa.UniqueConstraint("dimension", "value", name=op.f("uq_talent_statistic_dimension_value")),
        schema="talent",
    )
    op.create_index(
        op.f("ix_talent_statistic_dimension_id"),
        "talent_statistic",
        ["dimension", "id"],
        unique=False,
        schema="talent",
    )
    op.create_index(
        op.f("ix_talent_statistic_people_id"),
        "talent_statistic",
        ["people", "id"],
        unique=False,
        schema="talent",
    )
    op.create_index(
        op.f("ix_talent_statistic_suppressed_id"),
        "talent_statistic",
        ["suppressed", "id"],
        unique=False,
        schema="talent",
    )
    op.create_index(
        op.f("ix_talent_statistic_value_id"),
        "talent_statistic",
        ["value", "id"],
        unique=False,
        schema="talent",
    )
    op.execute(COUNTED)
    op.execute(
        "COMMENT ON FUNCTION talent.counted_statistics IS 'How many talents there are by degree,"
        " division, industry and country; small cells, and the neighbour of a single one, untold.'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION talent.counted_statistics")
    op.drop_index(
        op.f("ix_talent_statistic_value_id"), table_name="talent_statistic", schema="talent"
    )
    op.drop_index(
        op.f("ix_talent_statistic_suppressed_id"), table_name="talent_statistic", schema="talent"
    )
    op.drop_index(
        op.f("ix_talent_statistic_people_id"), table_name="talent_statistic", schema="talent"
    )
    op.drop_index(
        op.f("ix_talent_statistic_dimension_id"), table_name="talent_statistic", schema="talent"
    )
    op.drop_table("talent_statistic", schema="talent")
