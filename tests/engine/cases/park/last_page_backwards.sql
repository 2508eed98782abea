SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p0.code) || '}}', ','
ORDER BY p0.id ASC) FILTER (WHERE p0.rn <= 2), ''), '],"pageInfo":{"hasPreviousPage":', CAST(count(*) > 2 AS TEXT), ',"hasNextPage":', CAST(false AS TEXT), '}}') AS j
FROM (SELECT n0.*, row_number() OVER () AS rn, count(*) OVER () AS cnt
FROM (SELECT t0.code AS code, t0.id AS id
FROM park.park AS t0
ORDER BY t0.id DESC 
 LIMIT 3) AS n0) AS p0) AS r0 ON true
