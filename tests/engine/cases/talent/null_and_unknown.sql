WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"displayName":' || to_json(p0.display_name) || ',"returnedOn":' || coalesce('"' || CAST(p0.returned_on AS TEXT) || '"', 'null') || ',"highestDegree":' || coalesce('"' || CAST(p0.highest_degree AS TEXT) || '"', 'null') || '}}', ','), ''), ']}') AS j, array_agg(p0.id) AS l0
FROM (SELECT t0.display_name AS display_name, t0.returned_on AS returned_on, t0.highest_degree AS highest_degree, t0.id AS id
FROM talent.talent AS t0
WHERE t0.returned_on IS NULL AND (t0.highest_degree = $9::VARCHAR) IS NOT true
ORDER BY t0.id ASC 
 LIMIT 3) AS p0) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $2::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $3::VARCHAR AS anon_3, $4::VARCHAR AS anon_4, $5::VARCHAR AS anon_5, $6::VARCHAR AS anon_6, $7::VARCHAR AS anon_7, $8::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', answer.l0, ARRAY['BASIC']::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
