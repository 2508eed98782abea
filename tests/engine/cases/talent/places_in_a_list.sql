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
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true) IS NOT true) THEN '0' END AS w1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"cursor":"' || encode(convert_to(CAST(json_build_array('b8410bca', p0.returned_on, p0.id) AS TEXT), 'UTF8'), 'hex') || '"}', ','), ''), '],"pageInfo":{"endCursor":', coalesce(CASE WHEN (count(*) > 0) THEN '"' || encode(convert_to(CAST(json_build_array('b8410bca', (array_agg(p0.returned_on))[count(*)], (array_agg(p0.id))[count(*)]) AS TEXT), 'UTF8'), 'hex') || '"' END, 'null'), '}}') AS j, array_agg(p0.id) AS l0
FROM (SELECT t0.returned_on AS returned_on, t0.id AS id
FROM talent.talent AS t0
LEFT OUTER JOIN talent.consent AS consent_1 ON consent_1.talent_id = t0.id AND consent_1.recipient = $1::VARCHAR AND consent_1.purpose = $3::VARCHAR AND consent_1.state = 'GRANTED' AND consent_1.valid_from <= CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) AND CAST(timezone('Asia/Shanghai', $2::TIMESTAMP WITH TIME ZONE) AS DATE) < consent_1.valid_until
WHERE ((SELECT cooperation_agreement.field_groups
FROM cooperation_agreement) @> ARRAY['BASIC']) IS true AND ((SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement) != 'CONSENT' OR 'BASIC' = ANY (consent_1.field_groups)) IS true AND t0.visibility != 'P4'
ORDER BY t0.returned_on DESC, t0.id DESC 
 LIMIT 2) AS p0) AS r0 ON true), 
audit AS 
(INSERT INTO ledger.audit_entry (operation, at, entity, subjects, field_groups, purpose, basis, agreement, client, audience, sub, partner, token_id, document_hash, refused)
SELECT $5::UUID AS anon_1, clock_timestamp() AS clock_timestamp_1, told.entity AS entity, told.ids AS ids, told.field_groups AS field_groups, $3::VARCHAR AS anon_2, told.basis AS basis, told.agreement AS agreement, $6::VARCHAR AS anon_3, $7::VARCHAR AS anon_4, $8::VARCHAR AS anon_5, $1::VARCHAR AS anon_6, $9::VARCHAR AS anon_7, $10::VARCHAR AS anon_8, told.refused AS refused
FROM answer, LATERAL (VALUES ('Talent', answer.l0, ARRAY['BASIC']::text[], (SELECT cooperation_agreement.lawful_basis
FROM cooperation_agreement), (SELECT cooperation_agreement.id
FROM cooperation_agreement), CAST('{}' AS JSONB))) AS told (entity, ids, field_groups, basis, agreement, refused)
WHERE told.ids != '{}'
RETURNING ledger.audit_entry.id)
SELECT convert_to(answer.j0, 'UTF8') AS j0, answer.w1 AS w1, (SELECT count(*) AS count_1
FROM audit) AS entries
FROM answer
