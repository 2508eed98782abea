"""Events of every kind, shown and hidden; contacts in every state, and what was noted of them."""

from __future__ import annotations

from datetime import timedelta

from tests.make.maker import Row
from tests.make.world.values import DATES, INSTANTS, TEXTS, World

KINDS = ("MATCHING", "OVERSEAS_FAIR", "CLOSED_SEMINAR", "ROADSHOW", "NANTONG_DAY")
STATES = ("PLANNED", "ANNOUNCED", "HELD", "HELD", "REPORTED", "CANCELLED")
WAY = ("MET", "CONSENTED", "IN_TOUCH", "INTERESTED", "ARRIVED", "DORMANT", "FORGOTTEN")


async def meet_people(world: World) -> None:
    owners = [row for row in world.rows["organisation"] if row["key"] is not None]
    for number in range(14):
        event = await _event(world, KINDS[number % len(KINDS)])
        for _ in range(world.one((0, 1, 3))):
            await _contact(world, event, world.one(owners))


async def _event(world: World, kind: str) -> Row:
    starts = world.one(INSTANTS[:-1])
    series = world.maybe(TEXTS)
    return await world.make.event(
        division=world.perhaps("division"),
        kind=kind,
        title_zh=world.one(TEXTS),
        title_en=world.maybe(TEXTS),
        starts_at=starts,
        ends_at=starts + timedelta(hours=8),
        time_zone=world.one(("Asia/Shanghai", "Asia/Singapore")),
        mode=world.one(("ONSITE", "ONLINE", "HYBRID")),
        territory=world.one(("CN", "SG", "JP")),
        series_key=series,
        edition=None if series is None else world.maybe((1, 15)),
        public=kind != "CLOSED_SEMINAR" and world.chance(0.7),
        state=world.one(STATES),
        **world.common(),
    )


async def _contact(world: World, event: Row, owner: Row) -> None:
    state = world.one(WAY)
    gone = state == "FORGOTTEN"
    free = state in ("MET", "DORMANT", "FORGOTTEN") and world.chance()
    contact = await world.make.contact(
        event=event,
        owner=owner,
        talent=world.any("talent") if state == "ARRIVED" else None,
        state=state,
        name=None if gone else world.maybe(("sealed-name",)),
        reach=None if gone else world.maybe(("sealed-reach",)),
        territory=world.one(("SG", "HK", "JP")),
        interests=[] if gone else world.some(("housing", "", 'x"y')),
        lawful_basis=world.one(("CONTRACT", "STATUTORY_DUTY")) if free else "CONSENT",
        consent_evidence=None if gone or free else world.one(TEXTS),
        next_step=None if gone else world.maybe(TEXTS),
        retention_until=world.one(DATES),
        **world.common("P2 P3 P4"),
    )
    for _ in range(world.one((0, 1, 3))):
        await world.make.follow_up(
            contact=contact,
            at=world.one(INSTANTS),
            channel=world.one(("PHONE", "EMAIL", "OTHER")),
            note=None if gone else world.maybe(TEXTS),
            by_org_key=owner["key"],
            **world.common(),
        )
