SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"rrule":', to_json(p0.rrule), ',"from":', coalesce(CAST(to_json(lower(p0.first_period)) AS TEXT), 'null'), ',"state":"', p0.state, '","availableTransitions":', coalesce(CAST(to_json(CASE WHEN (p0.state = 'HELD') THEN '{CONFIRMED,CANCELLED,EXPIRED}'::text[] WHEN (p0.state = 'CONFIRMED') THEN '{CANCELLED}'::text[] ELSE '{}'::text[] END) AS TEXT), 'null'), ',"reservations":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p0.id DESC), ''), ']}') AS j
FROM (SELECT t0.rrule AS rrule, t0.first_period AS first_period, t0.state AS state, t0.id AS id
FROM park.reservation_series AS t0
WHERE t0.park_id = ANY ($1::UUID[])
ORDER BY t0.id DESC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"state":"' || p1.state || '","from":' || coalesce(CAST(to_json(lower(p1.period)) AS TEXT), 'null') || ',"series":' || coalesce(e3.j, 'null') || '}}', ','
ORDER BY p1.id ASC), ''), ']}') AS j
FROM (SELECT t1.state AS state, t1.period AS period, t1.series_id AS series_id, t1.id AS id
FROM park.reservation AS t1
WHERE t1.series_id = p0.id AND t1.park_id = ANY ($1::UUID[])
ORDER BY t1.id ASC 
 LIMIT 2) AS p1
LEFT OUTER JOIN LATERAL (SELECT '{"id":"ReservationSeries:' || t2.id || '"}' AS j
FROM park.reservation_series AS t2
WHERE t2.id = p1.series_id AND t2.park_id = ANY ($1::UUID[])) AS e3 ON true) AS e4 ON true) AS r0 ON true
