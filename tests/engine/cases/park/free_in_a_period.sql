SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM park.workspace AS t1
WHERE t1.state != 'DRAFT' AND t1.state = 'AVAILABLE' AND NOT (EXISTS (SELECT *
FROM park.reservation AS reservation_1
WHERE reservation_1.workspace_id = t1.id AND reservation_1.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN') AND (reservation_1.hold_expires_at IS NULL OR reservation_1.state != 'HELD' OR reservation_1.hold_expires_at > (SELECT hub_now() AS hub_now_1)) AND (reservation_1.period && tstzrange($1::TIMESTAMP WITH TIME ZONE, greatest($1::TIMESTAMP WITH TIME ZONE, $2::TIMESTAMP WITH TIME ZONE))))) AND NOT park.closed_in_part(t1.id, tstzrange($1::TIMESTAMP WITH TIME ZONE, greatest($1::TIMESTAMP WITH TIME ZONE, $2::TIMESTAMP WITH TIME ZONE))) AND (t1.price_fen = $3::BIGINT) = true), ',"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || ',"seats":' || p0.seats || ',"park":' || coalesce(e3.j, 'null') || '}}', ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.code AS code, t0.seats AS seats, t0.park_id AS park_id, t0.id AS id
FROM park.workspace AS t0
WHERE t0.state != 'DRAFT' AND t0.state = 'AVAILABLE' AND NOT (EXISTS (SELECT *
FROM park.reservation AS reservation_2
WHERE reservation_2.workspace_id = t0.id AND reservation_2.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN') AND (reservation_2.hold_expires_at IS NULL OR reservation_2.state != 'HELD' OR reservation_2.hold_expires_at > (SELECT hub_now() AS hub_now_2)) AND (reservation_2.period && tstzrange($4::TIMESTAMP WITH TIME ZONE, greatest($4::TIMESTAMP WITH TIME ZONE, $5::TIMESTAMP WITH TIME ZONE))))) AND NOT park.closed_in_part(t0.id, tstzrange($4::TIMESTAMP WITH TIME ZONE, greatest($4::TIMESTAMP WITH TIME ZONE, $5::TIMESTAMP WITH TIME ZONE))) AND (t0.price_fen = $6::BIGINT) = true
ORDER BY t0.id ASC 
 LIMIT 5) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t2.code) || '}' AS j
FROM park.park AS t2
WHERE t2.id = p0.park_id AND (t2.state NOT IN ('PROPOSED', 'REJECTED'))) AS e3 ON true) AS r0 ON true
