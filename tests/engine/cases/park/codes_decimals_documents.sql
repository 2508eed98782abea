SELECT convert_to(r0.j, 'UTF8') AS j0, convert_to(r1.j, 'UTF8') AS j1, convert_to(r2.j, 'UTF8') AS j2
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || ',"specialties":' || to_json(p0.specialties) || ',"latitude":' || coalesce('"' || CAST(p0.latitude AS TEXT) || '"', 'null') || ',"longitude":' || coalesce('"' || CAST(p0.longitude AS TEXT) || '"', 'null') || ',"coordinateSystem":' || coalesce('"' || CAST(p0.coordinate_system AS TEXT) || '"', 'null') || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.specialties AS specialties, t0.latitude AS latitude, t0.longitude AS longitude, t0.coordinate_system AS coordinate_system, t0.id AS id
FROM park.park AS t0
WHERE t0.specialties @> $1::TEXT[]
ORDER BY t0.id ASC 
 LIMIT 2) AS p0) AS r0 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"key":' || to_json(p1.key) || ',"externalCodes":' || CAST(p1.external_codes AS TEXT) || '}}', ','), ''), ']}') AS j
FROM (SELECT t1.key AS key, t1.external_codes AS external_codes, t1.id AS id
FROM park.zone AS t1
ORDER BY t1.key DESC, t1.id DESC 
 LIMIT 2) AS p1) AS r1 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p2.code) || ',"priceFen":"' || p2.price_fen || '","areaCm2":' || p2.area_cm2 || '}}', ','), ''), ']}') AS j
FROM (SELECT t2.code AS code, t2.price_fen AS price_fen, t2.area_cm2 AS area_cm2, t2.id AS id
FROM park.workspace AS t2
ORDER BY t2.price_fen DESC, t2.id DESC 
 LIMIT 2) AS p2) AS r2 ON true
