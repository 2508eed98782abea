SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"clientId":' || to_json(p0.client_id) || ',"nameEn":' || to_json(p0.name_en) || ',"state":"' || p0.state || '","partner":' || coalesce(CAST(to_json(p0.partner) AS TEXT), 'null') || ',"purposes":' || to_json(p0.purposes) || '}}', ','), ''), ']}') AS j
FROM (SELECT t0.client_id AS client_id, t0.name_en AS name_en, t0.state AS state, t0.partner AS partner, t0.purposes AS purposes, t0.id AS id
FROM identity.client AS t0
WHERE t0.audience = $1::VARCHAR
ORDER BY t0.name_en ASC, t0.client_id DESC, t0.id DESC 
 LIMIT 3) AS p0) AS r0 ON true
