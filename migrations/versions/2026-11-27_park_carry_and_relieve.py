"""Park: carriers, homes for returnees, fee reliefs."""

from __future__ import annotations

from migrations.common import common, run

revision = "0022_park"
down_revision = "0021_park"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        f"""
        CREATE TABLE park.carrier (
            id uuid NOT NULL DEFAULT uuidv7(),
            name_zh text NOT NULL,
            name_en text,
            kind text NOT NULL,
            level text NOT NULL,
            discipline text,
            places integer,
            host_organisation_id uuid NOT NULL,
            {common("carrier", "P0")},
            CONSTRAINT pk_carrier PRIMARY KEY (id),
            CONSTRAINT fk_carrier_host_organisation_id
                FOREIGN KEY(host_organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_carrier_kind_known CHECK (kind IN ('POSTDOC', 'DEMONSTRATION_BASE')),
            CONSTRAINT ck_carrier_level_known
                CHECK (level IN ('NATIONAL', 'PROVINCIAL', 'MUNICIPAL')),
            CONSTRAINT ck_carrier_places_not_negative CHECK (places >= 0)
        )
        """,
        "CREATE INDEX ix_carrier_name_zh_grams ON park.carrier USING gin (hub_grams(name_zh))",
        "CREATE INDEX ix_carrier_kind_id ON park.carrier (kind, id)",
        "CREATE INDEX ix_carrier_level_id ON park.carrier (level, id)",
        "CREATE INDEX ix_carrier_host_organisation_id_id"
        " ON park.carrier (host_organisation_id, id)",
        f"""
        CREATE TABLE park.returnee_home (
            id uuid NOT NULL DEFAULT uuidv7(),
            name_zh text NOT NULL,
            name_en text,
            hours text,
            contact_roles text[] NOT NULL DEFAULT '{{}}',
            park_id uuid NOT NULL,
            {common("returnee_home", "P0")},
            CONSTRAINT pk_returnee_home PRIMARY KEY (id),
            CONSTRAINT fk_returnee_home_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT ck_returnee_home_contacts_not_too_many
                CHECK (cardinality(contact_roles) <= 20)
        )
        """,
        "CREATE INDEX ix_returnee_home_name_zh_grams"
        " ON park.returnee_home USING gin (hub_grams(name_zh))",
        "CREATE INDEX ix_returnee_home_park_id_id ON park.returnee_home (park_id, id)",
        f"""
        CREATE TABLE park.fee_relief (
            id uuid NOT NULL DEFAULT uuidv7(),
            kind text NOT NULL,
            rate numeric(5, 4),
            months integer,
            amount_fen bigint,
            starts_on date NOT NULL,
            policy_version_key text,
            revoke_note text,
            state text NOT NULL DEFAULT 'GRANTED',
            park_id uuid NOT NULL,
            holder_talent_id uuid,
            holder_organisation_id uuid,
            {common("fee_relief", "P2")},
            CONSTRAINT pk_fee_relief PRIMARY KEY (id),
            CONSTRAINT fk_fee_relief_park_id FOREIGN KEY(park_id) REFERENCES park.park (id),
            CONSTRAINT fk_fee_relief_holder_talent_id
                FOREIGN KEY(holder_talent_id) REFERENCES talent.talent (id),
            CONSTRAINT fk_fee_relief_holder_organisation_id
                FOREIGN KEY(holder_organisation_id) REFERENCES cooperation.organisation (id),
            CONSTRAINT ck_fee_relief_kind_known CHECK (kind IN ('REDUCTION', 'WAIVER')),
            CONSTRAINT ck_fee_relief_state_known CHECK (state IN ('GRANTED', 'REVOKED')),
            CONSTRAINT ck_fee_relief_rate_of_its_kind CHECK (
                (kind = 'WAIVER' AND rate = 1) OR (kind = 'REDUCTION' AND
                (rate > 0 AND rate < 1 OR rate IS NULL AND amount_fen IS NOT NULL))),
            CONSTRAINT ck_fee_relief_months_in_bounds CHECK (months BETWEEN 1 AND 120),
            CONSTRAINT ck_fee_relief_amount_positive CHECK (amount_fen > 0),
            CONSTRAINT ck_fee_relief_one_holder
                CHECK (num_nonnulls(holder_talent_id, holder_organisation_id) = 1)
        )
        """,
        *(
            f"CREATE INDEX ix_fee_relief_{column}_id ON park.fee_relief ({column}, id)"
            for column in (
                "kind",
                "starts_on",
                "policy_version_key",
                "state",
                "park_id",
                "holder_talent_id",
                "holder_organisation_id",
            )
        ),
    )


def downgrade() -> None:
    run("DROP TABLE park.fee_relief", "DROP TABLE park.returnee_home", "DROP TABLE park.carrier")
