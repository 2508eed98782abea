WITH sent AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[])
        WITH ORDINALITY AS sent (workspace, free, seen, place)
), written AS (
    UPDATE park.workspace AS space
    SET observed_free_seats = sent.free, observed_at = sent.seen,
        stale_after = sent.seen + interval '24 hours', observed_source = 'OPERATOR',
        version = space.version + 1, updated_at = now(), change_xid = pg_current_xact_id()
    FROM sent WHERE space.id = sent.workspace
    RETURNING space.id, space.version, space.park_id
), noted AS (
    INSERT INTO ledger.change (entity, object, version, operation)
    SELECT 'Workspace', id, version, $4 FROM written
), observed AS (
    INSERT INTO park.observation (workspace_id, park_id, free_seats, observed_at, stale_after, source,
        reported_by)
    SELECT sent.workspace, written.park_id, sent.free, sent.seen, sent.seen + interval '24 hours',
        'OPERATOR', $5
    FROM sent JOIN written ON written.id = sent.workspace
), audited AS (
    INSERT INTO ledger.audit_entry (operation, entity, action, mutation, objects, client, audience, sub,
        purpose, token_id, document_hash)
    SELECT $4, 'Workspace', 'CHANGE', 'setAvailability', array_agg(id), $5, 'OPERATOR', $5, $9, $6, $7
    FROM written
), answer AS (
    SELECT sent.place, sent.workspace, written.version
    FROM sent JOIN written ON written.id = sent.workspace
), kept AS (
    INSERT INTO ledger.idempotency (client, mutation, key, input_hash, operation, outcome)
    SELECT $5, 'setAvailability', $8, $10, $4, jsonb_agg(jsonb_build_object('workspaceId',
        'Workspace:' || workspace, 'result', 'APPLIED', 'version', version) ORDER BY place)
    FROM answer
)
SELECT json_build_object('data', json_build_object('setAvailability', json_build_object(
    'rows', json_agg(json_build_object('workspaceId', 'Workspace:' || workspace, 'result', 'APPLIED',
        'version', version) ORDER BY place),
    'userErrors', '[]'::json)))::text
FROM answer
