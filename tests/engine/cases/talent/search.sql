WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_2
FROM talent.talent AS t1
WHERE (hub_grams(t1.display_name) @> hub_grams($9::VARCHAR)) AND strpos(lower(t1.display_name), lower($9::VARCHAR)) > 0), ',"edges":[', coalesce(string_agg('{"node":{"displayName":' || to_json(p0.display_name) || '}}', ','), ''), ']}') AS j, array_agg(p0.id) AS l0, (SELECT CASE WHEN (count(*) <= 10) THEN array_agg(n2.subject) END AS anon_9
FROM (SELECT t2.id AS subject
FROM talent.talent AS t2
WHERE (hub_grams(t2.display_name) @> hub_grams($10::VARCHAR)) AND strpos(lower(t2.display_name), lower($10::VARCHAR)) > 0 
 LIMIT 11) AS n2) AS l1
FROM (SELECT t0.display_name AS display_name, t0.id AS id
FROM talent.talent AS t0
WHERE (hub_grams(t0.display_name) @> hub_grams($11::VARCHAR)) AND strpos(lower(t0.display_name), lower($11::VARCHAR)) > 0
ORDER BY t0.id ASC 
 LIMIT 5) AS p0) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $2::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $3::VARCHAR AS anon_3, $4::VARCHAR AS anon_4, $5::VARCHAR AS anon_5, $6::VARCHAR AS anon_6, $7::VARCHAR AS anon_7, $8::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', array_cat(answer.l0, answer.l1), ARRAY['BASIC']::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
