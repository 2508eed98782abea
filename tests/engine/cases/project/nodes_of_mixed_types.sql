WITH cooperation_agreement AS 
(SELECT cooperation.agreement.id AS id, cooperation.agreement.field_groups AS field_groups, cooperation.agreement.lawful_basis AS lawful_basis
FROM cooperation.agreement
WHERE cooperation.agreement.partner_code = $1::VARCHAR AND cooperation.agreement.kind = 'DATA_SHARING' AND cooperation.agreement.state = 'IN_FORCE' AND cooperation.agreement.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND (cooperation.agreement.valid_until IS NULL OR CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < cooperation.agreement.valid_until) AND $3::VARCHAR = ANY (cooperation.agreement.purposes) AND (EXISTS (SELECT *
FROM cooperation.partner
WHERE cooperation.partner.code = $1::VARCHAR AND $3::VARCHAR = ANY (cooperation.partner.purposes)))
ORDER BY cooperation.agreement.id 
 LIMIT $4::INTEGER), 
answer AS 
(SELECT r0.j AS j0, r0.l0 AS l0, r0.l1 AS l1, CASE WHEN ((((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true) IS NOT true) THEN '0' END AS w2
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('[', coalesce(string_agg(coalesce(e0.j, e4.j, 'null'), ','
ORDER BY asked.place), ''), ']') AS j, array_agg(e0.l0) FILTER (WHERE e0.l0 IS NOT NULL) AS l0, array_agg(CASE WHEN (asked.type = 'Talent' AND e0.j IS NULL) THEN asked.key END) FILTER (WHERE CASE WHEN (asked.type = 'Talent' AND e0.j IS NULL) THEN asked.key END IS NOT NULL) AS l1
FROM unnest($11::TEXT[], $12::UUID[]) WITH ORDINALITY AS asked(type, key, place)
LEFT OUTER JOIN LATERAL (SELECT '{"__typename":"Talent","id":"Talent:' || t1.id || '","displayName":' || to_json(t1.display_name) || '}' AS j, t1.id AS l0
FROM talent.talent AS t1
LEFT OUTER JOIN talent.consent AS consent_2 ON consent_2.talent_id = t1.id AND consent_2.recipient = $1::VARCHAR AND consent_2.purpose = $3::VARCHAR AND consent_2.state = 'GRANTED' AND consent_2.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_2.valid_until
WHERE t1.id = asked.key AND ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_2.field_groups)) IS true AND t1.visibility != 'P4' AND asked.type = 'Talent') AS e0 ON true
LEFT OUTER JOIN LATERAL (SELECT '{"__typename":"Zone","id":"Zone:' || t5.id || '","key":' || to_json(t5.key) || '}' AS j
FROM park.zone AS t5
WHERE t5.id = asked.key AND asked.type = 'Zone') AS e4 ON true) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $5::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $3::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $6::VARCHAR AS anon_3, $7::VARCHAR AS anon_4, $8::VARCHAR AS anon_5, $1::VARCHAR AS anon_6, $9::VARCHAR AS anon_7, $10::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', answer.l0, ARRAY['BASIC']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), CAST('{}' AS JSONB)), ('Talent', answer.l1, ARRAY['BASIC']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), jsonb_build_object('BASIC', CASE WHEN (answer.w2 = '0') THEN 'AGREEMENT' ELSE 'CONSENT' END))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, nullif(array_to_string(answer.l1, ','), '') AS l1, answer.w2 AS w2, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
