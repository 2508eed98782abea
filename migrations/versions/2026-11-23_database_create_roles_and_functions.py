"""Database: the app's role, extensions, and the functions that tables and statements use."""

from __future__ import annotations

from migrations.common import APP, run

revision = "0001_database"
down_revision = None
branch_labels = None
depends_on = None

# The owner of somebody's own PostgreSQL may lack CREATEROLE; the role is then made beforehand.
ROLE = f"""
    DO $$
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
            CREATE ROLE {APP} NOLOGIN;
        END IF;
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the role {APP} is missing'
                USING HINT = 'As an administrator: CREATE ROLE {APP} LOGIN PASSWORD ''...''';
    END $$
"""

GRAMS = """
    CREATE FUNCTION hub_grams(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        letters text[] := string_to_array(lower(words), NULL);
        grams text[] := letters;
    BEGIN
        FOR i IN 1 .. cardinality(letters) - 1 LOOP
            grams := grams || (letters[i] || letters[i + 1]);
        END LOOP;
        RETURN grams;
    END $$
"""

# Weights 3^i mod 31 over all 17 characters (GB 32100-2015); within them the organisation code has
# a check character of its own, with other weights and letters counted from A = 10 (GB 11714).
USCC_VALID = """
    CREATE FUNCTION hub_uscc_valid(uscc text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        outer_letters constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
        inner_letters constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
        outer_weights constant int[] := '{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}';
        inner_weights constant int[] := '{3,7,9,10,5,8,4,2}';
        total int := 0;
    BEGIN
        IF uscc !~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$' THEN
            RETURN false;
        END IF;
        FOR i IN 1 .. 17 LOOP
            total := total + (strpos(outer_letters, substr(uscc, i, 1)) - 1) * outer_weights[i];
        END LOOP;
        IF substr(uscc, 18, 1) <> substr(outer_letters, (31 - total % 31) % 31 + 1, 1) THEN
            RETURN false;
        END IF;
        total := 0;
        FOR i IN 1 .. 8 LOOP
            total := total + (strpos(inner_letters, substr(uscc, 8 + i, 1)) - 1) * inner_weights[i];
        END LOOP;
        RETURN substr(uscc, 17, 1) = substr('0X987654321', total % 11 + 1, 1);
    END $$
"""

NOW = """
    CREATE FUNCTION hub_now() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT now() + coalesce(nullif(current_setting('hub.clock_shift', true), ''), '0')::interval
    $$
"""


def upgrade() -> None:
    run(
        ROLE,
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        GRAMS,
        "COMMENT ON FUNCTION hub_grams IS 'Letters and pairs of letters, lower case: indexed, they"
        " find any part of a name, one character or more.'",
        USCC_VALID,
        "COMMENT ON FUNCTION hub_uscc_valid IS 'Whether form and both check characters of a unified"
        " social credit code are right.'",
        NOW,
        "COMMENT ON FUNCTION hub_now IS 'The clock that holds and expiry go by; the setting"
        " hub.clock_shift moves it in tests.'",
    )


def downgrade() -> None:
    # The role stays: it belongs to the whole cluster, and other databases may use it.
    run(
        "DROP FUNCTION hub_now",
        "DROP FUNCTION hub_uscc_valid",
        "DROP FUNCTION hub_grams",
        "DROP EXTENSION btree_gist",
    )
