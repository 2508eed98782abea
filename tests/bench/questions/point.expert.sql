SELECT json_build_object('data', json_build_object('workspace', json_build_object(
    'id', 'Workspace:' || w.id,
    'code', w.code,
    'kind', w.kind,
    'seats', w.seats,
    'areaCm2', w.area_cm2,
    'bookingUnit', w.booking_unit,
    'priceFen', w.price_fen::text,
    'state', w.state,
    'park', CASE WHEN p.id IS NOT NULL THEN json_build_object(
        'id', 'Park:' || p.id, 'code', p.code, 'nameZh', p.name_zh, 'kind', p.kind) END)))::text
FROM park.workspace w
LEFT JOIN park.park p ON p.id = w.park_id AND p.state NOT IN ('PROPOSED', 'REJECTED')
WHERE w.id = $1::uuid AND w.state <> 'DRAFT'
