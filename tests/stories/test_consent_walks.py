"""Random walks of consents: only legal moves happen, and a city reads what is granted, no more.

A plain Python model of the handbook's rules (2.6) says what each mutation must come to; after each
step the database and a partner's answer are looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from hub.app import registry
from hub.engine import Engine, Question
from hub.engine.jobs import Jobs
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from hub.model.types import CITY_TIME
from tests.make import Make, empty
from tests.oracle.moves import MOVES
from tests.stories.bookings import codes
from tests.stories.consents import document
from tests.stories.walking import engine_to_walk, walk
from tests.town import SUZHOU

SCOPES = frozenset(registry().scopes)
DEPARTMENT, HERSELF, STRANGER = "department", "herself", "stranger"
CALLERS = st.sampled_from((DEPARTMENT, HERSELF, STRANGER))
GROUPS = st.lists(st.sampled_from(("BASIC", "DEGREE", "CONTACT")), min_size=1, unique=True)
STORED = "SELECT id, state, version FROM talent.consent"
TOLD = "SELECT object, count(*), max(version) FROM ledger.change GROUP BY 1"
READ = "{ talents(first: 1) { totalCount edges { node { displayName phone } } } }"
PURPOSE: dict[str, Any] = {"purposes": ("JOB_MATCHING",), "purpose": "JOB_MATCHING"}


@dataclass
class Thing:
    """A consent as the model knows it; `days` from today on it holds."""

    id: str
    state: str
    groups: list[str]
    days: int
    version: int = 1

    def may(self, to: str) -> bool:
        return to in MOVES["Consent"].get(self.state, set())

    def move(self, to: str) -> None:
        self.state, self.version = to, self.version + 1


@dataclass
class Shift:
    """The clock of the walk: days that have gone by."""

    days: int = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)


@dataclass
class World:
    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner
    clock: Shift

    def stand_at(self, days: int) -> None:
        """The hub's clock and the database's, for its one connection."""
        self.clock.days = days
        shift = f"SET hub.clock_shift TO '{days} days'"
        self.loop.run(self.engine.pool.fetch(shift))

    def answer(self, grant: Grant, text: str, **given: Any) -> Any:
        question = Question(text, None, given)
        found = orjson.loads(self.loop.run(self.engine.answer(question, grant)).body)
        assert "errors" not in found, found
        [value] = found["data"].values()
        return value


_world: list[World] = []


class Walk(RuleBasedStateMachine):
    """A person, a department that asks her, a stranger, and Suzhou, which reads."""

    consents = Bundle("consents")

    def __init__(self) -> None:
        super().__init__()
        self.world = _world[0]
        self.things: list[Thing] = []

    @initialize()
    def build(self) -> None:
        self.world.stand_at(0)
        person, stranger = self.world.loop.run(self._build())
        self.person = f"Talent:{person}"
        self.grants = {
            DEPARTMENT: Grant("hr", Audience.DEPARTMENT, SCOPES, **PURPOSE),
            HERSELF: Grant("hers", Audience.TALENT, SCOPES, talent=person),
            STRANGER: Grant("another", Audience.TALENT, SCOPES, talent=stranger),
        }
        self.city = Grant("sz", Audience.PARTNER, SCOPES, partner=SUZHOU, **PURPOSE)

    async def _build(self) -> tuple[UUID, UUID]:
        await empty(self.world.owner)
        make = Make(self.world.owner)
        await make.sharing(partner=await make.partner(SUZHOU))
        return (await make.known_talent())["id"], (await make.talent())["id"]

    def _terms(self, groups: list[str], days: int) -> dict[str, Any]:
        until = self.world.clock().astimezone(CITY_TIME).date() + timedelta(days=days)
        terms = {"recipient": SUZHOU, "purpose": "JOB_MATCHING", "groups": groups}
        return {**terms, "until": until.isoformat(), "idempotencyKey": uuid4().hex}

    def _send(self, caller: str, name: str, **given: Any) -> Any:
        return self.world.answer(self.grants[caller], document(name), input=given)

    def _live(self) -> list[Thing]:
        return [thing for thing in self.things if thing.state == "GRANTED" and thing.days > 0]

    def _lapsed_is_told(self) -> None:
        """Where another is granted, what ended by time is written down as ended."""
        for thing in self.things:
            if thing.state == "GRANTED" and thing.days <= 0:
                thing.move("EXPIRED")

    @rule(target=consents, groups=GROUPS, days=st.integers(1, 3))
    def grant(self, groups: list[str], days: int) -> Thing:
        payload = self._send(HERSELF, "grantConsent", **self._terms(groups, days))
        if live := self._live():
            assert codes(payload) == ["ALREADY_GRANTED"]
            return live[0]
        self._lapsed_is_told()
        return self._made(payload, "GRANTED", groups, days)

    @rule(target=consents, groups=GROUPS, days=st.integers(1, 3))
    def request(self, groups: list[str], days: int) -> Thing:
        given = {**self._terms(groups, days), "talentId": self.person}
        return self._made(
            self._send(DEPARTMENT, "requestConsent", **given), "REQUESTED", groups, days
        )

    def _made(self, payload: Any, state: str, groups: list[str], days: int) -> Thing:
        assert codes(payload) == []
        self.things.append(Thing(payload["consent"]["id"], state, groups, days))
        return self.things[-1]

    @rule(thing=consents, caller=CALLERS)
    def accept(self, thing: Thing, caller: str) -> None:
        expected = self._expected(thing, caller, "GRANTED")
        if expected is None and thing.state != "GRANTED":
            expected = "INVALID" if thing.days <= 0 else None
            expected = expected or ("ALREADY_GRANTED" if self._live() else None)
        self._move(thing, caller, "acceptConsent", "GRANTED", expected)

    @rule(thing=consents, caller=CALLERS)
    def decline(self, thing: Thing, caller: str) -> None:
        expected = self._expected(thing, caller, "DECLINED")
        self._move(thing, caller, "declineConsent", "DECLINED", expected)

    @rule(thing=consents, caller=CALLERS)
    def withdraw(self, thing: Thing, caller: str) -> None:
        legal = (
            None if thing.state == "WITHDRAWN" or thing.may("WITHDRAWN") else "ILLEGAL_TRANSITION"
        )
        expected = "NOT_FOUND" if caller == STRANGER else legal
        self._move(thing, caller, "withdrawConsent", "WITHDRAWN", expected)

    @rule(thing=consents)
    def act_on_what_is_not_so_any_more(self, thing: Thing) -> None:
        if thing.state != "WITHDRAWN":
            given = {"id": thing.id, "expectedVersion": thing.version + 1}
            assert codes(self._send(HERSELF, "withdrawConsent", **given)) == ["CONFLICT"]

    @rule(by_job=st.booleans())
    def let_a_day_go_by(self, by_job: bool) -> None:
        self.world.stand_at(self.world.clock.days + 1)
        for thing in self.things:
            thing.days -= 1
        if by_job:
            self.world.loop.run(self._upkeep())
            self._lapsed_is_told()

    async def _upkeep(self) -> None:
        """The job, as if it were due."""
        jobs = Jobs(self.world.engine)
        jobs.jobs = {"expireConsents": registry().jobs["expireConsents"]}
        await jobs.prepare()
        await self.world.owner.execute("UPDATE ledger.job SET due_at = '2020-01-01'")
        await jobs.once()

    def _expected(self, thing: Thing, caller: str, to: str) -> str | None:
        """The refusal of an answer that only she may give."""
        if caller != HERSELF:
            return "NOT_FOUND" if caller == STRANGER else "OUT_OF_BOUNDS"
        return None if thing.state == to or thing.may(to) else "ILLEGAL_TRANSITION"

    def _move(self, thing: Thing, caller: str, name: str, to: str, expected: str | None) -> None:
        given = {"id": thing.id, "expectedVersion": thing.version, "evidence": "in the walk"}
        payload = self._send(caller, name, **given)
        assert codes(payload) == ([expected] if expected else [])
        if expected is None and thing.state != to:
            if to == "GRANTED":
                self._lapsed_is_told()
            thing.move(to)

    # What must hold after each step

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        rows = self.world.loop.run(self.world.owner.fetch(STORED))
        stored = {f"Consent:{row['id']}": (row["state"], row["version"]) for row in rows}
        assert stored == {thing.id: (thing.state, thing.version) for thing in self.things}
        told = self.world.loop.run(self.world.owner.fetch(TOLD))
        assert {f"Consent:{key}": (number, last) for key, number, last in told} == {
            thing.id: (thing.version, thing.version) for thing in self.things
        }

    @invariant()
    def a_city_reads_what_is_granted(self) -> None:
        found = self.world.answer(self.city, READ)
        groups = [group for thing in self._live() for group in thing.groups]
        assert found["totalCount"] == ("BASIC" in groups)
        for edge in found["edges"]:
            assert (edge["node"]["phone"] is not None) == ("CONTACT" in groups)


@pytest.fixture
def world(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[None]:
    clock = Shift()
    with engine_to_walk(cluster, template, f"{worker_id}_consents", clock=clock) as walked:
        _world.append(World(*walked, clock))
        yield
        _world.clear()


@pytest.mark.timeout(300)
def test_walks(world: None, request: pytest.FixtureRequest) -> None:
    walk(Walk, 150 if request.config.getoption("--long") else 20, steps=30)
