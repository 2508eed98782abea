SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"at":' || to_json(p0.at) || ',"recipient":' || to_json(p0.recipient) || ',"purpose":' || coalesce(CAST(to_json(p0.purpose) AS TEXT), 'null') || ',"fieldGroups":' || to_json(p0.field_groups) || ',"refused":' || CAST(p0.refused AS TEXT) || '}}', ','
ORDER BY p0.at ASC, p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.at AS at, t0.recipient AS recipient, t0.purpose AS purpose, t0.field_groups AS field_groups, t0.refused AS refused, t0.id AS id
FROM ledger.my_disclosure AS t0
WHERE (t0.subjects @> ARRAY[$1::UUID]) AND t0.refused = $2::BOOLEAN
ORDER BY t0.at DESC, t0.id DESC 
 LIMIT 20) AS p0) AS r0 ON true
