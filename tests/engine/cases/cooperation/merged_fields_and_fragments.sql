SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT format('{"__typename":"ZoneConnection","edges":[%s]}', coalesce(string_agg(format('{"__typename":"ZoneEdge","node":{"id":"Zone:%s","kind":%s,"nameZh":%s}}', p0.id, coalesce('"' || CAST(p0.kind AS TEXT) || '"', 'null'), to_json(p0.name_zh)), ','
ORDER BY p0.id ASC), '')) AS j
FROM (SELECT t0.id AS id, t0.kind AS kind, t0.name_zh AS name_zh
FROM park.zone AS t0
ORDER BY t0.id ASC 
 LIMIT 2) AS p0) AS r0 ON true
