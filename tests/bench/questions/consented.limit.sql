WITH agreement AS MATERIALIZED (
    SELECT id, field_groups, lawful_basis
    FROM cooperation.agreement
    WHERE partner_code = $3 AND kind = 'DATA_SHARING' AND state = 'IN_FORCE'
        AND valid_from <= current_date AND (valid_until IS NULL OR current_date < valid_until)
        AND $4 = ANY (purposes)
    LIMIT 1
), answer AS (
    SELECT format('{"data":{"talents":{"edges":[%s],"pageInfo":{"hasNextPage":%s,"endCursor":%s}}}}',
        coalesce(string_agg('{"node":{"id":"Talent:' || t.id
            || '","displayName":' || to_json(t.display_name)
            || ',"highestDegree":' || coalesce('"' || t.highest_degree || '"', 'null')
            || ',"returnedOn":' || coalesce('"' || t.returned_on || '"', 'null')
            || ',"phone":' || coalesce(CASE WHEN t.contact THEN
                E'\x1atalent.phone:' || t.phone || E'\x1a' END, 'null')
            || ',"email":' || coalesce(CASE WHEN t.contact THEN
                E'\x1atalent.email:' || t.email || E'\x1a' END, 'null')
            || ',"degrees":' || CASE WHEN t.degree THEN
                '{"edges":[' || coalesce(d.j, '') || ']}' ELSE 'null' END
            || '}}', ',' ORDER BY t.returned_on DESC, t.id DESC) FILTER (WHERE t.rn <= 50), ''),
        (count(*) > 50)::text,
        coalesce(min('"' || encode(convert_to(
            '["b8410bca", ' || to_json(t.returned_on) || ', "' || t.id || '"]', 'UTF8'), 'hex')
            || '"') FILTER (WHERE t.rn = least(t.cnt, 50)), 'null')) AS j,
        array_agg(t.id) FILTER (WHERE t.rn <= 50) AS talents,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND d.j IS NOT NULL) AS owners,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND NOT t.contact) AS no_contact,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND NOT t.degree) AS no_degree,
        uuidv7() AS operation
    FROM (
        SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
        FROM (
            SELECT t.id, t.display_name, t.highest_degree, t.returned_on, t.phone, t.email,
                (SELECT field_groups @> ARRAY['CONTACT'] FROM agreement)
                    AND coalesce((SELECT lawful_basis <> 'CONSENT' FROM agreement)
                        OR 'CONTACT' = ANY (c.field_groups), false) AS contact,
                (SELECT field_groups @> ARRAY['DEGREE'] FROM agreement)
                    AND coalesce((SELECT lawful_basis <> 'CONSENT' FROM agreement)
                        OR 'DEGREE' = ANY (c.field_groups), false) AS degree
            FROM talent.talent t
            LEFT JOIN talent.consent c ON c.talent_id = t.id AND c.recipient = $3
                AND c.purpose = $4 AND c.state = 'GRANTED'
                AND c.valid_from <= current_date AND current_date < c.valid_until
            WHERE (SELECT field_groups @> ARRAY['BASIC'] FROM agreement)
                AND ((SELECT lawful_basis <> 'CONSENT' FROM agreement)
                    OR 'BASIC' = ANY (c.field_groups))
                AND t.visibility <> 'P4' AND t.highest_degree = $1 AND t.returned_on <= $2
            ORDER BY t.returned_on DESC, t.id DESC LIMIT 51
        ) n
    ) t
    LEFT JOIN LATERAL (
        SELECT string_agg('{"node":{"id":"Degree:' || d.id
            || '","level":"' || d.level
            || '","awardedOn":"' || d.awarded_on
            || '","institutionName":' || to_json(d.institution_name) || '}}', ',') AS j
        FROM (
            SELECT id, level, awarded_on, institution_name FROM talent.degree
            WHERE talent_id = t.id AND visibility <> 'P4' AND t.rn <= 50 AND t.degree
            ORDER BY id LIMIT 5
        ) d
    ) d ON true
), audit AS (
    INSERT INTO ledger.audit_entry (operation, entity, subjects, field_groups, purpose, basis,
        agreement, client, audience, sub, partner, token_id, document_hash, refused)
    SELECT o.operation, o.entity, o.subjects, o.groups, $4, g.lawful_basis, g.id,
        $5, $6, $7, $3, $8, $9, o.refused
    FROM answer a, agreement g, LATERAL (
        VALUES
            (a.operation, 'Talent', a.talents, ARRAY['BASIC', 'CONTACT', 'DEGREE'], '{}'::jsonb),
            (a.operation, 'Degree', a.owners, ARRAY['DEGREE'], '{}'),
            (a.operation, 'Talent', a.no_contact, ARRAY['CONTACT'],
                jsonb_build_object('CONTACT', CASE WHEN g.field_groups @> ARRAY['CONTACT']
                    THEN 'CONSENT' ELSE 'AGREEMENT' END)),
            (a.operation, 'Talent', a.no_degree, ARRAY['DEGREE'],
                jsonb_build_object('DEGREE', CASE WHEN g.field_groups @> ARRAY['DEGREE']
                    THEN 'CONSENT' ELSE 'AGREEMENT' END))
    ) AS o (operation, entity, subjects, groups, refused)
    WHERE o.subjects IS NOT NULL
)
SELECT convert_to(j, 'UTF8') FROM answer
