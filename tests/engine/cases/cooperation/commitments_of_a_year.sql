SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"key":', to_json(p0.key), ',"year":', coalesce(CAST($1::INTEGER AS TEXT), 'null'), ',"value":', coalesce('"' || CAST((SELECT measurement_1.value
FROM cooperation.measurement AS measurement_1
WHERE measurement_1.commitment_key = p0.key AND measurement_1.year = $2::INTEGER) AS TEXT) || '"', 'null'), ',"status":', coalesce('"' || CAST((SELECT measurement_2.status
FROM cooperation.measurement AS measurement_2
WHERE measurement_2.commitment_key = p0.key AND measurement_2.year = $3::INTEGER) AS TEXT) || '"', 'null'), ',"reason":', coalesce('"' || CAST((SELECT measurement_3.reason
FROM cooperation.measurement AS measurement_3
WHERE measurement_3.commitment_key = p0.key AND measurement_3.year = $4::INTEGER) AS TEXT) || '"', 'null'), ',"evidence":', coalesce(e5.j, 'null'), '}}'), ','
ORDER BY p0.key ASC, p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.key AS key, t0.id AS id
FROM cooperation.commitment AS t0
WHERE 2025 <= $5::INTEGER AND (extract(year
FROM (hub_now() AT TIME ZONE 'Asia/Shanghai')::date)::integer) >= $5::INTEGER
ORDER BY t0.key ASC, t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM cooperation.counted_object AS t2
WHERE t2.commitment_key = p0.key AND t2.year = $6::INTEGER), ',"edges":[', coalesce(string_agg('{"node":{"objectId":' || to_json(p1.object_id) || ',"amount":"' || p1.amount || '","park":' || coalesce(e4.j, 'null') || '}}', ','
ORDER BY p1.id ASC), ''), ']}') AS j
FROM (SELECT t1.object_id AS object_id, t1.amount AS amount, t1.park_id AS park_id, t1.id AS id
FROM cooperation.counted_object AS t1
WHERE t1.commitment_key = p0.key AND t1.year = $7::INTEGER
ORDER BY t1.id ASC 
 LIMIT 2) AS p1
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t3.code) || '}' AS j
FROM park.park AS t3
WHERE t3.id = p1.park_id) AS e4 ON true) AS e5 ON true) AS r0 ON true
