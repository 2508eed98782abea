SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"totalCount":', (SELECT count(*) AS count_1
FROM ledger.audit_entry AS t1
WHERE t1.subjects @> $1::UUID[]), ',"edges":[', coalesce(string_agg('{"node":{"at":' || to_json(p0.at) || ',"entity":' || to_json(p0.entity) || ',"subjects":' || to_json(p0.subjects) || ',"fieldGroups":' || to_json(p0.field_groups) || ',"purpose":' || coalesce(CAST(to_json(p0.purpose) AS TEXT), 'null') || ',"basis":' || coalesce('"' || CAST(p0.basis AS TEXT) || '"', 'null') || ',"client":' || to_json(p0.client) || ',"refused":' || CAST(p0.refused AS TEXT) || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.at AS at, t0.entity AS entity, t0.subjects AS subjects, t0.field_groups AS field_groups, t0.purpose AS purpose, t0.basis AS basis, t0.client AS client, t0.refused AS refused, t0.id AS id
FROM ledger.audit_entry AS t0
WHERE t0.subjects @> $2::UUID[]
ORDER BY t0.at DESC, t0.id DESC 
 LIMIT 2) AS p0) AS r0 ON true
