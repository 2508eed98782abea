SELECT convert_to(format('{"data":{"projects":{"edges":[%s],"pageInfo":{"hasNextPage":%s,"endCursor":%s}}}}',
    coalesce(string_agg('{"node":{"id":"Project:' || p.id
        || '","titleZh":' || to_json(p.title_zh)
        || ',"stage":"' || p.stage
        || '","seeking":' || to_json(p.seeking)
        || ',"leadOrganisation":' || coalesce('{"id":"Organisation:' || o.id
            || '","nameZh":' || to_json(o.name_zh)
            || ',"uscc":' || coalesce(to_json(o.uscc)::text, 'null') || '}', 'null')
        || ',"park":' || coalesce('{"id":"Park:' || k.id
            || '","code":' || to_json(k.code)
            || ',"nameZh":' || to_json(k.name_zh)
            || ',"zone":' || coalesce('{"key":' || to_json(z.key)
                || ',"nameZh":' || to_json(z.name_zh) || '}', 'null')
            || ',"workspaces":{"edges":[' || coalesce(w.j, '') || ']}}', 'null')
        || ',"programme":' || coalesce('{"key":' || to_json(g.key)
            || ',"nameZh":' || to_json(g.name_zh) || '}', 'null')
        || '}}', ',' ORDER BY p.id) FILTER (WHERE p.rn <= 20), ''),
    (count(*) > 20)::text,
    coalesce(min('"' || encode(convert_to(
        '["8c8b37be", "' || p.id || '"]', 'UTF8'), 'hex') || '"')
        FILTER (WHERE p.rn = least(p.cnt, 20)), 'null')), 'UTF8')
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
    SELECT string_agg('{"node":{"id":"Workspace:' || w.id
        || '","code":' || to_json(w.code)
        || ',"seats":' || w.seats
        || ',"priceFen":"' || w.price_fen || '"}}', ',') AS j
    FROM (
        SELECT id, code, seats, price_fen FROM park.workspace
        WHERE park_id = k.id AND state <> 'DRAFT' ORDER BY code, id LIMIT 5
    ) w
) w ON true
