SELECT convert_to(r0.j, 'UTF8') AS j0, convert_to(r1.j, 'UTF8') AS j1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM project.project AS t1
WHERE t1.state IN ('PUBLISHED', 'CLOSED')), '}') AS j) AS r0 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"key":' || to_json(p2.key) || '}}', ','), ''), ']}') AS j
FROM (SELECT t2.key AS key, t2.id AS id
FROM project.programme AS t2
ORDER BY t2.id ASC 
 LIMIT 2) AS p2) AS r1 ON true
