SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || ',"openFrom":' || coalesce('"' || CAST(p0.open_from AS TEXT) || '"', 'null') || '}}', ','
ORDER BY p0.open_from ASC, p0.code DESC, p0.id DESC) FILTER (WHERE p0.rn <= 3), ''), '],"pageInfo":{"hasPreviousPage":', CAST(count(*) > 3 OR (EXISTS (SELECT 1
FROM park.park AS t1
WHERE (t1.state NOT IN ('PROPOSED', 'REJECTED')) AND (t1.open_from > $1::DATE OR t1.open_from IS NULL OR t1.open_from = $1::DATE AND t1.code < $2::VARCHAR OR t1.open_from = $1::DATE AND t1.code = $2::VARCHAR AND t1.id < $3::UUID) IS NOT true)) AS TEXT), ',"hasNextPage":', CAST(EXISTS (SELECT 1
FROM park.park AS t2
WHERE (t2.state NOT IN ('PROPOSED', 'REJECTED')) AND (t2.open_from IS NOT NULL OR t2.open_from IS NULL AND t2.code > $4::VARCHAR OR t2.open_from IS NULL AND t2.code = $4::VARCHAR AND t2.id > $5::UUID) IS NOT true) AS TEXT), '}}') AS j
FROM (SELECT n0.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
FROM (SELECT t0.code AS code, t0.open_from AS open_from, t0.id AS id
FROM park.park AS t0
WHERE (t0.state NOT IN ('PROPOSED', 'REJECTED')) AND (t0.open_from > $6::DATE OR t0.open_from IS NULL OR t0.open_from = $6::DATE AND t0.code < $7::VARCHAR OR t0.open_from = $6::DATE AND t0.code = $7::VARCHAR AND t0.id < $8::UUID) AND (t0.open_from IS NOT NULL OR t0.open_from IS NULL AND t0.code > $9::VARCHAR OR t0.open_from IS NULL AND t0.code = $9::VARCHAR AND t0.id > $10::UUID)
ORDER BY t0.open_from DESC, t0.code ASC, t0.id ASC 
 LIMIT 4) AS n0) AS p0) AS r0 ON true
