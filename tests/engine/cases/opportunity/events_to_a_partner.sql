SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM opportunity.event AS t1
WHERE t1.public AND t1.state != 'PLANNED' AND t1.division_code >= $1::VARCHAR AND t1.division_code < $2::VARCHAR), ',"edges":[', coalesce(string_agg('{"node":{"kind":"' || p0.kind || '","state":"' || p0.state || '","public":' || CAST(p0.public AS TEXT) || ',"startsAt":' || to_json(p0.starts_at) || ',"timeZone":' || to_json(p0.time_zone) || ',"contactCount":null,"contacts":null}}', ','), ''), ']}') AS j
FROM (SELECT t0.kind AS kind, t0.state AS state, t0.public AS public, t0.starts_at AS starts_at, t0.time_zone AS time_zone, t0.id AS id
FROM opportunity.event AS t0
WHERE t0.public AND t0.state != 'PLANNED' AND t0.division_code >= $3::VARCHAR AND t0.division_code < $4::VARCHAR
ORDER BY t0.id ASC 
 LIMIT 4) AS p0) AS r0 ON true
