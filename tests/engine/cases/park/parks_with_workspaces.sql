SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"cursor":"', encode(convert_to(CAST(json_build_array('78b927ea', p0.code, p0.id) AS TEXT), 'UTF8'), 'hex'), '","node":{"code":', to_json(p0.code), ',"zone":', coalesce(e2.j, 'null'), ',"workspaces":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p0.code DESC, p0.id DESC) FILTER (WHERE p0.rn <= 3), ''), '],"pageInfo":{"hasNextPage":', CAST(count(*) > 3 AS TEXT), ',"hasPreviousPage":', CAST(false AS TEXT), ',"startCursor":', coalesce(min('"' || encode(convert_to(CAST(json_build_array('78b927ea', p0.code, p0.id) AS TEXT), 'UTF8'), 'hex') || '"') FILTER (WHERE p0.rn = 1), 'null'), ',"endCursor":', coalesce(min('"' || encode(convert_to(CAST(json_build_array('78b927ea', p0.code, p0.id) AS TEXT), 'UTF8'), 'hex') || '"') FILTER (WHERE p0.rn = least(p0.cnt, 3)), 'null'), '},"totalCount":', (SELECT count(*) AS count_1
FROM park.park AS t5
WHERE (t5.state NOT IN ('PROPOSED', 'REJECTED'))), '}') AS j
FROM (SELECT n0.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
FROM (SELECT t0.code AS code, t0.id AS id, t0.zone_id AS zone_id
FROM park.park AS t0
WHERE (t0.state NOT IN ('PROPOSED', 'REJECTED'))
ORDER BY t0.code DESC, t0.id DESC 
 LIMIT 4) AS n0) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"key":' || to_json(t1.key) || ',"nameZh":' || to_json(t1.name_zh) || '}' AS j
FROM park.zone AS t1
WHERE t1.id = p0.zone_id AND p0.rn <= 3) AS e2 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(array_to_string((array_agg('{"node":{"code":' || to_json(p3.code) || ',"seats":' || p3.seats || ',"priceFen":"' || p3.price_fen || '","freeSeats":' || coalesce(CAST(CASE WHEN (p3.state = 'AVAILABLE') THEN CASE WHEN (p3.observed_at IS NULL OR p3.observed_free_seats IS NOT NULL AND p3.stale_after > (SELECT hub_now() AS hub_now_1)) THEN least(coalesce(p3.observed_free_seats, p3.seats), (SELECT CASE WHEN (p3.whole_space AND count(*) > 0) THEN 0 ELSE greatest(p3.seats - coalesce(sum(reservation_1.seats), 0), 0) END AS anon_1
FROM park.reservation AS reservation_1
WHERE reservation_1.workspace_id = p3.id AND reservation_1.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN') AND (reservation_1.hold_expires_at IS NULL OR reservation_1.state != 'HELD' OR reservation_1.hold_expires_at > (SELECT hub_now() AS hub_now_2)) AND (reservation_1.period @> (SELECT hub_now() AS hub_now_3)))) ELSE NULL END ELSE NULL END AS TEXT), 'null') || '}}'))[1:2], ','), ''), '],"pageInfo":{"hasNextPage":', CAST(count(*) > 2 AS TEXT), ',"endCursor":', coalesce(CASE WHEN (count(*) > 0) THEN '"' || encode(convert_to(CAST(json_build_array('0fc4bc59', (array_agg(p3.seats))[least(count(*), 2)], (array_agg(p3.code))[least(count(*), 2)], (array_agg(p3.id))[least(count(*), 2)]) AS TEXT), 'UTF8'), 'hex') || '"' END, 'null'), '}}') AS j
FROM (SELECT t3.code AS code, t3.seats AS seats, t3.price_fen AS price_fen, t3.observed_free_seats AS observed_free_seats, t3.observed_at AS observed_at, t3.stale_after AS stale_after, t3.whole_space AS whole_space, t3.id AS id, t3.state AS state
FROM park.workspace AS t3
WHERE t3.park_id = p0.id AND t3.state != 'DRAFT' AND p0.rn <= 3
ORDER BY t3.seats DESC, t3.code ASC, t3.id ASC 
 LIMIT 3) AS p3) AS e4 ON true) AS r0 ON true
