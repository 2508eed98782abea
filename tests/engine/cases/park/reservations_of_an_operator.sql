SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM park.reservation AS t1
WHERE t1.park_id = ANY ($1::UUID[]) AND (t1.period && tstzrange($2::TIMESTAMP WITH TIME ZONE, greatest($2::TIMESTAMP WITH TIME ZONE, $3::TIMESTAMP WITH TIME ZONE)))), ',"edges":[', coalesce(string_agg('{"node":{"from":' || coalesce(CAST(to_json(lower(p0.period)) AS TEXT), 'null') || ',"until":' || coalesce(CAST(to_json(upper(p0.period)) AS TEXT), 'null') || ',"state":"' || p0.state || '","seats":' || p0.seats || ',"workspace":' || coalesce(e3.j, 'null') || ',"holderTalent":null,"holderOrganisation":' || coalesce(e5.j, 'null') || '}}', ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.period AS period, t0.state AS state, t0.seats AS seats, t0.workspace_id AS workspace_id, t0.holder_organisation_id AS holder_organisation_id, t0.id AS id
FROM park.reservation AS t0
WHERE t0.park_id = ANY ($1::UUID[]) AND (t0.period && tstzrange($4::TIMESTAMP WITH TIME ZONE, greatest($4::TIMESTAMP WITH TIME ZONE, $5::TIMESTAMP WITH TIME ZONE)))
ORDER BY t0.id ASC 
 LIMIT 2) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t2.code) || ',"freeSeats":' || coalesce(CAST(CASE WHEN (t2.state = 'AVAILABLE') THEN CASE WHEN (t2.observed_at IS NULL OR t2.observed_free_seats IS NOT NULL AND t2.stale_after > (SELECT hub_now() AS hub_now_1)) THEN least(coalesce(t2.observed_free_seats, t2.seats), (SELECT CASE WHEN (t2.whole_space AND count(*) > 0) THEN 0 ELSE greatest(t2.seats - coalesce(sum(reservation_1.seats), 0), 0) END AS anon_1
FROM park.reservation AS reservation_1
WHERE reservation_1.workspace_id = t2.id AND reservation_1.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN') AND (reservation_1.hold_expires_at IS NULL OR reservation_1.state != 'HELD' OR reservation_1.hold_expires_at > (SELECT hub_now() AS hub_now_2)) AND (reservation_1.period @> (SELECT hub_now() AS hub_now_3)))) ELSE NULL END ELSE NULL END AS TEXT), 'null') || '}' AS j
FROM park.workspace AS t2
WHERE t2.id = p0.workspace_id AND (t2.state != 'DRAFT' OR t2.park_id = ANY ($1::UUID[]))) AS e3 ON true
LEFT OUTER JOIN LATERAL (SELECT '{"kind":"' || t4.kind || '"}' AS j
FROM cooperation.organisation AS t4
WHERE t4.id = p0.holder_organisation_id) AS e5 ON true) AS r0 ON true
