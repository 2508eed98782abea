"""Events and contacts of the table's world; those that not everybody may know of too."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.access.table.rows import World


async def meet(world: World) -> None:
    """After the persons: a contact became one of them."""
    make, main = world.make, world.main
    [division], [owner] = main["Division"], main["Organisation"]
    about: dict[str, Any] = {
        "division": division,
        "title_en": "Event",
        "series_key": "jianghai-week",
        "edition": 15,
    }
    event = await make.event(**about)
    main["Event"] = [event]
    seminar: dict[str, Any] = {"kind": "CLOSED_SEMINAR", "public": False}
    world.other("Event", "not public", await make.event(**about, **seminar))
    world.other("Event", "planned", await make.event(**about, state="PLANNED"))
    [talent] = world.persons["agreed"]["Talent"]
    contact = await make.contact(
        event=event,
        owner=owner,
        talent=talent,
        state="ARRIVED",
        name="sealed name",
        reach="sealed reach",
        interests=["housing"],
        next_step="a call",
        retention_until=date(2090, 1, 1),
    )
    main["Contact"] = [contact]
    main["FollowUp"] = [await make.follow_up(contact=contact, note="a note")]
