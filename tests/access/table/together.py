"""Enclaves, matters and chains of the table's world; those of a city that is nobody's here too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.access.table.rows import World
from tests.make import Row


async def work_together(world: World) -> None:
    for code, agreement in world.agreements.items():
        world.together[code] = await _of_city(world, world.kept[code], agreement)
    [stranger] = world.others["Agreement"]["of another city"]
    foreign = await _of_city(world, world.kept["another city"], stranger)
    for noun, row in foreign.items():
        world.other(noun, "of another city", row)
    await _inside(world)


async def _of_city(world: World, city: Row, agreement: Row) -> dict[str, Row]:
    make = world.make
    about: dict[str, Any] = {
        "name_en": "Enclave",
        "seats": 8,
        "office": "1, Road",
        "agreed_on": date(2025, 12, 1),
    }
    enclave = await make.enclave(
        partner=city, agreement=agreement, host_code="320600", home_code=city["code"], **about
    )
    result = await make.result(
        enclave=enclave,
        state="CONFIRMED",
        confirmed_by_code=city["code"],
        note="a note",
        dispute="it was disputed once",
    )
    await make.share(result=result, city=city["code"], share="0.5")
    return {
        "Enclave": enclave,
        "EnclaveResult": result,
        "EnclaveShare": await make.share(result=result, share="0.5"),
        "AgreementPlacement": await make.placement(
            agreement=agreement, title_en="Team", placed_on=date(2025, 12, 1)
        ),
    }


async def _inside(world: World) -> None:
    make, main = world.make, world.main
    [department] = main["Organisation"]
    group = await make.working_group(formed_on=date(2025, 1, 1), dissolved_on=date(2090, 1, 1))
    main["WorkingGroup"] = [group]
    main["WorkingGroupMember"] = [
        await make.member(group=group, organisation=department, since=date(2025, 1, 1))
    ]
    matter = await make.matter(
        group=group,
        asked_by=department,
        assigned_to=department,
        state="ANSWERED",
        answer="an answer",
        answered_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    main["Matter"] = [matter]
    chain = await make.chain(name_en="Chain")
    main["IndustryChain"] = [chain]
    main["ChainRole"] = [await make.chain_role(chain=chain, organisation=department)]
