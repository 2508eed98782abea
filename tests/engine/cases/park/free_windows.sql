SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || ',"seats":' || p0.seats || ',"park":' || coalesce(e2.j, 'null') || ',"slots":' || (SELECT concat('[', coalesce(string_agg('{"__typename":"FreeWindow","from":' || to_json(c3.from_) || ',"to":' || to_json(c3.until) || '}', ','), ''), ']') AS concat_1
FROM (SELECT lower(found) AS from_, upper(found) AS until
FROM park.free_windows(p0.id, tstzrange($1::TIMESTAMP WITH TIME ZONE, greatest($1::TIMESTAMP WITH TIME ZONE, least($2::TIMESTAMP WITH TIME ZONE, $1::TIMESTAMP WITH TIME ZONE + '366 days'))), $3::INTEGER, $4::INTERVAL) AS found 
 LIMIT 2) AS c3) || '}}', ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.seats AS seats, t0.park_id AS park_id, t0.id AS id
FROM park.workspace AS t0
WHERE t0.state != 'DRAFT' AND t0.state = 'AVAILABLE' AND t0.seats >= $5::INTEGER AND (EXISTS (SELECT lower(found) AS from_, upper(found) AS until
FROM park.free_windows(t0.id, tstzrange($6::TIMESTAMP WITH TIME ZONE, greatest($6::TIMESTAMP WITH TIME ZONE, least($7::TIMESTAMP WITH TIME ZONE, $6::TIMESTAMP WITH TIME ZONE + '366 days'))), $5::INTEGER, $8::INTERVAL) AS found))
ORDER BY t0.id ASC 
 LIMIT 4) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t1.code) || '}' AS j
FROM park.park AS t1
WHERE t1.id = p0.park_id AND (t1.state NOT IN ('PROPOSED', 'REJECTED'))) AS e2 ON true) AS r0 ON true
