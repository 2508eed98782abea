WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"displayName":', to_json(p0.display_name), ',"returnedOn":', coalesce('"' || CAST(p0.returned_on AS TEXT) || '"', 'null'), ',"languages":', to_json(p0.languages), ',"phone":', coalesce('<SEAL>talent.phone:' || CAST(p0.phone AS TEXT) || '<SEAL>', 'null'), ',"identityLast4":', coalesce(CAST(to_json(p0.identity_last4) AS TEXT), 'null'), ',"identityNumber":', coalesce('<SEAL>talent.identity_number:' || CAST(p0.identity_number AS TEXT) || '<SEAL>', 'null'), ',"degrees":', coalesce(e2.j, 'null'), '}}'), ','
ORDER BY p0.returned_on DESC, p0.id DESC), ''), ']}') AS j, array_agg(e2.l0) FILTER (WHERE e2.l0 IS NOT NULL) AS l0, array_agg(p0.id) AS l1
FROM (SELECT t0.display_name AS display_name, t0.returned_on AS returned_on, t0.languages AS languages, t0.phone AS phone, t0.identity_last4 AS identity_last4, t0.identity_number AS identity_number, t0.id AS id
FROM talent.talent AS t0
ORDER BY t0.returned_on DESC, t0.id DESC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"level":"' || p1.level || '","awardedOn":"' || p1.awarded_on || '","institutionName":' || to_json(p1.institution_name) || ',"certificationState":"' || p1.certification_state || '"}}', ','), ''), ']}') AS j, CASE WHEN (count(*) > 0) THEN p0.id END AS l0
FROM (SELECT t1.level AS level, t1.awarded_on AS awarded_on, t1.institution_name AS institution_name, t1.certification_state AS certification_state, t1.id AS id
FROM talent.degree AS t1
WHERE t1.talent_id = p0.id
ORDER BY t1.id ASC 
 LIMIT 2) AS p1) AS e2 ON true) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $2::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $3::VARCHAR AS anon_3, $4::VARCHAR AS anon_4, $5::VARCHAR AS anon_5, $6::VARCHAR AS anon_6, $7::VARCHAR AS anon_7, $8::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Degree', answer.l0, ARRAY['DEGREE']::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB)), ('Talent', answer.l1, ARRAY['BASIC', 'CONTACT', 'DEGREE', 'IDENTITY']::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
