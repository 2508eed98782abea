SELECT convert_to(r0.j, 'UTF8') AS j0, convert_to(r1.j, 'UTF8') AS j1, convert_to(r2.j, 'UTF8') AS j2
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM cooperation.organisation AS t1
WHERE t1.division_code >= $1::VARCHAR AND t1.division_code < $2::VARCHAR AND t1.is_key_unit = $3::BOOLEAN), ',"edges":[', coalesce(string_agg('{"node":{"kind":"' || p0.kind || '","division":' || coalesce(e3.j, 'null') || '}}', ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.kind AS kind, t0.division_code AS division_code, t0.id AS id
FROM cooperation.organisation AS t0
WHERE t0.division_code >= $4::VARCHAR AND t0.division_code < $5::VARCHAR AND t0.is_key_unit = $6::BOOLEAN
ORDER BY t0.id ASC 
 LIMIT 2) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t2.code) || '}' AS j
FROM cooperation.division AS t2
WHERE t2.code = p0.division_code) AS e3 ON true) AS r0 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_2
FROM cooperation.organisation AS t5
WHERE t5.division_code = any($7::TEXT[]) AND t5.division_code IS NOT NULL), '}') AS j) AS r1 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_3
FROM cooperation.organisation AS t7
WHERE t7.division_code IS NULL), '}') AS j) AS r2 ON true
