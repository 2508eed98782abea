-- Short pieces are joined with ||; what holds long ones is made with format, which copies once.
-- The inner lists need no ORDER BY of their own: they are aggregated as the page yields them.
SELECT convert_to(format('{"data":{"parks":{"edges":[%s],"pageInfo":{"hasNextPage":%s,"endCursor":%s}}}}',
    coalesce(string_agg(
        format('{"node":{"id":"Park:%s","code":%s,"nameZh":%s,"kind":"%s","workspaces":%s}}',
            p.id, to_json(p.code), to_json(p.name_zh), p.kind, w.j),
        ',' ORDER BY p.code, p.id) FILTER (WHERE p.rn <= 20), ''),
    (count(*) > 20)::text,
    coalesce(min('"' || encode(convert_to(
        '["7ec46e94", ' || to_json(p.code) || ', "' || p.id || '"]', 'UTF8'), 'hex') || '"')
        FILTER (WHERE p.rn = least(p.cnt, 20)), 'null')), 'UTF8')
FROM (
    SELECT n.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
    FROM (
        SELECT id, code, name_zh, kind FROM park.park
        WHERE state NOT IN ('PROPOSED', 'REJECTED')
        ORDER BY code, id LIMIT 21
    ) n
) p
LEFT JOIN LATERAL (
    SELECT format('{"edges":[%s],"pageInfo":{"hasNextPage":%s,"endCursor":%s}}',
        array_to_string((array_agg('{"node":{"id":"Workspace:' || w.id
            || '","code":' || to_json(w.code)
            || ',"kind":"' || w.kind
            || '","seats":' || w.seats
            || ',"priceFen":"' || w.price_fen
            || '","state":"' || w.state || '"}}'))[:20], ','),
        (count(*) > 20)::text,
        coalesce('"' || encode(convert_to('["69a08774", '
            || to_json((array_agg(w.code))[least(count(*), 20)]) || ', "'
            || (array_agg(w.id))[least(count(*), 20)] || '"]', 'UTF8'), 'hex') || '"',
            'null')) AS j
    FROM (
        SELECT id, code, kind, seats, price_fen, state FROM park.workspace
        WHERE park_id = p.id AND state <> 'DRAFT' AND p.rn <= 20
        ORDER BY code, id LIMIT 21
    ) w
) w ON true
