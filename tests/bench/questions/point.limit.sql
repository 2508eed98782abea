SELECT convert_to('{"data":{"workspace":{"id":"Workspace:' || w.id
    || '","code":' || to_json(w.code)
    || ',"kind":"' || w.kind
    || '","seats":' || w.seats
    || ',"areaCm2":' || w.area_cm2
    || ',"bookingUnit":"' || w.booking_unit
    || '","priceFen":"' || w.price_fen
    || '","state":"' || w.state
    || '","park":' || coalesce('{"id":"Park:' || p.id
        || '","code":' || to_json(p.code)
        || ',"nameZh":' || to_json(p.name_zh)
        || ',"kind":"' || p.kind || '"}', 'null')
    || '}}}', 'UTF8')
FROM park.workspace w
LEFT JOIN park.park p ON p.id = w.park_id AND p.state NOT IN ('PROPOSED', 'REJECTED')
WHERE w.id = $1::uuid AND w.state <> 'DRAFT'
