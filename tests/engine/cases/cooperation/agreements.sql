SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"kind":"' || p0.kind || '","state":"' || p0.state || '","purposes":' || to_json(p0.purposes) || ',"fieldGroups":' || to_json(p0.field_groups) || ',"from":' || coalesce('"' || CAST(p0.valid_from AS TEXT) || '"', 'null') || ',"until":' || coalesce('"' || CAST(p0.valid_until AS TEXT) || '"', 'null') || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.kind AS kind, t0.state AS state, t0.purposes AS purposes, t0.field_groups AS field_groups, t0.valid_from AS valid_from, t0.valid_until AS valid_until, t0.id AS id
FROM cooperation.agreement AS t0
ORDER BY t0.id DESC 
 LIMIT 5) AS p0) AS r0 ON true
