"""Random walks of contacts: only legal moves ever happen, and nothing is left of the forgotten.

A plain Python model of the handbook's rules (2.6) says what each mutation must come to; after each
step the database is looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
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
    rule,
)

from hub.app import registry
from hub.engine import Engine, Question
from hub.kit.crypto import Sealer
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from tests.make import Make, empty
from tests.oracle.moves import MOVES
from tests.stories.bookings import codes
from tests.stories.contacts import HR, document, met
from tests.stories.walking import engine_to_walk, walk

OTHER = "nt-czj"
SCOPES = frozenset(registry().scopes)
SEALER = Sealer(bytes(32))


def _grant(audience: Audience, *departments: str) -> Grant:
    purposes = ("JOB_MATCHING",)
    return Grant(
        f"{audience}-{departments}",
        audience,
        SCOPES,
        departments=departments,
        purposes=purposes,
        purpose=purposes[0],
    )


GRANTS = {
    HR: _grant(Audience.DEPARTMENT, HR),
    OTHER: _grant(Audience.DEPARTMENT, OTHER),
    "app": _grant(Audience.INTERNAL),
}
DESKS = st.sampled_from(tuple(GRANTS))
STATES = (*MOVES["Contact"], "FORGOTTEN")
PHONES = tuple(f"+861200000000{number}" for number in range(3))
TOLD = (
    "SELECT object, count(*), max(version) FROM ledger.change WHERE entity = 'Contact' GROUP BY 1"
)


@dataclass
class Thing:
    """A contact as the model knows it."""

    id: str
    reach: str | None
    state: str
    version: int = 1
    talent: str | None = None
    notes: int = 0

    def may(self, to: str) -> bool:
        return to in MOVES["Contact"].get(self.state, set())


@dataclass
class World:
    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner

    def send(self, desk: str, name: str, /, **given: Any) -> Any:
        question = Question(document(name), None, {"input": given})
        answer = self.loop.run(self.engine.answer(question, GRANTS[desk]))
        found = orjson.loads(answer.body)
        assert "errors" not in found, found
        return found["data"][name]

    def rows(self, query: str) -> list[Any]:
        found: list[Any] = self.loop.run(self.owner.fetch(query))
        return found


_world: list[World] = []


class Walk(RuleBasedStateMachine):
    """Human resources, who looks after the contacts; finance, who does not; an app that may."""

    contacts = Bundle("contacts")

    def __init__(self) -> None:
        super().__init__()
        self.world = _world[0]
        self.things: list[Thing] = []
        self.talents: dict[str, str] = {}
        self.event: Any = None

    @initialize()
    def build(self) -> None:
        self.world.loop.run(self._build())

    async def _build(self) -> None:
        await empty(self.world.owner)
        make = Make(self.world.owner)
        for name in (HR, OTHER):
            await make.organisation(key=name, kind="DEPARTMENT")
        self.event = await make.event()

    @rule(target=contacts, consents=st.booleans(), reach=st.sampled_from((None, *PHONES)))
    def record(self, consents: bool, reach: str | None) -> Thing:
        basis = {} if consents else {"consentEvidence": None, "lawfulBasis": "CONTRACT"}
        given = met(self.event, name="某人", reach=reach, **basis)
        answer = self.world.send(HR, "recordContact", **given)
        assert codes(answer) == []
        state = "CONSENTED" if consents else "MET"
        shown = answer["contact"]
        assert (shown["state"], shown["version"], shown["reach"]) == (state, 1, reach)
        thing = Thing(shown["id"], reach, state)
        self.things.append(thing)
        return thing

    @rule(reach=st.sampled_from(PHONES))
    def record_without_a_basis(self, reach: str) -> None:
        given = met(self.event, reach=reach, consentEvidence=None)
        assert codes(self.world.send(HR, "recordContact", **given)) == ["LAWFUL_BASIS_REQUIRED"]

    @rule(thing=contacts, desk=DESKS, to=st.sampled_from(STATES))
    def move(self, thing: Thing, desk: str, to: str) -> None:
        given = {"to": to, "consentEvidence": "by e-mail"}
        if desk == OTHER:
            refusal = "OUT_OF_BOUNDS"
        elif thing.state == to:
            return self._again(thing, desk, "moveContact", **given)
        elif not thing.may(to):
            refusal = "ILLEGAL_TRANSITION"
        elif to in ("ARRIVED", "FORGOTTEN"):
            refusal = "INVALID"
        else:
            self._done(thing, desk, "moveContact", to, **given)
            return None
        return self._refused(thing, desk, "moveContact", refusal, **given)

    @rule(thing=contacts, desk=DESKS)
    def follow_up(self, thing: Thing, desk: str) -> None:
        about = {"contactId": thing.id, "channel": "PHONE", "note": "a note"}
        answer = self.world.send(desk, "followUpContact", idempotencyKey=uuid4().hex, **about)
        if desk == OTHER:
            assert codes(answer) == ["OUT_OF_BOUNDS"]
        elif thing.state == "FORGOTTEN":
            assert codes(answer) == ["INVALID"]
        else:
            assert codes(answer) == []
            thing.notes += 1

    @rule(thing=contacts, desk=DESKS)
    def convert(self, thing: Thing, desk: str) -> None:
        if desk == OTHER:
            return self._refused(thing, desk, "convertContact", "OUT_OF_BOUNDS")
        if thing.state == "ARRIVED":
            return self._again(thing, desk, "convertContact")
        if not thing.may("ARRIVED"):
            return self._refused(thing, desk, "convertContact", "ILLEGAL_TRANSITION")
        talent = self._done(thing, desk, "convertContact", "ARRIVED")["talent"]["id"]
        known = self.talents.get(thing.reach or "")
        assert talent == known if known else talent not in self.talents.values()
        self.talents[thing.reach or talent] = thing.talent = talent
        return None

    @rule(thing=contacts, desk=DESKS)
    def forget(self, thing: Thing, desk: str) -> None:
        if desk == OTHER:
            return self._refused(thing, desk, "forgetContact", "OUT_OF_BOUNDS")
        if thing.state == "FORGOTTEN":
            return self._again(thing, desk, "forgetContact")
        shown = self._done(thing, desk, "forgetContact", "FORGOTTEN")["contact"]
        assert (shown["name"], shown["reach"], shown["talent"]) == (None, None, None)
        thing.talent, thing.notes = None, 0
        return None

    # What all have in common

    def _done(self, thing: Thing, desk: str, name: str, state: str, /, **given: Any) -> Any:
        stale = self.world.send(desk, name, id=thing.id, expectedVersion=99, **given)
        assert codes(stale) == ["CONFLICT"]
        answer = self.world.send(desk, name, id=thing.id, expectedVersion=thing.version, **given)
        assert codes(answer) == []
        thing.state, thing.version = state, thing.version + 1
        shown = answer["contact"]
        assert (shown["state"], shown["version"]) == (thing.state, thing.version)
        assert set(shown["availableTransitions"]) == MOVES["Contact"].get(state, set())
        return answer

    def _again(self, thing: Thing, desk: str, name: str, **given: Any) -> None:
        answer = self.world.send(desk, name, id=thing.id, expectedVersion=99, **given)
        assert codes(answer) == [], "a move that was made is made again without harm"
        assert answer["contact"]["version"] == thing.version

    def _refused(self, thing: Thing, desk: str, name: str, code: str, **given: Any) -> None:
        answer = self.world.send(desk, name, id=thing.id, expectedVersion=thing.version, **given)
        assert codes(answer) == [code]

    # What must hold after each step

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        stored = {
            f"Contact:{row['id']}": (row["state"], row["version"], row["talent_id"])
            for row in self.world.rows("SELECT * FROM talent.contact")
        }
        assert {key: (state, version) for key, (state, version, _) in stored.items()} == {
            t.id: (t.state, t.version) for t in self.things
        }
        for thing in self.things:
            talent = stored[thing.id][2]
            assert (talent and f"Talent:{talent}") == thing.talent

    @invariant()
    def notes_are_those_of_the_remembered(self) -> None:
        kept = self.world.rows("SELECT count(note) FROM talent.follow_up")[0]["count"]
        assert kept == sum(thing.notes for thing in self.things)

    @invariant()
    def one_person_is_one_talent(self) -> None:
        made = self.world.rows("SELECT count(*) FROM talent.talent")[0]["count"]
        assert made == len(set(self.talents.values()))

    @invariant()
    def every_version_was_told(self) -> None:
        told = {str(key): (number, last) for key, number, last in self.world.rows(TOLD)}
        for thing in self.things:
            assert told[thing.id.partition(":")[2]] == (thing.version, thing.version)


@pytest.fixture
def world(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[None]:
    name = f"{worker_id}_contact_walk"
    with engine_to_walk(cluster, template, name, sealer=SEALER, unseal=SEALER.open) as (
        owner,
        engine,
        loop,
    ):
        _world.append(World(owner, engine, loop))
        yield
        _world.clear()


@pytest.mark.timeout(300)
def test_walks(world: None, request: pytest.FixtureRequest) -> None:
    walk(Walk, 150 if request.config.getoption("--long") else 20, steps=30)
