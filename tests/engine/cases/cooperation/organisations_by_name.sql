SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM cooperation.organisation AS t1
WHERE (hub_grams(t1.name_zh) @> hub_grams($1::VARCHAR)) AND strpos(lower(t1.name_zh), lower($1::VARCHAR)) > 0), ',"edges":[', coalesce(string_agg('{"node":{"nameZh":' || to_json(p0.name_zh) || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.name_zh AS name_zh, t0.id AS id
FROM cooperation.organisation AS t0
WHERE (hub_grams(t0.name_zh) @> hub_grams($2::VARCHAR)) AND strpos(lower(t0.name_zh), lower($2::VARCHAR)) > 0
ORDER BY t0.id ASC 
 LIMIT 3) AS p0) AS r0 ON true
