"""The measures of the table's world, with a version that only departments see."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from tests.access.table.rows import World


async def write_policies(world: World) -> None:
    make, main = world.make, world.main
    [issuer] = main["Organisation"]
    dates: dict[str, Any] = {
        "issued_on": date(2025, 1, 1),
        "published_on": date(2025, 1, 2),
        "areas_total": 1,
    }
    above = await make.policy_document(issuer=issuer, **dates)
    document = await make.policy_document(issuer=issuer, implements_key=above["key"], **dates)
    await make.policy_document(implements_key=document["key"])
    main["PolicyDocument"] = [document]
    area = await make.policy_area(document=document, name_zh="领域", name_en="area")
    main["PolicyArea"] = [area]
    policy = await make.policy(
        also_reported_section="S1.2",
        also_reported_quote_zh="已有",
        rights_direction="SUBSIDY_COST",
        lifecycle="RETAIN",
        owners_zh=["市人社局"],
        owners_basis="DESIGN_ASSUMPTION",
        gaps=json.dumps([{"text": "a gap", "textZh": "未说明", "affects": "NOTE"}]),
    )
    main["Policy"] = [policy]
    for no, state in enumerate(("PUBLISHED", "DRAFT"), 1):
        version = await make.policy_version(
            policy=policy,
            document=document,
            no=no,
            state=state,
            effective_from=date(2025, 1, 1),
            effective_to=date(2027, 1, 1),
            parameters=json.dumps({"months": None}),
        )
        clause = await make.clause(policy_version=version, kind="TIER", amount_fen=1)
        if state == "DRAFT":
            world.other("PolicyVersion", "in draft", version)
            world.other("Clause", "of a version in draft", clause)
        else:
            main["PolicyVersion"], main["Clause"] = [version], [clause]
    await make.connection.execute(
        "UPDATE park.fee_relief SET policy_version_key = $1", main["PolicyVersion"][0]["key"]
    )
