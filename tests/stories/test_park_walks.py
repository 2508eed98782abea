"""Random walks of parks, blocks, series and reliefs: each comes to what the handbook's moves say.

A model knows the state and version of each object; every move is tried from every state, in the
right version or another, by who may make it and by who may not. After each step the database is
looked at: nobody sits in a closed park or in a closed period, and there is a change row for each
version.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from hub.app import registry
from hub.engine import Engine, Question
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from tests.make import Make, empty
from tests.stories.bookings import codes
from tests.stories.test_hours import BLOCK, LIFT
from tests.stories.test_parks import APPROVE, MOVE, REGISTER
from tests.stories.test_records import GRANT, REVOKE
from tests.stories.test_series import CANCEL, CONFIRM, HOLD_SERIES
from tests.stories.walking import engine_to_walk, walk

SCOPES = frozenset(registry().scopes)
DAY = timedelta(days=1)
START = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + 2 * DAY
DECIDED = {
    "PROPOSED": ("APPROVED", "REJECTED"),
    "OPEN": ("SUSPENDED",),
    "SUSPENDED": ("OPEN",),
}
OPERATED = {"APPROVED": ("OPEN",), "OPEN": ("CLOSED",), "SUSPENDED": ("CLOSED",)}
IN_A_CLOSED_PARK = """
    SELECT reservation.id FROM park.reservation JOIN park.park ON park.id = park_id
    WHERE park.state = 'CLOSED' AND reservation.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
"""
IN_A_CLOSED_PERIOD = """
    SELECT id FROM park.reservation
    WHERE state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
        AND NOT isempty(park.closed(workspace_id, period))
"""
OVERFULL = """
    SELECT workspace_id FROM park.reservation
    WHERE state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
    GROUP BY workspace_id, period HAVING count(*) > 1
"""
UNTOLD = """
    SELECT id FROM (
        SELECT id, version FROM park.reservation
        UNION ALL SELECT id, version FROM park.reservation_series
        UNION ALL SELECT id, version FROM park.block
        UNION ALL SELECT id, version FROM park.fee_relief
        UNION ALL SELECT id, version FROM park.park WHERE code LIKE 'walk%'
    ) AS stored
    WHERE version <> (SELECT count(*) FROM ledger.change WHERE object = id)
"""


@dataclass
class Thing:
    """Anything with a state and a version, as the model knows it; `day` is of a block or series."""

    id: str
    state: str
    version: int = 1
    day: int = 0


@dataclass
class World:
    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner

    def send(self, grant: Grant, document: str, given: dict[str, Any]) -> Any:
        question = Question(document, None, {"input": given})
        found = orjson.loads(self.loop.run(self.engine.answer(question, grant)).body)
        assert "errors" not in found, found
        return next(iter(found["data"].values()))


_world: list[World] = []


class Walk(RuleBasedStateMachine):
    """A department, an operator with an open park of one desk, and parks that are proposed."""

    parks, blocks, series, reliefs = (Bundle(name) for name in ("p", "b", "s", "r"))

    @initialize()
    def build(self) -> None:
        self.world = _world[0]
        self.all_blocks: list[Thing] = []
        self.all_series: list[Thing] = []
        self.days: dict[int, Thing] = {}
        self.world.loop.run(self._build())

    async def _build(self) -> None:
        await empty(self.world.owner)
        make = Make(self.world.owner)
        self.division = (await make.some_division())["code"]
        self.team = f"Organisation:{(await make.organisation())['id']}"
        home = await make.park()
        desk = await make.workspace(park=home, seats=1, whole_space=True, booking_unit="HOUR")
        self.home, self.desk = Thing(f"Park:{home['id']}", "OPEN"), f"Workspace:{desk['id']}"
        self.department = Grant("bureau", Audience.DEPARTMENT, SCOPES)
        self.booker = Grant("booker", Audience.INTERNAL, SCOPES)
        self.operated = [home["id"]]

    @property
    def operator(self) -> Grant:
        return Grant("operator", Audience.OPERATOR, SCOPES, parks=tuple(self.operated))

    # Parks

    @rule(target=parks)
    def register(self) -> Thing:
        wanted = {
            "code": f"walk{uuid4().hex[:20]}",
            "nameZh": "园区",
            "kind": "INCUBATOR",
            "division": self.division,
            "operatorId": self.team,
            "idempotencyKey": uuid4().hex,
        }
        made = self.world.send(self.department, REGISTER, wanted)["park"]
        self.operated.append(made["id"].split(":")[1])
        return Thing(made["id"], "PROPOSED")

    @rule(
        park=parks,
        to=st.sampled_from(("APPROVED", "REJECTED", "OPEN", "SUSPENDED", "CLOSED")),
        by_department=st.booleans(),
        stale=st.booleans(),
    )
    def move_park(self, park: Thing, to: str, by_department: bool, stale: bool) -> None:
        legal = (DECIDED if by_department else OPERATED).get(park.state, ())
        document = APPROVE if by_department else MOVE
        grant = self.department if by_department else self.operator
        self._move(grant, document, park, to, to in legal, stale, said={"to": to})

    @rule(park=parks)
    def the_wrong_side(self, park: Thing) -> None:
        given = {"id": park.id, "expectedVersion": park.version, "to": "APPROVED"}
        assert codes(self.world.send(self.operator, APPROVE, given)) == ["OUT_OF_BOUNDS"]

    # Blocks and series of the desk, a day each

    @rule(target=blocks, day=st.integers(0, 6), force=st.booleans())
    def block(self, day: int, force: bool) -> Any:
        since = START + day * DAY
        wanted = {
            "workspaceId": self.desk,
            "from": since.isoformat(),
            "to": (since + timedelta(hours=1)).isoformat(),
            "reason": "OTHER",
            "force": force,
            "idempotencyKey": uuid4().hex,
        }
        answer = self.world.send(self.operator, BLOCK, wanted)
        if day in self.days and not force:
            assert codes(answer) == ["HAS_RESERVATIONS"]
            return multiple()
        assert codes(answer) == []
        assert len(answer["reservations"]) == (day in self.days)
        self.days.pop(day, None)
        made = Thing(answer["block"]["id"], "SET", day=day)
        self.all_blocks.append(made)
        return made

    @rule(block=blocks, stale=st.booleans())
    def lift(self, block: Thing, stale: bool) -> None:
        self._move(self.operator, LIFT, block, "LIFTED", block.state == "SET", stale)

    @rule(target=series, first=st.integers(0, 6), count=st.integers(1, 4))
    def hold_series(self, first: int, count: int) -> Any:
        since = START + first * DAY
        wanted = {
            "workspaceId": self.desk,
            "from": since.isoformat(),
            "to": (since + timedelta(hours=1)).isoformat(),
            "repeat": {"frequency": "DAILY", "count": count},
            "seats": 1,
            "holder": {"organisationId": self.team},
            "idempotencyKey": uuid4().hex,
        }
        answer = self.world.send(self.booker, HOLD_SERIES, wanted)
        asked = range(first, first + count)
        shut = {block.day for block in self.all_blocks if block.state == "SET"}
        free = [day for day in asked if day not in shut and day not in self.days]
        if not free:
            assert codes(answer) == ["SLOT_TAKEN"]
            return multiple()
        assert codes(answer) == []
        assert len(answer["reservations"]) == len(free)
        assert [one["reason"] for one in answer["skipped"]] == [
            "OUTSIDE_HOURS" if day in shut else "SLOT_TAKEN" for day in asked if day not in free
        ]
        made = Thing(answer["series"]["id"], "HELD")
        self.days |= dict.fromkeys(free, made)
        return made

    @rule(series=series, stale=st.booleans())
    def confirm(self, series: Thing, stale: bool) -> None:
        self._move(self.booker, CONFIRM, series, "CONFIRMED", series.state == "HELD", stale)

    @rule(series=series, stale=st.booleans())
    def cancel(self, series: Thing, stale: bool) -> None:
        legal = series.state in ("HELD", "CONFIRMED")
        self._move(self.booker, CANCEL, series, "CANCELLED", legal, stale)
        if series.state == "CANCELLED":
            self.days = {day: whose for day, whose in self.days.items() if whose is not series}

    # Reliefs

    @rule(target=reliefs)
    def grant(self) -> Thing:
        wanted = {
            "parkId": self.home.id,
            "organisationId": self.team,
            "kind": "WAIVER",
            "startsOn": "2026-12-01",
            "idempotencyKey": uuid4().hex,
        }
        return Thing(self.world.send(self.operator, GRANT, wanted)["feeRelief"]["id"], "GRANTED")

    @rule(relief=reliefs, stale=st.booleans())
    def revoke(self, relief: Thing, stale: bool) -> None:
        legal = relief.state == "GRANTED"
        self._move(self.operator, REVOKE, relief, "REVOKED", legal, stale)

    def _move(
        self,
        grant: Grant,
        document: str,
        thing: Thing,
        to: str,
        legal: bool,
        stale: bool,
        said: dict[str, Any] | None = None,
    ) -> None:
        """A move that was made already is made again without harm, whatever the version."""
        version = thing.version + stale
        given = {"id": thing.id, "expectedVersion": version, **(said or {})}
        told = codes(self.world.send(grant, document, given))
        if thing.state == to:
            assert told == []
        elif stale:
            assert told == ["CONFLICT"]
        elif not legal:
            assert told == ["ILLEGAL_TRANSITION"]
        else:
            assert told == []
            thing.state, thing.version = to, thing.version + 1

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "world"):
            return
        for query in (IN_A_CLOSED_PARK, IN_A_CLOSED_PERIOD, OVERFULL, UNTOLD):
            assert self.world.loop.run(self.world.owner.fetch(query)) == [], query


@pytest.fixture
def world(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[World]:
    with engine_to_walk(cluster, template, f"{worker_id}_park_walk") as walked:
        _world.append(World(*walked))
        yield _world[0]
        _world.clear()


def test_random_walks_come_to_what_the_moves_say(world: World) -> None:
    walk(Walk, 12, steps=30)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_random_walks(world: World) -> None:
    walk(Walk, 150, steps=60)
