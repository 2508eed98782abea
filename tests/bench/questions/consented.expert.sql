WITH agreement AS MATERIALIZED (
    SELECT id, field_groups, lawful_basis
    FROM cooperation.agreement
    WHERE partner_code = $3 AND kind = 'DATA_SHARING' AND state = 'IN_FORCE'
        AND valid_from <= current_date AND (valid_until IS NULL OR current_date < valid_until)
        AND $4 = ANY (purposes)
    LIMIT 1
), answer AS (
    SELECT json_build_object('data', json_build_object('talents', json_build_object(
            'edges', coalesce(json_agg(json_build_object('node', json_build_object(
                'id', 'Talent:' || t.id,
                'displayName', t.display_name,
                'highestDegree', t.highest_degree,
                'returnedOn', t.returned_on,
                'phone', CASE WHEN t.contact THEN t.phone END,
                'email', CASE WHEN t.contact THEN t.email END,
                'degrees', CASE WHEN t.degree THEN d.j END))
                ORDER BY t.returned_on DESC, t.id DESC) FILTER (WHERE t.rn <= 50), '[]'),
            'pageInfo', json_build_object(
                'hasNextPage', count(*) > 50,
                'endCursor', max(encode(convert_to(
                    json_build_array('b8410bca', t.returned_on, t.id)::text, 'UTF8'), 'hex'))
                    FILTER (WHERE t.rn = least(t.cnt, 50))))))::text AS j,
        array_agg(t.id) FILTER (WHERE t.rn <= 50) AS talents,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND d.some) AS owners,
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
        SELECT json_build_object('edges', coalesce(
                json_agg(json_build_object('node', json_build_object(
                    'id', 'Degree:' || d.id,
                    'level', d.level,
                    'awardedOn', d.awarded_on,
                    'institutionName', d.institution_name))), '[]')) AS j,
            count(*) > 0 AS some
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
SELECT j FROM answer
