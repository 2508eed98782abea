WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1, r0.l2 AS l2, r0.l3 AS l3, r0.l4 AS l4
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_2
FROM talent.talent AS t1
WHERE t1.id = $9::UUID), ',"edges":[', coalesce(string_agg(concat('{"node":{"displayName":', to_json(p0.display_name), ',"phone":', CASE WHEN (p0.why0 IS NULL) THEN coalesce('<SEAL>talent.phone:' || CAST(p0.phone AS TEXT) || '<SEAL>', 'null') ELSE 'null' END, ',"identityLast4":', CASE WHEN (p0.why1 IS NULL) THEN coalesce(CAST(to_json(p0.identity_last4) AS TEXT), 'null') ELSE 'null' END, ',"identityNumber":null,"consents":', coalesce(e5.j, 'null'), ',"reservations":', coalesce(e8.j, 'null'), '}}'), ','
ORDER BY p0.id ASC), ''), ']}') AS j, array_agg(CASE WHEN (p0.why0 IS NOT NULL) THEN p0.id END) FILTER (WHERE CASE WHEN (p0.why0 IS NOT NULL) THEN p0.id END IS NOT NULL) AS l0, array_agg(CASE WHEN (p0.why1 IS NOT NULL) THEN p0.id END) FILTER (WHERE CASE WHEN (p0.why1 IS NOT NULL) THEN p0.id END IS NOT NULL) AS l1, string_agg(nullif(array_to_string(e5.l0, ','), ''), ',') AS l2, array_agg(p0.id) AS l3, (SELECT CASE WHEN (count(*) <= 10) THEN array_agg(n9.subject) END AS anon_9
FROM (SELECT t9.id AS subject
FROM talent.talent AS t9
WHERE t9.id = $9::UUID 
 LIMIT 11) AS n9) AS l4
FROM (SELECT t0.display_name AS display_name, CASE WHEN ((t0.id = $9::UUID) IS NOT true) THEN 0 ELSE NULL END AS why0, t0.id AS id, t0.phone AS phone, CASE WHEN ((t0.id = $9::UUID) IS NOT true) THEN 0 ELSE NULL END AS why1, t0.identity_last4 AS identity_last4
FROM talent.talent AS t0
WHERE t0.id = $9::UUID
ORDER BY t0.id ASC 
 LIMIT 5) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_3
FROM talent.consent AS t3
WHERE t3.talent_id = p0.id AND t3.talent_id = $9::UUID), '}') AS j, (SELECT CASE WHEN (count(*) <= 10) THEN array_agg(n4.subject) END AS anon_10
FROM (SELECT t4.talent_id AS subject
FROM talent.consent AS t4
WHERE t4.talent_id = p0.id AND t4.talent_id = $9::UUID 
 LIMIT 11) AS n4) AS l0) AS e5 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_4
FROM park.reservation AS t7
WHERE t7.holder_talent_id = p0.id AND t7.holder_talent_id = $9::UUID), ',"edges":[', coalesce(string_agg('{"node":{"state":"' || p6.state || '"}}', ','), ''), ']}') AS j
FROM (SELECT t6.state AS state, t6.id AS id
FROM park.reservation AS t6
WHERE t6.holder_talent_id = p0.id AND t6.holder_talent_id = $9::UUID
ORDER BY t6.id ASC 
 LIMIT 1) AS p6) AS e8 ON true) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $2::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $3::VARCHAR AS anon_3, $4::VARCHAR AS anon_4, $5::VARCHAR AS anon_5, $6::VARCHAR AS anon_6, $7::VARCHAR AS anon_7, $8::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Consent', CAST(string_to_array(answer.l2, ',') AS UUID[]), ARRAY[]::text[], CAST(NULL AS TEXT), CAST(NULL AS UUID), CAST('{}' AS JSONB)), ('Talent', array_cat(answer.l3, answer.l4), ARRAY['BASIC', 'CONTACT', 'IDENTITY']::text[], CAST(NULL AS TEXT), CAST(NULL AS UUID), CAST('{}' AS JSONB)), ('Talent', answer.l0, ARRAY['CONTACT']::text[], CAST(NULL AS TEXT), CAST(NULL AS UUID), jsonb_build_object('CONTACT', 'BOUND')), ('Talent', answer.l1, ARRAY['IDENTITY']::text[], CAST(NULL AS TEXT), CAST(NULL AS UUID), jsonb_build_object('IDENTITY', 'BOUND')), ('Talent', answer.l3, ARRAY['IDENTITY']::text[], CAST(NULL AS TEXT), CAST(NULL AS UUID), jsonb_build_object('IDENTITY', 'VISIBILITY'))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, nullif(array_to_string(answer.l0, ','), '') AS l0, nullif(array_to_string(answer.l1, ','), '') AS l1, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
