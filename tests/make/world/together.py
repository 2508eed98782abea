"""Enclaves in every state with results in every state, matters open and answered, chains."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.make.maker import STAMP
from tests.make.world.values import DATES, TEXTS, World

NANTONG = "320600"
ENCLAVES = ("PROPOSED", "AGREED", "ACTIVE", "ACTIVE", "PAUSED", "CLOSED")
RESULTS = ("PENDING", "CONFIRMED", "CONFIRMED", "DISPUTED")


async def work_together(world: World) -> None:
    for number in range(10):
        await _enclave(world, ENCLAVES[number % len(ENCLAVES)])
    for _ in range(12):
        await world.make.placement(
            agreement=world.any("agreement"),
            division=world.any("division"),
            kind=world.one(("DISCIPLINE", "TEAM", "RESULT")),
            title_en=world.maybe(TEXTS),
            placed_on=world.maybe(DATES),
            **world.common(),
        )
    await _groups(world)
    for number in range(4):
        chain = await world.make.chain(
            key=f"{number}", name_zh=world.one(TEXTS), name_en=world.maybe(TEXTS), **world.common()
        )
        for place, organisation in enumerate(world.some(world.rows["organisation"])[:4]):
            part = "LEADER" if place == 0 else "MEMBER"
            await world.make.chain_role(chain=chain, organisation=organisation, part=part)


async def _enclave(world: World, state: str) -> None:
    partner = world.any("partner")
    sides = [partner["code"], NANTONG]
    if world.chance():
        sides.reverse()
    enclave = await world.make.enclave(
        partner=partner,
        host_code=sides[0],
        home_code=sides[1],
        proposed_by_code=world.one(sides),
        agreement=world.any("agreement") if world.chance() else None,
        state=state,
        name_zh=world.one(TEXTS),
        seats=world.maybe((0, 8)),
        office=world.maybe(TEXTS),
        agreed_on=world.maybe(DATES),
        **world.common(),
    )
    for _ in range(world.dice.randint(0, 4)):
        stands = world.one(RESULTS)
        result = await world.make.result(
            enclave=enclave,
            kind=world.one(("TALENT", "PROJECT", "EVENT", "POST")),
            amount=world.one((1, 3, 2**31 - 1)),
            achieved_on=world.one(DATES),
            state=stands,
            confirmed_by_code=partner["code"] if stands == "CONFIRMED" else None,
            note=world.maybe(TEXTS),
            dispute=world.maybe(TEXTS),
            **world.common(),
        )
        await world.make.share(result=result, share=Decimal("0.25"), **world.common())
        if world.chance():
            await world.make.share(result=result, city=partner["code"], share=Decimal("0.75"))


async def _groups(world: World) -> None:
    departments = [row for row in world.rows["organisation"] if row["key"] is not None]
    for number in range(3):
        group = await world.make.working_group(
            key=f"{number}",
            name_zh=world.one(TEXTS),
            formed_on=world.maybe(DATES[1:3]),
            **world.common(),
        )
        for department in world.some(departments):
            await world.make.member(
                group=group, organisation=department, since=world.maybe(DATES), **world.common()
            )
        for _ in range(world.dice.randint(0, 5)):
            answered = world.chance()
            await world.make.matter(
                group=group,
                asked_by=world.one(departments),
                assigned_to=world.one(departments),
                question=world.one(TEXTS),
                state="ANSWERED" if answered else "OPEN",
                answer=world.one(TEXTS) if answered else None,
                asked_at=STAMP,
                answered_at=STAMP + world.one((timedelta(seconds=59), timedelta(hours=3)))
                if answered
                else None,
                **world.common(),
            )
