"""The feed is proved by replay: an old answer and the changes since give the new answer.

A client that keeps a copy reads every object once, then only what the feed names. For each action
of the API its copy must equal what it would read afresh. What is computed for the moment of asking
(free seats) is no part of a copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from hub.app import registry
from hub.ledger import feed
from tests.make import Make, Row
from tests.stories.bookings import HOLD, at, move, request
from tests.stories.test_availability import SET, report
from tests.stories.test_move import MOVE
from tests.town import Caller, Enter, the_id

FIELDS = {
    "Workspace": "version updatedAt code seats state observedAt staleAfter availableTransitions"
    " park { id }",
    "Reservation": "version updatedAt seats from until state requestedBy holdExpiresAt cancelReason"
    " cancelNote availableTransitions workspace { id } park { id }",
}
PLURALS = {"Workspace": "workspaces", "Reservation": "reservations"}
SCOPES = ("park:read", "park:write", "park:write.availability", "workspace:reserve")


class Copy:
    """What an operator's system keeps of one park."""

    def __init__(self, caller: Caller, owner: asyncpg.Connection, park: Row) -> None:
        self.caller, self.owner = caller, owner
        self.park = the_id("Park", park)
        self.objects: dict[str, Any] = {}
        self.place = feed.BEGINNING

    async def snapshot(self) -> None:
        """Everything there is, and from where on the feed tells of changes."""
        self.place = await self._end()
        self.objects = await self.afresh()

    async def afresh(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for noun, fields in FIELDS.items():
            document = f"""query ($park: ID!) {{
              {PLURALS[noun]}(first: 100, filter: {{ park: $park }}) {{
                edges {{ node {{ id {fields} }} }} }} }}"""
            page = await self.caller.ask(document, park=self.park)
            found |= {edge["node"]["id"]: edge["node"] for edge in page["edges"]}
        return found

    async def follow(self) -> set[str]:
        """Read again what the feed names; the ids."""
        async with asyncio.timeout(20):  # transactions elsewhere on the server hold the feed back
            while not (changes := [change async for change in self._changes()]):  # noqa: ASYNC110  # polls
                await asyncio.sleep(0.05)
        named = {f"{change.entity}:{change.object}" for change in changes}
        for noun, fields in FIELDS.items():
            document = (
                f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {noun} {{ {fields} }} }} }}"
            )
            ids = sorted(name for name in named if name.startswith(f"{noun}:"))
            for node in await self.caller.ask(document, ids=ids):
                self.objects[node["id"]] = node
        return named

    async def _changes(self) -> Any:
        while batch := await feed.after(self.owner, self.place, limit=2):
            for change in batch:
                yield change
            self.place = batch[-1].place

    async def _end(self) -> feed.Place:
        place = feed.BEGINNING
        while batch := await feed.after(self.owner, place):
            place = batch[-1].place
        return place


class Scene:
    """A park with a desk, and reservations of it that an action begins with."""

    def __init__(self, make: Make, operator: Caller, desk: Row, team: Row) -> None:
        self.make, self.operator, self.desk, self.team = make, operator, desk, team
        self.booked: list[dict[str, Any]] = []

    async def book(self, *states: str) -> None:
        for state in states:
            expires = at(100) if state == "HELD" else None
            row = await self.make.reservation(
                workspace=self.desk, state=state, hold_expires_at=expires
            )
            self.booked.append({"id": the_id("Reservation", row), "version": 1})


Act = Callable[[Scene], Awaitable[Any]]


def moves(name: str) -> Act:
    return lambda scene: move(scene.operator, name, scene.booked[0])


async def hold(scene: Scene) -> Any:
    return await scene.operator.ask(HOLD, input=request(scene.desk, scene.team, 0, 2))


async def observe(scene: Scene) -> Any:
    row = report(scene.desk, 1, at=datetime.now(UTC), state="OUT_OF_SERVICE")
    return await scene.operator.ask(SET, input={"idempotencyKey": "once", "rows": [row]})


async def retire(scene: Scene) -> Any:
    order = {"id": the_id("Workspace", scene.desk), "to": "RETIRED", "expectedVersion": 1}
    return await scene.operator.ask(MOVE, input={**order, "force": True})


ACTIONS: dict[str, tuple[tuple[str, ...], Act]] = {
    "holdWorkspace": ((), hold),
    "confirmReservation": (("HELD",), moves("confirmReservation")),
    "cancelReservation": (("CONFIRMED",), moves("cancelReservation")),
    "checkIn": (("CONFIRMED",), moves("checkIn")),
    "checkOut": (("CHECKED_IN",), moves("checkOut")),
    "markNoShow": (("CONFIRMED",), moves("markNoShow")),
    "moveWorkspace": (("HELD", "CONFIRMED", "CHECKED_IN"), retire),
    "setAvailability": ((), observe),
}
"""Action -> states of the reservations that are there before it, and the action itself."""


def test_every_action_of_the_parks_is_replayed() -> None:
    nouns = registry().nouns
    parks = {name for name, act in registry().actions.items() if nouns[act.on].room == "park"}
    assert set(ACTIONS) == parks


@pytest.mark.parametrize("name", ACTIONS)
async def test_old_answer_and_changes_give_the_new_answer(
    name: str, make: Make, enter: Enter, owner: asyncpg.Connection
) -> None:
    park = await make.park()
    desk, team = await make.workspace(park=park, seats=20), await make.organisation()
    await make.workspace(park=park)
    states, act = ACTIONS[name]
    scene = Scene(make, await enter("OPERATOR", *SCOPES, parks=[park]), desk, team)
    await scene.book(*states)
    copy = Copy(scene.operator, owner, park)
    await copy.snapshot()
    before = dict(copy.objects)

    done = await act(scene)

    assert done["userErrors"] == []
    await copy.follow()
    assert copy.objects == await copy.afresh()
    assert copy.objects != before
