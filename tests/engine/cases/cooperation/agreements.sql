SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT format('{"edges":[%s]}', coalesce(string_agg(format('{"node":{"kind":"%s","state":"%s","purposes":%s,"fieldGroups":%s,"from":%s,"until":%s}}', p0.kind, p0.state, to_json(p0.purposes), to_json(p0.field_groups), coalesce('"' || CAST(p0.valid_from AS TEXT) || '"', 'null'), coalesce('"' || CAST(p0.valid_until AS TEXT) || '"', 'null')), ','
ORDER BY p0.id DESC), '')) AS j
FROM (SELECT t0.kind AS kind, t0.state AS state, t0.purposes AS purposes, t0.field_groups AS field_groups, t0.valid_from AS valid_from, t0.valid_until AS valid_until, t0.id AS id
FROM cooperation.agreement AS t0
ORDER BY t0.id DESC 
 LIMIT 5) AS p0) AS r0 ON true
