SELECT json_build_object('data', json_build_object('projects', json_build_object(
    'edges', coalesce(json_agg(json_build_object('node', json_build_object(
        'id', 'Project:' || p.id,
        'titleZh', p.title_zh,
        'stage', p.stage,
        'seeking', p.seeking,
        'leadOrganisation', CASE WHEN o.id IS NOT NULL THEN json_build_object(
            'id', 'Organisation:' || o.id, 'nameZh', o.name_zh, 'uscc', o.uscc) END,
        'park', CASE WHEN k.id IS NOT NULL THEN json_build_object(
            'id', 'Park:' || k.id,
            'code', k.code,
            'nameZh', k.name_zh,
            'zone', CASE WHEN z.id IS NOT NULL THEN json_build_object(
                'key', z.key, 'nameZh', z.name_zh) END,
            'workspaces', json_build_object('edges', w.j)) END,
        'programme', CASE WHEN g.id IS NOT NULL THEN json_build_object(
            'key', g.key, 'nameZh', g.name_zh) END)) ORDER BY p.id)
        FILTER (WHERE p.rn <= 20), '[]'),
    'pageInfo', json_build_object(
        'hasNextPage', count(*) > 20,
        'endCursor', max(encode(convert_to(
            json_build_array('8c8b37be', p.id)::text, 'UTF8'), 'hex'))
            FILTER (WHERE p.rn = least(p.cnt, 20))))))::text
FROM (
    SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
    FROM (
        SELECT id, title_zh, stage, seeking, lead_organisation_id, park_id, programme_id
        FROM project.project
        WHERE state IN ('PUBLISHED', 'CLOSED') AND fiscal_year = $1
        ORDER BY id LIMIT 21
    ) n
) p
LEFT JOIN cooperation.organisation o ON o.id = p.lead_organisation_id AND p.rn <= 20
LEFT JOIN park.park k
    ON k.id = p.park_id AND k.state NOT IN ('PROPOSED', 'REJECTED') AND p.rn <= 20
LEFT JOIN park.zone z ON z.id = k.zone_id
LEFT JOIN project.programme g ON g.id = p.programme_id AND p.rn <= 20
LEFT JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object('node', json_build_object(
        'id', 'Workspace:' || w.id,
        'code', w.code,
        'seats', w.seats,
        'priceFen', w.price_fen::text))), '[]') AS j
    FROM (
        SELECT id, code, seats, price_fen FROM park.workspace
        WHERE park_id = k.id AND state <> 'DRAFT' ORDER BY code, id LIMIT 5
    ) w
) w ON true
