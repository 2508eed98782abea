SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(array_to_string((array_agg('{"node":{"code":' || to_json(p0.code) || ',"openFrom":' || coalesce('"' || CAST(p0.open_from AS TEXT) || '"', 'null') || '}}'))[1:2], ','), ''), '],"pageInfo":{"hasPreviousPage":', CAST(EXISTS (SELECT 1
FROM park.park AS t1
WHERE (t1.state NOT IN ('PROPOSED', 'REJECTED')) AND (false OR t1.open_from IS NULL AND t1.code < $1::VARCHAR OR t1.open_from IS NULL AND t1.code = $1::VARCHAR AND t1.id < $2::UUID) IS NOT true) AS TEXT), ',"hasNextPage":', CAST(count(*) > 2 AS TEXT), '}}') AS j
FROM (SELECT t0.code AS code, t0.open_from AS open_from, t0.id AS id
FROM park.park AS t0
WHERE (t0.state NOT IN ('PROPOSED', 'REJECTED')) AND (false OR t0.open_from IS NULL AND t0.code < $3::VARCHAR OR t0.open_from IS NULL AND t0.code = $3::VARCHAR AND t0.id < $4::UUID)
ORDER BY t0.open_from ASC, t0.code DESC, t0.id DESC 
 LIMIT 3) AS p0) AS r0 ON true
