SELECT convert_to(r1.j, 'UTF8') AS j1
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM project.project AS t1
WHERE t1.state IN ('PUBLISHED', 'CLOSED')), '}') AS j) AS r1 ON true
