WITH answer AS (
    SELECT json_build_object('data', json_build_object('talents', json_build_object(
            'edges', coalesce(json_agg(json_build_object('node', json_build_object(
                'id', 'Talent:' || t.id,
                'displayName', t.display_name,
                'returneeStatus', t.returnee_status,
                'highestDegree', t.highest_degree,
                'titleLevel', t.title_level,
                'returnedOn', t.returned_on,
                'languages', t.languages,
                'degrees', d.j)) ORDER BY t.returned_on DESC, t.id DESC)
                FILTER (WHERE t.rn <= 50), '[]'),
            'pageInfo', json_build_object(
                'hasNextPage', count(*) > 50,
                'endCursor', max(encode(convert_to(
                    json_build_array('b8410bca', t.returned_on, t.id)::text, 'UTF8'), 'hex'))
                    FILTER (WHERE t.rn = least(t.cnt, 50))))))::text AS j,
        array_agg(t.id) FILTER (WHERE t.rn <= 50) AS talents,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND d.some) AS owners,
        uuidv7() AS operation
    FROM (
        SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
        FROM (
            SELECT id, display_name, returnee_status, highest_degree, title_level, returned_on,
                languages
            FROM talent.talent
            WHERE highest_degree = $1 AND returned_on <= $2
            ORDER BY returned_on DESC, id DESC LIMIT 51
        ) n
    ) t
    LEFT JOIN LATERAL (
        SELECT json_build_object('edges', coalesce(
                json_agg(json_build_object('node', json_build_object(
                    'id', 'Degree:' || d.id,
                    'level', d.level,
                    'awardedOn', d.awarded_on,
                    'institutionName', d.institution_name,
                    'institutionTerritory', d.institution_territory,
                    'certificationState', d.certification_state))), '[]')) AS j,
            count(*) > 0 AS some
        FROM (
            SELECT id, level, awarded_on, institution_name, institution_territory,
                certification_state
            FROM talent.degree WHERE talent_id = t.id AND t.rn <= 50 ORDER BY id LIMIT 5
        ) d
    ) d ON true
), audit AS (
    INSERT INTO ledger.audit_entry (operation, entity, subjects, field_groups, purpose, basis,
        client, audience, sub, token_id, document_hash)
    SELECT operation, 'Talent', talents, ARRAY['BASIC', 'DEGREE'], $3, 'STATUTORY_DUTY',
        $4, $5, $6, $7, $8
    FROM answer WHERE talents IS NOT NULL
    UNION ALL
    SELECT operation, 'Degree', owners, ARRAY['DEGREE'], $3, 'STATUTORY_DUTY',
        $4, $5, $6, $7, $8
    FROM answer WHERE owners IS NOT NULL
)
SELECT j FROM answer
