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
FROM cooperation_agreement) @> ARRAY['CONTACT']) IS true) IS NOT true) THEN '0' END AS w1, r0.l1 AS l2, CASE WHEN (r0.j IS NULL) THEN $11::UUID END AS l3, CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true) IS NOT true) THEN '0' END AS w4
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT '{"displayName":' || to_json(t0.display_name) || ',"phone":' || CASE WHEN (CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['CONTACT']) IS true) IS NOT true) THEN 0 WHEN ((((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'CONTACT' = ANY (consent_1.field_groups)) IS true) IS NOT true) THEN 1 ELSE NULL END IS NULL) THEN coalesce('<SEAL>talent.phone:' || CAST(t0.phone AS TEXT) || '<SEAL>', 'null') ELSE 'null' END || '}' AS j, CASE WHEN (CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['CONTACT']) IS true) IS NOT true) THEN 0 WHEN ((((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'CONTACT' = ANY (consent_1.field_groups)) IS true) IS NOT true) THEN 1 ELSE NULL END IS NOT NULL) THEN t0.id END AS l0, t0.id AS l1
FROM talent.talent AS t0
LEFT OUTER JOIN talent.consent AS consent_1 ON consent_1.talent_id = t0.id AND consent_1.recipient = $1::VARCHAR AND consent_1.purpose = $3::VARCHAR AND consent_1.state = 'GRANTED' AND consent_1.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_1.valid_until
WHERE t0.id = $12::UUID AND ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_1.field_groups)) IS true AND t0.visibility != 'P4') AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $5::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $3::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $6::VARCHAR AS anon_3, $7::VARCHAR AS anon_4, $8::VARCHAR AS anon_5, $1::VARCHAR AS anon_6, $9::VARCHAR AS anon_7, $10::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', array_remove(ARRAY[answer.l2], NULL), ARRAY['BASIC', 'CONTACT']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), CAST('{}' AS JSONB)), ('Talent', array_remove(ARRAY[answer.l0], NULL), ARRAY['CONTACT']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), jsonb_build_object('CONTACT', CASE WHEN (answer.w1 = '0') THEN 'AGREEMENT' ELSE 'CONSENT' END)), ('Talent', array_remove(ARRAY[answer.l3], NULL), ARRAY['BASIC']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), jsonb_build_object('BASIC', CASE WHEN (answer.w4 = '0') THEN 'AGREEMENT' ELSE 'CONSENT' END))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, CAST(answer.l0 AS TEXT) AS l0, answer.w1 AS w1, CAST(answer.l3 AS TEXT) AS l3, answer.w4 AS w4, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
