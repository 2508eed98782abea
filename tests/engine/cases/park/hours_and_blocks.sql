SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"code":', to_json(p0.code), ',"keepsHours":', CAST(p0.keeps_hours AS TEXT), ',"openingHours":', coalesce(e2.j, 'null'), ',"blocks":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.keeps_hours AS keeps_hours, t0.id AS id
FROM park.workspace AS t0
WHERE t0.state = any($1::TEXT[])
ORDER BY t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"opensAt":' || to_json(p1.opens_at) || ',"closesAt":' || to_json(p1.closes_at) || '}}', ','), ''), ']}') AS j
FROM (SELECT t1.opens_at AS opens_at, t1.closes_at AS closes_at, t1.id AS id
FROM park.availability_rule AS t1
WHERE t1.workspace_id = p0.id AND t1.weekday = $2::VARCHAR
ORDER BY t1.id ASC 
 LIMIT 2) AS p1) AS e2 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"from":' || coalesce(CAST(to_json(lower(p3.period)) AS TEXT), 'null') || ',"until":' || coalesce(CAST(to_json(upper(p3.period)) AS TEXT), 'null') || ',"reason":"' || p3.reason || '","state":"' || p3.state || '","availableTransitions":' || coalesce(CAST(to_json(CASE WHEN (p3.state = 'SET') THEN '{LIFTED}'::text[] ELSE '{}'::text[] END) AS TEXT), 'null') || '}}', ','), ''), ']}') AS j
FROM (SELECT t3.period AS period, t3.reason AS reason, t3.state AS state, t3.id AS id
FROM park.block AS t3
WHERE t3.workspace_id = p0.id
ORDER BY t3.id ASC 
 LIMIT 2) AS p3) AS e4 ON true) AS r0 ON true
