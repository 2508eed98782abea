SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT '{"id":"Park:' || t0.id || '","code":' || to_json(t0.code) || ',"nameZh":' || to_json(t0.name_zh) || ',"state":"' || t0.state || '"}' AS j
FROM park.park AS t0
WHERE t0.code = $1::VARCHAR AND (t0.state NOT IN ('PROPOSED', 'REJECTED'))) AS r0 ON true
