"""Random walks of agreements, enclaves, results and matters: only legal moves ever happen.

A plain Python model of the handbook's rules (2.6) says what each mutation must come to; after each
step the database is looked at: states and versions as the model has them, as many changes as
versions, no result counted that the other city did not confirm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
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
from hub.kit.postgres import ClusterInfo
from hub.model.access import Audience, Grant
from hub.model.types import CITY_TIME
from tests.make import Make, empty
from tests.oracle.moves import MOVES
from tests.stories.bookings import codes
from tests.stories.cooperation import INPUTS, document
from tests.stories.walking import engine_to_walk, walk

NANTONG, SUZHOU, FINANCE = "320600", "320500", "nt-czj"
GROUP = "group"
SCOPES = frozenset(registry().scopes)
GRANTS = {
    NANTONG: Grant("nantong", Audience.DEPARTMENT, SCOPES, departments=("nt-rsj",)),
    SUZHOU: Grant("suzhou", Audience.PARTNER, SCOPES, partner=SUZHOU),
    FINANCE: Grant("finance", Audience.DEPARTMENT, SCOPES, departments=(FINANCE,)),
}
CITIES = st.sampled_from((NANTONG, SUZHOU))
DESKS = st.sampled_from((NANTONG, SUZHOU, FINANCE))
STORED = """
    SELECT 'agreement' AS what, id, state, version FROM cooperation.agreement
    UNION ALL SELECT 'enclave', id, state, version FROM cooperation.enclave
    UNION ALL SELECT 'result', id, state, version FROM cooperation.enclave_result
    UNION ALL SELECT 'matter', id, state, version FROM cooperation.matter
"""
TOLD = "SELECT object, count(*), max(version) FROM ledger.change GROUP BY 1"
COUNTED = "SELECT object_id, amount FROM cooperation.counted_object WHERE kind = 'EnclaveResult'"


@dataclass
class Thing:
    """An object as the model knows it; `by` is the city that made it, or suspended it."""

    id: str
    noun: str
    by: str
    state: str
    version: int = 1
    amount: int = 0
    signed: frozenset[str] = frozenset()

    def may(self, to: str) -> bool:
        return to in MOVES[self.noun].get(self.state, set())


@dataclass
class World:
    owner: asyncpg.Connection
    engine: Engine
    loop: asyncio.Runner

    def send(self, city: str, name: str, **given: Any) -> Any:
        question = Question(document(name), None, {"input": given})
        answer = self.loop.run(self.engine.answer(question, GRANTS[city]))
        found = orjson.loads(answer.body)
        assert "errors" not in found, found
        return found["data"][name]

    def rows(self, query: str) -> list[Any]:
        found: list[Any] = self.loop.run(self.owner.fetch(query))
        return found


_world: list[World] = []


class Walk(RuleBasedStateMachine):
    """Nantong, its finance bureau, and Suzhou."""

    agreements = Bundle("agreements")
    enclaves = Bundle("enclaves")
    results = Bundle("results")
    matters = Bundle("matters")

    def __init__(self) -> None:
        super().__init__()
        self.world = _world[0]
        self.things: list[Thing] = []

    @initialize()
    def build(self) -> None:
        self.world.loop.run(self._build())

    async def _build(self) -> None:
        await empty(self.world.owner)
        make = Make(self.world.owner)
        await make.some_division(NANTONG)
        await make.partner(SUZHOU)
        await make.commitment("cooperation.enclave_results")
        group = await make.working_group(key=GROUP)
        for name in ("nt-rsj", FINANCE):
            department = await make.organisation(key=name, kind="DEPARTMENT")
            await make.member(group=group, organisation=department)

    # Agreements

    @rule(target=agreements, city=CITIES)
    def propose(self, city: str) -> Thing:
        today = datetime.now(UTC).astimezone(CITY_TIME).date().isoformat()
        given = {"kind": "CITY", "titleZh": "协议", "partner": SUZHOU, "from": today}
        return self._made("Agreement", city, "proposeAgreement", "DRAFT", **given)

    @rule(thing=agreements, city=CITIES)
    def sign(self, thing: Thing, city: str) -> None:
        signed = thing.signed | {city}
        refusal = None if thing.state == "DRAFT" else "ILLEGAL_TRANSITION"
        to = "SIGNED" if len(signed) == 2 else "DRAFT"
        if self._sent(thing, city, "signAgreement", refusal, to, signatory="办公室"):
            thing.signed = signed

    @rule(thing=agreements, city=CITIES)
    def enforce(self, thing: Thing, city: str) -> None:
        if city != NANTONG:
            return self._refused(thing, city, "bringIntoForce", "OUT_OF_BOUNDS")
        legal = thing.state in ("SIGNED", "IN_FORCE")
        self._move(thing, city, "bringIntoForce", "IN_FORCE", legal=legal)
        return None

    @rule(thing=agreements, city=CITIES)
    def suspend(self, thing: Thing, city: str) -> None:
        before = thing.state
        self._move(thing, city, "suspendAgreement", "SUSPENDED")
        if before != thing.state:
            thing.by = city

    @rule(thing=agreements, city=CITIES)
    def resume(self, thing: Thing, city: str) -> None:
        if thing.state == "SUSPENDED" and thing.by != city:
            return self._refused(thing, city, "resumeAgreement", "OUT_OF_BOUNDS")
        legal = thing.state in ("SUSPENDED", "IN_FORCE")
        self._move(thing, city, "resumeAgreement", "IN_FORCE", legal=legal)
        return None

    @rule(thing=agreements, city=CITIES)
    def terminate(self, thing: Thing, city: str) -> None:
        self._move(thing, city, "terminateAgreement", "TERMINATED")

    # Enclaves

    @rule(target=enclaves, city=CITIES, host=CITIES)
    def propose_enclave(self, city: str, host: str) -> Thing:
        given = {"partner": SUZHOU, "host": host, "nameZh": "飞地"}
        return self._made("Enclave", city, "proposeEnclave", "PROPOSED", **given)

    @rule(thing=enclaves, city=CITIES)
    def accept(self, thing: Thing, city: str) -> None:
        legal = thing.may("AGREED") or thing.state == "AGREED"
        if legal and thing.by == city:
            return self._refused(thing, city, "acceptEnclave", "OUT_OF_BOUNDS")
        self._move(thing, city, "acceptEnclave", "AGREED")
        return None

    @rule(
        thing=enclaves,
        city=CITIES,
        move=st.sampled_from(
            (("activateEnclave", "ACTIVE"), ("pauseEnclave", "PAUSED"), ("closeEnclave", "CLOSED"))
        ),
    )
    def run_enclave(self, thing: Thing, city: str, move: tuple[str, str]) -> None:
        self._move(thing, city, *move)

    @rule(target=results, thing=enclaves, city=CITIES, amount=st.integers(1, 5))
    def report(self, thing: Thing, city: str, amount: int) -> Any:
        given = {**self._found(amount), "enclaveId": thing.id, "kind": "TALENT"}
        given |= {"achievedOn": "2026-01-02", "idempotencyKey": uuid4().hex}
        if thing.state not in ("ACTIVE", "PAUSED"):
            answer = self.world.send(city, "reportEnclaveResult", **given)
            assert codes(answer) == ["ILLEGAL_TRANSITION"]
            return Thing("", "EnclaveResult", city, "")
        made = self._made("EnclaveResult", city, "reportEnclaveResult", "PENDING", **given)
        made.amount = amount
        return made

    @rule(thing=results, city=CITIES)
    def confirm(self, thing: Thing, city: str) -> None:
        self._judge(thing, city, "confirmResult", "CONFIRMED")

    @rule(thing=results, city=CITIES)
    def dispute(self, thing: Thing, city: str) -> None:
        self._judge(thing, city, "disputeResult", "DISPUTED", reason="不符")

    def _judge(self, thing: Thing, city: str, name: str, to: str, **given: Any) -> None:
        if not thing.id:
            return
        if thing.by == city and (thing.may(to) or thing.state == to):
            self._refused(thing, city, name, "OUT_OF_BOUNDS", **given)
        else:
            self._move(thing, city, name, to, **given)

    @rule(thing=results, city=CITIES, amount=st.integers(1, 5))
    def restate(self, thing: Thing, city: str, amount: int) -> None:
        if not thing.id:
            return
        refusal = "OUT_OF_BOUNDS" if thing.by != city else None
        if refusal is None and thing.state != "DISPUTED":
            refusal = "ILLEGAL_TRANSITION"
        if self._sent(thing, city, "restateResult", refusal, "PENDING", **self._found(amount)):
            thing.amount = amount

    @staticmethod
    def _found(amount: int) -> dict[str, Any]:
        shares = [{"city": NANTONG, "share": "0.5"}, {"city": SUZHOU, "share": "0.5"}]
        return {"count": amount, "attribution": shares}

    # Matters, which finance is to answer

    @rule(target=matters, desk=DESKS)
    def ask(self, desk: str) -> Thing:
        given = {"workingGroup": GROUP, "assignedTo": FINANCE, "question": "何时拨付?"}
        if desk == SUZHOU:
            refused = self.world.send(desk, "assignMatter", idempotencyKey=uuid4().hex, **given)
            assert codes(refused) == ["OUT_OF_BOUNDS"]
            return Thing("", "Matter", desk, "")
        return self._made("Matter", desk, "assignMatter", "OPEN", **given)

    @rule(thing=matters, desk=DESKS)
    def answer(self, thing: Thing, desk: str) -> None:
        if not thing.id:
            return
        refusal = {SUZHOU: "NOT_FOUND", NANTONG: "OUT_OF_BOUNDS"}.get(desk)
        if refusal is None and not thing.may("ANSWERED"):
            refusal = "ILLEGAL_TRANSITION"
        self._sent(thing, desk, "answerMatter", refusal, "ANSWERED", answer="下月")

    # What all have in common

    def _made(self, noun: str, city: str, name: str, state: str, **given: Any) -> Thing:
        answer = self.world.send(city, name, **{"idempotencyKey": uuid4().hex, **given})
        assert codes(answer) == []
        shown = answer[INPUTS[name][1]]
        assert (shown["state"], shown["version"]) == (state, 1)
        thing = Thing(shown["id"], noun, city, state)
        self.things.append(thing)
        return thing

    def _move(
        self,
        thing: Thing,
        city: str,
        name: str,
        to: str,
        *,
        legal: bool | None = None,
        **given: Any,
    ) -> None:
        if thing.state == to:
            answer = self.world.send(city, name, id=thing.id, expectedVersion=99, **given)
            assert codes(answer) == [], "a move that was made is made again without harm"
            return
        allowed = thing.may(to) if legal is None else legal
        self._sent(thing, city, name, None if allowed else "ILLEGAL_TRANSITION", to, **given)

    def _sent(
        self, thing: Thing, city: str, name: str, refusal: str | None, to: str, **given: Any
    ) -> bool:
        if refusal is not None:
            self._refused(thing, city, name, refusal, **given)
            return False
        stale = self.world.send(city, name, id=thing.id, expectedVersion=99, **given)
        assert codes(stale) == ["CONFLICT"]
        answer = self.world.send(city, name, id=thing.id, expectedVersion=thing.version, **given)
        assert codes(answer) == []
        thing.state, thing.version = to, thing.version + 1
        shown = answer[INPUTS[name][1]]
        assert (shown["state"], shown["version"]) == (thing.state, thing.version)
        assert set(shown["availableTransitions"]) == MOVES[thing.noun].get(thing.state, set())
        return True

    def _refused(self, thing: Thing, city: str, name: str, code: str, **given: Any) -> None:
        answer = self.world.send(city, name, id=thing.id, expectedVersion=thing.version, **given)
        assert codes(answer) == [code]

    # What must hold after each step

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        stored = {str(row["id"]): (row["state"], row["version"]) for row in self.world.rows(STORED)}
        assert stored == {t.id.partition(":")[2]: (t.state, t.version) for t in self.things}

    @invariant()
    def every_version_was_told(self) -> None:
        told = {str(key): (number, last) for key, number, last in self.world.rows(TOLD)}
        for thing in self.things:
            assert told[thing.id.partition(":")[2]] == (thing.version, thing.version)

    @invariant()
    def what_both_stand_by_counts_and_nothing_else(self) -> None:
        counted = {row["object_id"]: int(row["amount"]) for row in self.world.rows(COUNTED)}
        assert counted == {t.id: t.amount for t in self.things if t.state == "CONFIRMED"}


@pytest.fixture
def world(cluster: ClusterInfo, template: str, worker_id: str) -> Iterator[None]:
    with engine_to_walk(cluster, template, f"{worker_id}_together") as walked:
        _world.append(World(*walked))
        yield
        _world.clear()


@pytest.mark.timeout(300)
def test_walks(world: None, request: pytest.FixtureRequest) -> None:
    walk(Walk, 150 if request.config.getoption("--long") else 20, steps=30)
