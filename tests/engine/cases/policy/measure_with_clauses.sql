SELECT convert_to(r0.j, 'UTF8') AS j0
FROM (SELECT) AS one
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"key":', to_json(p0.key), ',"versions":', coalesce(e5.j, 'null'), '}}'), ','
ORDER BY p0.key ASC, p0.id ASC), ''), ']}') AS j
FROM (SELECT t0.key AS key, t0.id AS id
FROM policy.policy AS t0
WHERE EXISTS (SELECT *
FROM policy.policy_version AS policy_version_1
WHERE policy_version_1.policy_key = t0.key AND policy_version_1.state = 'PUBLISHED' AND (policy_version_1.effective_from IS NULL OR policy_version_1.effective_from <= $1::DATE) AND (policy_version_1.effective_to IS NULL OR $1::DATE < policy_version_1.effective_to))
ORDER BY t0.key ASC, t0.id ASC 
 LIMIT 3) AS p0
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg(concat('{"node":{"no":', p1.no, ',"state":"', p1.state, '","clauses":', coalesce(e4.j, 'null'), '}}'), ','
ORDER BY p1.id ASC), ''), ']}') AS j
FROM (SELECT t1.no AS no, t1.state AS state, t1.key AS key, t1.id AS id
FROM policy.policy_version AS t1
WHERE t1.policy_key = p0.key AND t1.state != 'DRAFT'
ORDER BY t1.id ASC 
 LIMIT 2) AS p1
LEFT OUTER JOIN LATERAL (SELECT concat('{"edges":[', coalesce(string_agg('{"node":{"kind":"' || p2.kind || '","amountFen":' || coalesce('"' || CAST(p2.amount_fen AS TEXT) || '"', 'null') || '}}', ','), ''), ']}') AS j
FROM (SELECT t2.kind AS kind, t2.amount_fen AS amount_fen, t2.position AS position, t2.id AS id
FROM policy.clause AS t2
LEFT OUTER JOIN policy.policy_version AS version_3 ON version_3.key = t2.version_key
WHERE t2.version_key = p1.key AND version_3.state != 'DRAFT'
ORDER BY t2.position ASC, t2.id ASC 
 LIMIT 3) AS p2) AS e4 ON true) AS e5 ON true) AS r0 ON true
