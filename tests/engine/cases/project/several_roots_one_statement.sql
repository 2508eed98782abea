SELECT convert_to(r0.j, 'UTF8') AS j0, convert_to(r1.j, 'UTF8') AS j1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT format('{"totalCount":%s}', (SELECT count(*) AS count_1
FROM project.project AS t1
WHERE t1.state IN ('PUBLISHED', 'CLOSED'))) AS j) AS r0 ON true
LEFT OUTER JOIN LATERAL (SELECT format('{"edges":[%s]}', coalesce(string_agg(format('{"node":{"key":%s}}', to_json(p2.key)), ','
ORDER BY p2.id ASC), '')) AS j
FROM (SELECT t2.key AS key, t2.id AS id
FROM project.programme AS t2
ORDER BY t2.id ASC 
 LIMIT 2) AS p2) AS r1 ON true
