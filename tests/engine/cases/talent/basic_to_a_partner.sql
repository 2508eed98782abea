WITH cooperation_agreement AS 
(SELECT cooperation.agreement.id AS id, cooperation.agreement.field_groups AS field_groups, cooperation.agreement.lawful_basis AS lawful_basis
FROM cooperation.agreement
WHERE cooperation.agreement.partner_code = $1::VARCHAR AND cooperation.agreement.kind = 'DATA_SHARING' AND cooperation.agreement.state = 'IN_FORCE' AND cooperation.agreement.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND (cooperation.agreement.valid_until IS NULL OR CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < cooperation.agreement.valid_until) AND $3::VARCHAR = ANY (cooperation.agreement.purposes) AND (EXISTS (SELECT *
FROM cooperation.partner
WHERE cooperation.partner.code = $1::VARCHAR AND $3::VARCHAR = ANY (cooperation.partner.purposes)))
ORDER BY cooperation.agreement.id 
 LIMIT $4::INTEGER), 
answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['CONTACT']) IS true) IS NOT true) THEN '0' END AS w1, r0.l1 AS l2, r0.l2 AS l3, CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true) IS NOT true) THEN '0' END AS w4
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_2
FROM talent.talent AS t2
LEFT OUTER JOIN talent.consent AS consent_3 ON consent_3.talent_id = t2.id AND consent_3.recipient = $1::VARCHAR AND consent_3.purpose = $3::VARCHAR AND consent_3.state = 'GRANTED' AND consent_3.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_3.valid_until
WHERE ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_3.field_groups)) IS true AND t2.visibility != 'P4'), ',"edges":[', coalesce(string_agg('{"node":{"displayName":' || to_json(p0.display_name) || ',"highestDegree":' || coalesce('"' || CAST(p0.highest_degree AS TEXT) || '"', 'null') || ',"phone":' || CASE WHEN (p0.why0 IS NULL) THEN coalesce('<SEAL>talent.phone:' || CAST(p0.phone AS TEXT) || '<SEAL>', 'null') ELSE 'null' END || ',"email":' || CASE WHEN (p0.why0 IS NULL) THEN coalesce('<SEAL>talent.email:' || CAST(p0.email AS TEXT) || '<SEAL>', 'null') ELSE 'null' END || ',"identityLast4":null}}', ','), ''), ']}') AS j, array_agg(CASE WHEN (p0.why0 IS NOT NULL) THEN p0.id END) FILTER (WHERE CASE WHEN (p0.why0 IS NOT NULL) THEN p0.id END IS NOT NULL) AS l0, array_agg(p0.id) AS l1, (SELECT CASE WHEN (count(*) <= 10) THEN array_agg(n4.subject) END AS anon_9
FROM (SELECT t4.id AS subject
FROM talent.talent AS t4
LEFT OUTER JOIN talent.consent AS consent_5 ON consent_5.talent_id = t4.id AND consent_5.recipient = $1::VARCHAR AND consent_5.purpose = $3::VARCHAR AND consent_5.state = 'GRANTED' AND consent_5.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_5.valid_until
WHERE ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_5.field_groups)) IS true AND t4.visibility != 'P4' 
 LIMIT 11) AS n4) AS l2
FROM (SELECT t0.display_name AS display_name, t0.highest_degree AS highest_degree, CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['CONTACT']) IS true) IS NOT true) THEN 0 WHEN ((((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'CONTACT' = ANY (consent_1.field_groups)) IS true) IS NOT true) THEN 1 ELSE NULL END AS why0, t0.id AS id, t0.phone AS phone, t0.email AS email
FROM talent.talent AS t0
LEFT OUTER JOIN talent.consent AS consent_1 ON consent_1.talent_id = t0.id AND consent_1.recipient = $1::VARCHAR AND consent_1.purpose = $3::VARCHAR AND consent_1.state = 'GRANTED' AND consent_1.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_1.valid_until
WHERE ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_1.field_groups)) IS true AND t0.visibility != 'P4'
ORDER BY t0.id ASC 
 LIMIT 5) AS p0) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $5::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $3::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $6::VARCHAR AS anon_3, $7::VARCHAR AS anon_4, $8::VARCHAR AS anon_5, $1::VARCHAR AS anon_6, $9::VARCHAR AS anon_7, $10::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', array_cat(answer.l2, answer.l3), ARRAY['BASIC', 'CONTACT']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), CAST('{}' AS JSONB)), ('Talent', answer.l0, ARRAY['CONTACT']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), jsonb_build_object('CONTACT', CASE WHEN (answer.w1 = '0') THEN 'AGREEMENT' ELSE 'CONSENT' END)), ('Talent', answer.l2, ARRAY['IDENTITY']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), jsonb_build_object('IDENTITY', 'VISIBILITY'))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, nullif(array_to_string(answer.l0, ','), '') AS l0, answer.w1 AS w1, answer.w4 AS w4, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
