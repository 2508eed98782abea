"""Random walks of workspaces and reservations, with a clock that jumps.

A plain Python model of the rules says what each move must come to; after each step the database is
looked at: no instant with more seats taken than there are, nothing booked where nothing is let, as
many changes as versions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from tests.stories.bookings import HOLD, codes, move_document
from tests.stories.test_availability import SET
from tests.stories.test_move import MOVE
from tests.stories.walking import engine_to_walk, walk

HOUR = timedelta(hours=1)
OCCUPYING = ("HELD", "CONFIRMED", "CHECKED_IN")
OVERFULL = """
    SELECT one.id FROM park.reservation AS one JOIN park.workspace AS space
        ON space.id = one.workspace_id
    WHERE one.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
        AND (one.state <> 'HELD' OR one.hold_expires_at > $1)
        AND (SELECT CASE WHEN space.whole_space AND count(*) > 1 THEN space.seats + 1
                ELSE sum(other.seats) END
            FROM park.reservation AS other
            WHERE other.workspace_id = space.id AND other.period @> lower(one.period)
                AND other.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
                AND (other.state <> 'HELD' OR other.hold_expires_at > $1)) > space.seats
"""
CLOSED_BUT_BOOKED = """
    SELECT one.id FROM park.reservation AS one JOIN park.workspace AS space
        ON space.id = one.workspace_id
    WHERE space.state <> 'AVAILABLE' AND one.state IN ('HELD', 'CONFIRMED', 'CHECKED_IN')
        AND upper(one.period) > $1
"""
UNTOLD = """
    SELECT object FROM (
        SELECT id AS object, version FROM park.reservation
        UNION ALL SELECT id, version - 1 FROM park.workspace WHERE version > 1
    ) AS stored FULL JOIN (
        SELECT object, count(*) AS changes, max(version) AS last FROM ledger.change GROUP BY 1
    ) AS told USING (object)
    WHERE changes IS DISTINCT FROM version
"""
SCOPES = frozenset(registry().scopes)


@dataclass
class Booked:
    """A reservation as the model knows it."""

    id: str
    space: int
    start: datetime
    end: datetime
    seats: int
    expires: datetime
    state: str = "HELD"
    version: int = 1

    def occupies(self, now: datetime) -> bool:
        return self.state in OCCUPYING and (self.state != "HELD" or self.expires > now)


@dataclass
class Space:
    """A workspace as the model knows it."""

    id: str
    seats: int
    whole: bool
    state: str = "AVAILABLE"
    version: int = 1


@dataclass
class World:
    """The hub's engine over one connection, whose clock can be moved, and the model beside it."""

    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner
    start: datetime = field(default_factory=lambda: datetime.now(UTC).replace(minute=0, second=0))
    shift: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def run(self, what: Any) -> Any:
        return self.loop.run(what)

    def send(self, grant: Grant, document: str, given: dict[str, Any]) -> Any:
        answer = self.run(self.engine.answer(Question(document, None, {"input": given}), grant))
        found = orjson.loads(answer.body)
        assert "errors" not in found, found
        return next(iter(found["data"].values()))

    def set_clock(self) -> None:
        seconds = int(self.shift.total_seconds())
        self.run(self.engine.pool.fetch(f"SET hub.clock_shift TO '{seconds} seconds'"))


_world: list[World] = []


class Walk(RuleBasedStateMachine):
    """One operator's park with a meeting room and a row of desks."""

    bookings = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        self.world = _world[0]
        self.booked: list[Booked] = []
        self.spaces: list[Space] = []

    @initialize()
    def build(self) -> None:
        world = self.world
        world.shift = timedelta()
        world.set_clock()
        world.run(self._build())

    async def _build(self) -> None:
        await empty(self.world.owner)
        make = Make(self.world.owner)
        park, team = await make.park(), await make.organisation()
        for seats, whole in ((4, True), (3, False)):
            row = await make.workspace(park=park, seats=seats, whole_space=whole)
            self.spaces.append(Space(f"Workspace:{row['id']}", seats, whole))
        self.team = f"Organisation:{team['id']}"
        self.operator = Grant("walker", Audience.OPERATOR, SCOPES, parks=(park["id"],))

    # What a client may do

    @rule(
        target=bookings,
        space=st.integers(0, 1),
        start=st.integers(0, 9),
        length=st.integers(1, 4),
        seats=st.integers(1, 4),
        ttl=st.sampled_from((5, 60, 600)),
    )
    def hold(self, space: int, start: int, length: int, seats: int, ttl: int) -> Any:
        wanted = self.spaces[space]
        since = self.world.start + start * HOUR
        until = since + length * HOUR
        given = {
            "workspaceId": wanted.id,
            "from": since.isoformat(),
            "to": until.isoformat(),
            "seats": seats,
            "holder": {"organisationId": self.team},
            "ttl": f"PT{ttl}M",
            "idempotencyKey": uuid4().hex,
        }
        expected = self._holdable(wanted, space, since, until, seats)
        answer = self.world.send(self.operator, HOLD, given)
        assert codes(answer) == expected
        if expected:
            return multiple()
        self._expire(space, since, until)
        shown = answer["reservation"]
        expires = datetime.fromisoformat(shown["holdExpiresAt"])
        made = Booked(shown["id"], space, since, until, seats, expires)
        self.booked.append(made)
        return made

    def _holdable(
        self, space: Space, number: int, since: datetime, until: datetime, seats: int
    ) -> list[str]:
        if until <= self.world.now or since <= self.world.now - timedelta(days=1):
            return ["INVALID"]
        if seats > space.seats:
            return ["INVALID"]
        if space.state != "AVAILABLE":
            return ["NOT_AVAILABLE"]
        taken = [one for one in self._at(number, since, until) if one.occupies(self.world.now)]
        hours = [since + hour * HOUR for hour in range(int((until - since) / HOUR))]
        most = max(sum(one.seats for one in taken if one.start <= hour < one.end) for hour in hours)
        full = bool(taken) if space.whole else most + seats > space.seats
        return ["SLOT_TAKEN"] if full else []

    def _at(self, number: int, since: datetime, until: datetime) -> list[Booked]:
        return [b for b in self.booked if b.space == number and b.start < until and b.end > since]

    def _expire(self, number: int, since: datetime, until: datetime) -> None:
        """Whoever holds first expires the holds that ran out in its way."""
        for one in self._at(number, since, until):
            if one.state == "HELD" and not one.occupies(self.world.now):
                one.state, one.version = "EXPIRED", one.version + 1

    @rule(booked=bookings, name=st.sampled_from(("confirmReservation", "cancelReservation")))
    def settle(self, booked: Booked, name: str) -> None:
        to = "CONFIRMED" if name == "confirmReservation" else "CANCELLED"
        legal = {"CONFIRMED": ("HELD",), "CANCELLED": ("HELD", "CONFIRMED")}[to]
        late = to == "CONFIRMED" and booked.expires <= self.world.now
        self._move(booked, name, to, booked.state in legal and not late)

    @rule(booked=bookings)
    def check_in(self, booked: Booked) -> None:
        city = timedelta(hours=8)
        begun = (self.world.now + city).date() >= (booked.start + city).date()
        if booked.state == "CONFIRMED" and not (begun and self.world.now < booked.end):
            return self._refused(booked, "checkIn", "INVALID")
        return self._move(booked, "checkIn", "CHECKED_IN", booked.state == "CONFIRMED")

    @rule(booked=bookings)
    def check_out(self, booked: Booked) -> None:
        self._move(booked, "checkOut", "COMPLETED", booked.state == "CHECKED_IN")

    @rule(booked=bookings)
    def mark_no_show(self, booked: Booked) -> None:
        if booked.state == "CONFIRMED" and self.world.now < booked.start:
            return self._refused(booked, "markNoShow", "INVALID")
        return self._move(booked, "markNoShow", "NO_SHOW", booked.state == "CONFIRMED")

    def _move(self, booked: Booked, name: str, to: str, legal: bool) -> None:
        if booked.state == to:
            self._sent(booked, name, version=99)
        elif legal:
            answer = self._sent(booked, name, version=booked.version)
            assert codes(answer) == []
            booked.state, booked.version = to, booked.version + 1
            assert answer["reservation"]["version"] == booked.version
            assert answer["reservation"]["state"] == to
        else:
            self._refused(booked, name, "ILLEGAL_TRANSITION")

    def _refused(self, booked: Booked, name: str, code: str) -> None:
        assert codes(self._sent(booked, name, version=booked.version)) == [code]
        assert codes(self._sent(booked, name, version=booked.version + 1)) == ["CONFLICT"]

    def _sent(self, booked: Booked, name: str, version: int) -> Any:
        given = {"id": booked.id, "expectedVersion": version}
        return self.world.send(self.operator, move_document(name), given)

    @rule(
        number=st.integers(0, 1),
        to=st.sampled_from(("AVAILABLE", "AVAILABLE", "OUT_OF_SERVICE", "RETIRED")),
        force=st.booleans(),
    )
    def move(self, number: int, to: str, force: bool) -> None:
        space = self.spaces[number]
        given = {"id": space.id, "to": to, "expectedVersion": space.version, "force": force}
        answer = self.world.send(self.operator, MOVE, given)
        if space.state == to:
            assert codes(answer) == []
            return
        if space.state == "RETIRED":
            assert codes(answer) == ["ILLEGAL_TRANSITION"]
            return
        standing = [
            one
            for one in self.booked
            if one.space == number and one.occupies(self.world.now) and one.end > self.world.now
        ]
        if to != "AVAILABLE" and standing and not force:
            assert codes(answer) == ["HAS_RESERVATIONS"]
            assert answer["userErrors"][0]["details"]["count"] == len(standing)
            return
        assert codes(answer) == []
        space.state, space.version = to, space.version + 1
        for one in standing if to != "AVAILABLE" else ():
            one.state = "COMPLETED" if one.state == "CHECKED_IN" else "CANCELLED"
            one.version += 1

    @rule(number=st.integers(0, 1), free=st.integers(-1, 5))
    def observe(self, number: int, free: int) -> None:
        space = self.spaces[number]
        row = {
            "workspaceId": space.id,
            "freeSeats": free,
            "observedAt": self.world.now.isoformat(),
            "expectedVersion": space.version,
        }
        given = {"idempotencyKey": uuid4().hex, "rows": [row]}
        [result] = self.world.send(self.operator, SET, given)["rows"]
        if space.state == "RETIRED" or not 0 <= free <= space.seats:
            assert result["result"] == "INVALID"
            return
        assert result["result"] == "APPLIED"
        space.version += 1
        assert result["version"] == space.version

    @rule(minutes=st.sampled_from((1, 10, 61, 240, 700)))
    def wait(self, minutes: int) -> None:
        self.world.shift += timedelta(minutes=minutes)
        self.world.set_clock()

    # What must hold after each step

    @invariant()
    def nothing_is_overfull(self) -> None:
        assert self._found(OVERFULL, self.world.now) == []

    @invariant()
    def nothing_is_booked_where_nothing_is_let(self) -> None:
        assert self._found(CLOSED_BUT_BOOKED, self.world.now) == []

    @invariant()
    def every_version_was_told(self) -> None:
        assert self._found(UNTOLD) == []

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        rows = self.world.run(
            self.world.owner.fetch("SELECT id, state, version FROM park.reservation")
        )
        stored = {f"Reservation:{row['id']}": (row["state"], row["version"]) for row in rows}
        assert stored == {one.id: (one.state, one.version) for one in self.booked}

    def _found(self, query: str, *given: Any) -> list[Any]:
        rows: list[Any] = self.world.run(self.world.owner.fetch(query, *given))
        return rows


@pytest.fixture
def world(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[None]:
    with engine_to_walk(
        cluster, template, f"{worker_id}_walk", clock=lambda: _world[0].now
    ) as walked:
        _world.append(World(*walked))
        yield
        _world.clear()


@pytest.mark.timeout(300)
def test_walks(world: None, request: pytest.FixtureRequest) -> None:
    walk(Walk, 300 if request.config.getoption("--long") else 25, steps=40)
