SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"code":', to_json(p0.code), ',"nameZh":', to_json(p0.name_zh), ',"parent":', coalesce(e2.j, 'null'), ',"parks":', coalesce(e5.j, 'null'), '}}'), ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.name_zh AS name_zh, t0.parent_code AS parent_code, t0.id AS id
FROM cooperation.division AS t0
WHERE t0.parent_code = $1::VARCHAR
ORDER BY t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t1.code) || ',"nameZh":' || to_json(t1.name_zh) || '}' AS j
FROM cooperation.division AS t1
WHERE t1.code = p0.parent_code) AS e2 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM park.park AS t4
WHERE t4.division_code = p0.code), '}') AS j) AS e5 ON true) AS r0 ON true
