SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"month":"' || p0.month || '","seats":' || p0.seats || ',"seatHours":"' || p0.seat_hours || '","unreservedSeatHours":' || coalesce('"' || CAST(CAST(greatest(p0.seat_hours - p0.reserved_seat_hours, $1::INTEGER) AS NUMERIC(14, 2)) AS TEXT) || '"', 'null') || ',"reservedShare":' || coalesce('"' || CAST(CASE WHEN (p0.seat_hours > $2::INTEGER) THEN CAST(least(round(p0.reserved_seat_hours / CAST(p0.seat_hours AS NUMERIC(14, 2)), $3::INTEGER), $4::INTEGER) AS NUMERIC(5, 4)) ELSE NULL END AS TEXT) || '"', 'null') || ',"park":' || coalesce(e3.j, 'null') || '}}', ','
ORDER BY p0.month DESC, p0.id DESC), ''), ']}') AS j
FROM (SELECT t0.month AS month, t0.seats AS seats, t0.seat_hours AS seat_hours, t0.reserved_seat_hours AS reserved_seat_hours, t0.park_id AS park_id, t0.id AS id
FROM park.utilisation AS t0
LEFT OUTER JOIN park.park AS park_1 ON park_1.id = t0.park_id
WHERE (park_1.state NOT IN ('PROPOSED', 'REJECTED')) AND t0.month >= $5::DATE
ORDER BY t0.month DESC, t0.id DESC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t2.code) || '}' AS j
FROM park.park AS t2
WHERE t2.id = p0.park_id AND (t2.state NOT IN ('PROPOSED', 'REJECTED'))) AS e3 ON true) AS r0 ON true
