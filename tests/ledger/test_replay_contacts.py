"""The feed of contacts and talents, proved by replay as that of the parks is.

A copy that reads again only what the feed names equals what is read afresh, after each action; and
what was forgotten goes from the copy by it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from hub.app import registry
from tests.ledger.test_replay import Copy
from tests.make import Make
from tests.stories import test_talents as talents
from tests.stories.contacts import CONTACT, NOTED, done, human_resources, interested, met, send
from tests.stories.contacts import noted as note
from tests.town import Caller, Enter, the_id

FIELDS = {
    "Contact": f"{CONTACT} updatedAt",
    "FollowUp": f"{NOTED} updatedAt",
    "Talent": "id version updatedAt displayName phone email",
}
ROOM = ("Contact", "FollowUp", "Talent")

PERSON = {"displayName": "另一人", "phone": "+8612000000055", "languages": ["zh"]}

Act = Callable[[Caller, Make], Awaitable[Any]]
Again = Callable[[Caller, Any], Awaitable[Any]]


async def recorded(hr: Caller, make: Make) -> Any:
    event = await make.event()
    contact = await done(hr, "recordContact", **met(event, name="某人", reach="a@example.org"))
    await note(hr, contact, note="a note")
    return contact


async def told_of(hr: Caller, make: Make) -> Any:
    return await interested(hr, make, name="某人")


async def on_record(hr: Caller, make: Make) -> Any:
    return (await talents.send(hr, "createTalent", displayName="某人"))["talent"]


async def event_of(hr: Caller, make: Make) -> Any:
    return await make.event()


ACTIONS: dict[str, tuple[Act, Again]] = {
    "recordContact": (event_of, lambda hr, event: done(hr, "recordContact", **met(event))),
    "moveContact": (recorded, lambda hr, contact: done(hr, "moveContact", contact, to="IN_TOUCH")),
    "followUpContact": (recorded, lambda hr, contact: note(hr, contact, note="another")),
    "convertContact": (told_of, lambda hr, contact: send(hr, "convertContact", contact)),
    "createTalent": (event_of, lambda hr, _: talents.send(hr, "createTalent", **PERSON)),
    "correctTalent": (on_record, lambda hr, person: talents.correct(hr, person, **PERSON)),
    "forgetContact": (recorded, lambda hr, contact: done(hr, "forgetContact", contact)),
}
"""Action -> what is there before it, and the action itself."""


def test_every_action_on_them_is_replayed() -> None:
    room = {name for name, act in registry().actions.items() if act.on in ROOM}
    assert set(ACTIONS) == room


@pytest.mark.parametrize("name", ACTIONS)
async def test_old_answer_and_changes_give_the_new_answer(
    name: str, enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    # Contacts of other tests have values that were sealed under no key.
    await owner.execute("TRUNCATE talent.contact, talent.talent CASCADE")
    hr = await human_resources(enter, "talent:write", *talents.READS[2:])
    before, act = ACTIONS[name]
    made = await before(hr, make)
    copy = Copy(hr, owner, {}, FIELDS)
    await copy.snapshot()
    old = dict(copy.objects)

    await act(hr, made)

    named = await copy.follow()
    assert copy.objects == await copy.afresh()
    assert copy.objects != old
    kinds = {each.partition(":")[0] for each in named}
    assert kinds <= set(FIELDS)
    if name == "forgetContact":
        assert kinds == {"Contact", "FollowUp"}, "the notes too"
        assert the_id("Contact", {"id": made["id"].partition(":")[2]}) in named
