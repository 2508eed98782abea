"""Commitments of the table's world: a count of each kind of object, and all that was measured."""

from __future__ import annotations

from datetime import date

from hub.model.registry import Registry
from tests.access.table.rows import World


async def make_promises(world: World, registry: Registry) -> None:
    make, main = world.make, world.main
    [policy], [zone] = main["Policy"], main["Zone"]
    counted = await make.park(
        zone=zone, kind="RETURNEE_PARK", specialties=["biotech"], open_from=date(2025, 1, 1)
    )
    await make.workspace(park=counted)
    [university] = main["Organisation"]
    await make.agreement(
        organisation=university,
        kind="UNIVERSITY",
        state="IN_FORCE",
        valid_from=date(2025, 1, 1),
        valid_until=date(2030, 1, 1),
    )
    promises = []
    for metric in registry.counts:
        promise = await make.commitment(
            metric,
            policy=policy,
            target="1",
            gap_zh="未说明",
            gap_en="not said",
            assumption_zh="假设",
            assumption_en="assumed",
            rights_direction="POSTS",
            lifecycle="ATTRACT",
        )
        promises.append(promise)
    main["Commitment"] = promises
    figure = await make.reported_fact(
        period="2021/2024",
        precision_zh="取整",
        precision_en="rounded",
        gap_zh="未说明",
        gap_en="not said",
    )
    main["ReportedFact"] = [figure]
    for noun in ("CountedObject", "Measurement"):
        table = registry.nouns[noun].table
        main[noun] = await make.connection.fetch(f"SELECT * FROM {table.schema}.{table.name}")
