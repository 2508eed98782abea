SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"__typename":"ZoneConnection","edges":[', coalesce(string_agg('{"__typename":"ZoneEdge","node":{"id":"Zone:' || p0.id || '","kind":' || coalesce('"' || CAST(p0.kind AS TEXT) || '"', 'null') || ',"nameZh":' || to_json(p0.name_zh) || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.id AS id, t0.kind AS kind, t0.name_zh AS name_zh
FROM park.zone AS t0
ORDER BY t0.id ASC 
 LIMIT 2) AS p0) AS r0 ON true
