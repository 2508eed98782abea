WITH answer AS (
    SELECT format('{"data":{"talents":{"edges":[%s],"pageInfo":{"hasNextPage":%s,"endCursor":%s}}}}',
        coalesce(string_agg('{"node":{"id":"Talent:' || t.id
            || '","displayName":' || to_json(t.display_name)
            || ',"returneeStatus":' || coalesce('"' || t.returnee_status || '"', 'null')
            || ',"highestDegree":' || coalesce('"' || t.highest_degree || '"', 'null')
            || ',"titleLevel":' || coalesce('"' || t.title_level || '"', 'null')
            || ',"returnedOn":' || coalesce('"' || t.returned_on || '"', 'null')
            || ',"languages":' || to_json(t.languages)
            || ',"degrees":{"edges":[' || coalesce(d.j, '') || ']}}}',
                ',' ORDER BY t.returned_on DESC, t.id DESC) FILTER (WHERE t.rn <= 50), ''),
        (count(*) > 50)::text,
        coalesce(min('"' || encode(convert_to(
            '["b8410bca", ' || to_json(t.returned_on) || ', "' || t.id || '"]', 'UTF8'), 'hex')
            || '"') FILTER (WHERE t.rn = least(t.cnt, 50)), 'null')) AS j,
        array_agg(t.id) FILTER (WHERE t.rn <= 50) AS talents,
        array_agg(t.id) FILTER (WHERE t.rn <= 50 AND d.j IS NOT NULL) AS owners,
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
        SELECT string_agg('{"node":{"id":"Degree:' || d.id
            || '","level":"' || d.level
            || '","awardedOn":"' || d.awarded_on
            || '","institutionName":' || to_json(d.institution_name)
            || ',"institutionTerritory":' || to_json(d.institution_territory)
            || ',"certificationState":"' || d.certification_state || '"}}', ',') AS j
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
SELECT convert_to(j, 'UTF8') FROM answer
