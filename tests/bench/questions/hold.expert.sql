WITH steps AS (
    SELECT sum(seats) OVER (ORDER BY at, seats) AS taken FROM (
        SELECT greatest(lower(period), $2) AS at, seats FROM park.reservation
        WHERE workspace_id = $1 AND state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
            AND (state <> 'HELD' OR hold_expires_at > hub_now()) AND period && tstzrange($2, $3)
        UNION ALL
        SELECT upper(period), -seats FROM park.reservation
        WHERE workspace_id = $1 AND state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
            AND (state <> 'HELD' OR hold_expires_at > hub_now()) AND period && tstzrange($2, $3)
    ) AS edges
), made AS (
    INSERT INTO park.reservation (workspace_id, park_id, whole_space, period, seats,
        holder_organisation_id, requested_by, partner_code, hold_expires_at, state, synthetic)
    SELECT $1, $4, $5, tstzrange($2, $3), $6, $7, $8, $9, hub_now() + interval '15 minutes', 'HELD', true
    WHERE coalesce((SELECT max(taken) FROM steps), 0) <= $10
    RETURNING id, version, state, seats, period
), noted AS (
    INSERT INTO ledger.change (entity, object, version, operation)
    SELECT 'Reservation', id, version, $11 FROM made
), audited AS (
    INSERT INTO ledger.audit_entry (operation, entity, action, mutation, objects, purpose, client,
        audience, sub, partner, token_id, document_hash)
    SELECT $11, 'Reservation', 'CHANGE', 'holdWorkspace', ARRAY[id], $12, $8, 'PARTNER', $8, $9, $13, $14
    FROM made
), kept AS (
    INSERT INTO ledger.idempotency (client, mutation, key, input_hash, operation, outcome)
    SELECT $8, 'holdWorkspace', $15, $16, $11,
        jsonb_build_object('reservation', 'Reservation:' || made.id)
    FROM made
)
SELECT json_build_object('data', json_build_object('holdWorkspace', json_build_object(
    'reservation', json_build_object('id', 'Reservation:' || id, 'version', version, 'state', state,
        'seats', seats, 'from', lower(period), 'until', upper(period)),
    'userErrors', '[]'::json)))::text
FROM made
