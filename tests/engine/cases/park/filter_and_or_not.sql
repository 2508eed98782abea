SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM park.workspace AS t1
WHERE t1.seats >= $1::INTEGER AND (t1.kind = $2::VARCHAR OR t1.price_fen = $3::BIGINT) AND (t1.kind = any($4::TEXT[])) IS NOT true), ',"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || ',"kind":"' || p0.kind || '","seats":' || p0.seats || ',"priceFen":"' || p0.price_fen || '"}}', ','), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.kind AS kind, t0.seats AS seats, t0.price_fen AS price_fen, t0.id AS id
FROM park.workspace AS t0
WHERE t0.seats >= $5::INTEGER AND (t0.kind = $6::VARCHAR OR t0.price_fen = $7::BIGINT) AND (t0.kind = any($8::TEXT[])) IS NOT true
ORDER BY t0.id ASC 
 LIMIT 5) AS p0) AS r0 ON true
