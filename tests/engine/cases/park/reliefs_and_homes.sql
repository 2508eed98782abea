SELECT convert_to(r0.j, 'UTF8') AS j0, convert_to(r1.j, 'UTF8') AS j1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"code":', to_json(p0.code), ',"feeReliefs":', coalesce(e2.j, 'null'), ',"returneeHomes":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.id AS id
FROM park.park AS t0
ORDER BY t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"kind":"' || p1.kind || '","rate":' || coalesce('"' || CAST(p1.rate AS TEXT) || '"', 'null') || ',"startsOn":"' || p1.starts_on || '","amountFen":' || coalesce('"' || CAST(p1.amount_fen AS TEXT) || '"', 'null') || ',"state":"' || p1.state || '"}}', ','), ''), ']}') AS j
FROM (SELECT t1.kind AS kind, t1.rate AS rate, t1.starts_on AS starts_on, t1.amount_fen AS amount_fen, t1.state AS state, t1.id AS id
FROM park.fee_relief AS t1
WHERE t1.park_id = p0.id
ORDER BY t1.id ASC 
 LIMIT 2) AS p1) AS e2 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"nameZh":' || to_json(p3.name_zh) || ',"contactRoles":' || to_json(p3.contact_roles) || '}}', ','), ''), ']}') AS j
FROM (SELECT t3.name_zh AS name_zh, t3.contact_roles AS contact_roles, t3.id AS id
FROM park.returnee_home AS t3
WHERE t3.park_id = p0.id
ORDER BY t3.id ASC 
 LIMIT 1) AS p3) AS e4 ON true) AS r0 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM park.carrier AS t6
WHERE t6.kind = $1::VARCHAR), ',"edges":[', coalesce(string_agg('{"node":{"level":"' || p5.level || '","places":' || coalesce(CAST(p5.places AS TEXT), 'null') || '}}', ','), ''), ']}') AS j
FROM (SELECT t5.level AS level, t5.places AS places, t5.id AS id
FROM park.carrier AS t5
WHERE t5.kind = $2::VARCHAR
ORDER BY t5.id ASC 
 LIMIT 2) AS p5) AS r1 ON true
