WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1, r0.l2 AS l2
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"kind":"', p0.kind, '","public":', CAST(p0.public AS TEXT), ',"contactCount":', coalesce(CAST((SELECT count(*) AS count_2
FROM talent.contact
WHERE talent.contact.event_id = p0.id) AS TEXT), 'null'), ',"contacts":', coalesce(e6.j, 'null'), '}}'), ','
ORDER BY p0.starts_at DESC, p0.id DESC), ''), ']}') AS j, string_agg(nullif(array_to_string(e6.l0, ','), ''), ',') AS l0, string_agg(nullif(array_to_string(e6.l1, ','), ''), ',') AS l1, string_agg(nullif(array_to_string(e6.l2, ','), ''), ',') AS l2
FROM (SELECT t0.kind AS kind, t0.public AS public, t0.id AS id, t0.starts_at AS starts_at
FROM opportunity.event AS t0
WHERE t0.state = $9::VARCHAR
ORDER BY t0.starts_at DESC, t0.id DESC 
 LIMIT 5) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_3
FROM talent.contact AS t2
WHERE t2.event_id = p0.id), ',"edges":[', coalesce(string_agg(concat('{"node":{"state":"', p1.state, '","name":', coalesce('<SEAL>contact.name:' || CAST(p1.name AS TEXT) || '<SEAL>', 'null'), ',"reach":', coalesce('<SEAL>contact.reach:' || CAST(p1.reach AS TEXT) || '<SEAL>', 'null'), ',"availableTransitions":', coalesce(CAST(to_json(CASE WHEN (p1.state = 'MET') THEN '{CONSENTED,DORMANT,FORGOTTEN}'::text[] WHEN (p1.state = 'CONSENTED') THEN '{IN_TOUCH,DORMANT,FORGOTTEN}'::text[] WHEN (p1.state = 'IN_TOUCH') THEN '{INTERESTED,DORMANT,FORGOTTEN}'::text[] WHEN (p1.state = 'INTERESTED') THEN '{ARRIVED,DORMANT,FORGOTTEN}'::text[] WHEN (p1.state = 'ARRIVED') THEN '{DORMANT,FORGOTTEN}'::text[] WHEN (p1.state = 'DORMANT') THEN '{FORGOTTEN}'::text[] ELSE '{}'::text[] END) AS TEXT), 'null'), ',"followUps":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p1.id ASC), ''), ']}') AS j, array_agg(e4.l0) FILTER (WHERE e4.l0 IS NOT NULL) AS l0, array_agg(p1.id) AS l1, (SELECT CASE WHEN (count(*) <= 10) THEN array_agg(n5.subject) END AS anon_9
FROM (SELECT t5.id AS subject
FROM talent.contact AS t5
WHERE t5.event_id = p0.id 
 LIMIT 11) AS n5) AS l2
FROM (SELECT t1.state AS state, t1.name AS name, t1.reach AS reach, t1.id AS id
FROM talent.contact AS t1
WHERE t1.event_id = p0.id
ORDER BY t1.id ASC 
 LIMIT 3) AS p1
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"channel":"' || p3.channel || '","note":' || coalesce(CAST(to_json(p3.note) AS TEXT), 'null') || '}}', ','), ''), ']}') AS j, CASE WHEN (count(*) > 0) THEN p1.id END AS l0
FROM (SELECT t3.channel AS channel, t3.note AS note, t3.id AS id
FROM talent.follow_up AS t3
WHERE t3.contact_id = p1.id
ORDER BY t3.id ASC 
 LIMIT 2) AS p3) AS e4 ON true) AS e6 ON true) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $2::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $3::VARCHAR AS anon_3, $4::VARCHAR AS anon_4, $5::VARCHAR AS anon_5, $6::VARCHAR AS anon_6, $7::VARCHAR AS anon_7, $8::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('FollowUp', CAST(string_to_array(answer.l0, ',') AS UUID[]), ARRAY[]::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB)), ('Contact', array_cat(CAST(string_to_array(answer.l1, ',') AS UUID[]), CAST(string_to_array(answer.l2, ',') AS UUID[])), ARRAY[]::text[], 'STATUTORY_DUTY', CAST(NULL AS UUID), CAST('{}' AS JSONB))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
