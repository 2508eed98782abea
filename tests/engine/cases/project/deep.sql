SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"titleZh":' || to_json(p0.title_zh) || ',"stage":"' || p0.stage || '","seeking":' || to_json(p0.seeking) || ',"leadOrganisation":' || coalesce(e4.j, 'null') || ',"park":' || coalesce(e10.j, 'null') || ',"programme":' || coalesce(e15.j, 'null') || '}}', ','
ORDER BY p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.title_zh AS title_zh, t0.stage AS stage, t0.seeking AS seeking, t0.lead_organisation_id AS lead_organisation_id, t0.park_id AS park_id, t0.programme_id AS programme_id, t0.id AS id
FROM project.project AS t0
WHERE t0.state IN ('PUBLISHED', 'CLOSED')
ORDER BY t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT '{"nameZh":' || to_json(t1.name_zh) || ',"division":' || coalesce(e3.j, 'null') || '}' AS j
FROM cooperation.organisation AS t1
LEFT OUTER JOIN LATERAL (SELECT '{"code":' || to_json(t2.code) || '}' AS j
FROM cooperation.division AS t2
WHERE t2.code = t1.division_code) AS e3 ON true
WHERE t1.id = p0.lead_organisation_id) AS e4 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"code":', to_json(t5.code), ',"zone":', coalesce(e7.j, 'null'), ',"workspaces":', coalesce(e9.j, 'null'), '}') AS j
FROM park.park AS t5
LEFT OUTER JOIN LATERAL (SELECT '{"key":' || to_json(t6.key) || '}' AS j
FROM park.zone AS t6
WHERE t6.id = t5.zone_id) AS e7 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"code":' || to_json(p8.code) || '}}', ','), ''), ']}') AS j
FROM (SELECT t8.code AS code, t8.id AS id
FROM park.workspace AS t8
WHERE t8.park_id = t5.id AND t8.state != 'DRAFT'
ORDER BY t8.id ASC 
 LIMIT 1) AS p8) AS e9 ON true
WHERE t5.id = p0.park_id AND (t5.state NOT IN ('PROPOSED', 'REJECTED'))) AS e10 ON true
LEFT OUTER JOIN LATERAL (SELECT concat('{"key":', to_json(t11.key), ',"projects":', coalesce(e14.j, 'null'), '}') AS j
FROM project.programme AS t11
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM project.project AS t13
WHERE t13.programme_id = t11.id AND t13.state IN ('PUBLISHED', 'CLOSED')), '}') AS j) AS e14 ON true
WHERE t11.id = p0.programme_id) AS e15 ON true) AS r0 ON true
