WITH answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1, r0.l2 AS l2
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_2
FROM talent.talent AS t1
WHERE t1.id = $9::UUID), ',"edges":[', coalesce(string_agg(concat('{"node":{"displayName":', to_json(p0.display_name), ',"phone":', CASE WHEN (p0.why0 IS NULL) THEN coalesce('<SEAL>talent.phone:' || CAST(p0.phone AS TEXT) || '<SEAL>', 'null') ELSE 'null' END, ',"identityLast4":', CASE WHEN (p0.why1 IS NULL) THEN coalesce(CAST(to_json(p0.identity_last4) AS TEXT), 'null') ELSE 'null' END, ',"identityNumber":null,"consents":', coalesce(e4.j, 'null'), ',"reservations":', coalesce(e7.j, 'null'), '}}'), ','
ORDER BY p0.id ASC), ''), ']}') AS j, string_agg(CASE WHEN (p0.why0 IS NOT NULL) THEN CAST(p0.id AS TEXT) END, ',') AS l0, string_agg(CASE WHEN (p0.why1 IS NOT NULL) THEN CAST(p0.id AS TEXT) END, ',') AS l1, string_agg(CAST(p0.id AS TEXT), ',') AS l2
FROM (SELECT t0.display_name AS display_name, CASE WHEN ((t0.id = $9::UUID) IS NOT true) THEN 0 ELSE NULL END AS why0, t0.id AS id, t0.phone AS phone, CASE WHEN ((t0.id = $9::UUID) IS NOT true) THEN 0 ELSE NULL END AS why1, t0.identity_last4 AS identity_last4
FROM talent.talent AS t0
WHERE t0.id = $9::UUID
ORDER BY t0.id ASC 
 LIMIT 5) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_3
FROM talent.consent AS t3
WHERE t3.talent_id = p0.id AND t3.talent_id = $9::UUID), '}') AS j) AS e4 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_4
FROM park.reservation AS t6
WHERE t6.holder_talent_id = p0.id AND t6.holder_talent_id = $9::UUID), ',"edges":[', coalesce(string_agg(concat('{"node":{"state":"', p5.state, '"}}'), ','), ''), ']}') AS j
FROM (SELECT t5.state AS state, t5.id AS id
FROM park.reservation AS t5
WHERE t5.holder_talent_id = p0.id AND t5.holder_talent_id = $9::UUID
ORDER BY t5.id ASC 
 LIMIT 1) AS p5) AS e7 ON true) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $1::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, 'Talent', CAST(string_to_array(answer.l2, ',') AS UUID[]) AS string_to_array_1, ARRAY['BASIC', 'CONTACT', 'IDENTITY']::text[], $2::VARCHAR AS anon_2, CAST(NULL AS TEXT) AS anon_3, CAST(NULL AS UUID) AS anon__1, $3::VARCHAR AS anon_4, $4::VARCHAR AS anon_5, $5::VARCHAR AS anon_6, $6::VARCHAR AS anon_7, $7::VARCHAR AS anon_8, $8::VARCHAR AS anon_9, CAST('{}' AS JSONB) AS "'{}'"
FROM answer
WHERE answer.l2 != ''
UNION ALL
SELECT $1::UUID AS anon_10, clock_timestamp() AS clock_timestamp_2, 'Talent', CAST(string_to_array(answer.l0, ',') AS UUID[]) AS string_to_array_2, ARRAY['CONTACT']::text[], $2::VARCHAR AS anon_11, CAST(NULL AS TEXT) AS anon_3, CAST(NULL AS UUID) AS anon__2, $3::VARCHAR AS anon_12, $4::VARCHAR AS anon_13, $5::VARCHAR AS anon_14, $6::VARCHAR AS anon_15, $7::VARCHAR AS anon_16, $8::VARCHAR AS anon_17, jsonb_build_object('CONTACT', 'BOUND') AS jsonb_build_object_1
FROM answer
WHERE answer.l0 != ''
UNION ALL
SELECT $1::UUID AS anon_18, clock_timestamp() AS clock_timestamp_3, 'Talent', CAST(string_to_array(answer.l1, ',') AS UUID[]) AS string_to_array_3, ARRAY['IDENTITY']::text[], $2::VARCHAR AS anon_19, CAST(NULL AS TEXT) AS anon_3, CAST(NULL AS UUID) AS anon__3, $3::VARCHAR AS anon_20, $4::VARCHAR AS anon_21, $5::VARCHAR AS anon_22, $6::VARCHAR AS anon_23, $7::VARCHAR AS anon_24, $8::VARCHAR AS anon_25, jsonb_build_object('IDENTITY', 'BOUND') AS jsonb_build_object_2
FROM answer
WHERE answer.l1 != ''
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, answer.l0 AS l0, answer.l1 AS l1, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
