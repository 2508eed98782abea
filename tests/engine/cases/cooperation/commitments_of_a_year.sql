SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"key":', to_json(p0.key), ',"year":', coalesce(CAST($1::INTEGER AS TEXT), 'null'), ',"value":', coalesce('"' || CAST(b0_0.value AS TEXT) || '"', 'null'), ',"status":', coalesce('"' || CAST(b0_0.status AS TEXT) || '"', 'null'), ',"reason":', coalesce('"' || CAST(b0_0.reason AS TEXT) || '"', 'null'), ',"evidence":', coalesce(e5.j, 'null'), '}}'), ','
ORDER BY p0.key ASC, p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.key AS key, t0.id AS id
FROM cooperation.commitment AS t0
WHERE 2025 <= $2::INTEGER AND (extract(year
FROM (hub_now() AT TIME ZONE 'Asia/Shanghai')::date)::integer) >= $2::INTEGER
ORDER BY t0.key ASC, t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT measurement_1.id AS id, measurement_1.year AS year, measurement_1.period_from AS period_from, measurement_1.period_to AS period_to, measurement_1.as_of AS as_of, measurement_1.elapsed_share AS elapsed_share, measurement_1.counted AS counted, measurement_1.value AS value, measurement_1.status AS status, measurement_1.reason AS reason, measurement_1.commitment_key AS commitment_key
FROM cooperation.measurement AS measurement_1
WHERE measurement_1.commitment_key = p0.key AND measurement_1.year = $3::INTEGER) AS b0_0 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM cooperation.counted_object AS t2
WHERE t2.commitment_key = p0.key AND t2.year = $4::INTEGER), ',"edges":[', coalesce(string_agg('{"node":{"objectId":' || to_json(p1.object_id) || ',"amount":"' || p1.amount || '","park":' || coalesce(e4.j, 'null') || '}}', ','
ORDER BY p1.id ASC), ''), ']}') AS j
FROM (SELECT t1.object_id AS object_id, t1.amount AS amount, t1.park_id AS park_id, t1.id AS id
FROM cooperation.counted_object AS t1
WHERE t1.commitment_key = p0.key AND t1.year = $5::INTEGER
ORDER BY t1.id ASC 
 LIMIT 2) AS p1
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t3.code) || '}' AS j
FROM park.park AS t3
WHERE t3.id = p1.park_id) AS e4 ON true) AS e5 ON true) AS r0 ON true
