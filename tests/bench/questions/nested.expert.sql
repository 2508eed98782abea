SELECT json_build_object('data', json_build_object('parks', json_build_object(
    'edges', coalesce(json_agg(json_build_object('node', json_build_object(
        'id', 'Park:' || p.id,
        'code', p.code,
        'nameZh', p.name_zh,
        'kind', p.kind,
        'workspaces', w.j)) ORDER BY p.code, p.id) FILTER (WHERE p.rn <= 20), '[]'),
    'pageInfo', json_build_object(
        'hasNextPage', count(*) > 20,
        'endCursor', max(encode(convert_to(
            json_build_array('7ec46e94', p.code, p.id)::text, 'UTF8'), 'hex'))
            FILTER (WHERE p.rn = least(p.cnt, 20))))))::text
FROM (
    SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
    FROM (
        SELECT id, code, name_zh, kind FROM park.park
        WHERE state NOT IN ('PROPOSED', 'REJECTED')
        ORDER BY code, id LIMIT 21
    ) n
) p
LEFT JOIN LATERAL (
    SELECT json_build_object(
        'edges', coalesce(json_agg(json_build_object('node', json_build_object(
            'id', 'Workspace:' || w.id,
            'code', w.code,
            'kind', w.kind,
            'seats', w.seats,
            'priceFen', w.price_fen::text,
            'state', w.state))) FILTER (WHERE w.rn <= 20), '[]'),
        'pageInfo', json_build_object(
            'hasNextPage', count(*) > 20,
            'endCursor', max(encode(convert_to(
                json_build_array('69a08774', w.code, w.id)::text, 'UTF8'), 'hex'))
                FILTER (WHERE w.rn = least(w.cnt, 20)))) AS j
    FROM (
        SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
        FROM (
            SELECT id, code, kind, seats, price_fen, state FROM park.workspace
            WHERE park_id = p.id AND state <> 'DRAFT' AND p.rn <= 20
            ORDER BY code, id LIMIT 21
        ) n
    ) w
) w ON true
