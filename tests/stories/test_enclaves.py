"""Story 23: two cities agree on an enclave and run it; what it brings counts once both say so."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.conftest import Database
from tests.make import Make
from tests.stories.bookings import codes
from tests.stories.cooperation import (
    PROPOSAL,
    done,
    enclave_at_work,
    finding,
    send,
    sides,
)
from tests.stories.test_races import TRIES, Scene, scene_of
from tests.town import SHANGHAI, SUZHOU, Caller, Enter, the_id

C17 = """
    query { commitments(year: 2026, first: 1, filter: {key: "C17"}) { edges { node {
        value evidence(first: 100) { edges { node {
            objectId amount sharedWith enclaveResult { id } } } } } } } }
"""


async def count(caller: Caller) -> tuple[int, dict[str, Any]]:
    """The number of C17, and its evidence by the object's id."""
    [edge] = (await caller.ask(C17))["edges"]
    found = {one["node"]["objectId"]: one["node"] for one in edge["node"]["evidence"]["edges"]}
    return int(edge["node"]["value"]), found


async def test_a_result_counts_once_the_other_city_confirms_it(enter: Enter, make: Make) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    assert (enclave["host"]["code"], enclave["home"]["code"]) == (SUZHOU, "320600")
    before, _ = await count(nantong)

    result = await done(nantong, "reportEnclaveResult", **finding(enclave, SUZHOU))
    assert result["state"] == "PENDING"
    assert (await count(nantong))[0] == before

    confirmed = await done(suzhou, "confirmResult", result)

    assert (confirmed["state"], confirmed["confirmedBy"]["code"]) == ("CONFIRMED", SUZHOU)
    after, evidence = await count(nantong)
    assert after == before + 3
    shown = evidence[result["id"]]
    assert (shown["amount"], shown["sharedWith"]) == ("3", [SUZHOU])
    assert shown["enclaveResult"] == {"id": result["id"]}
    assert (await count(suzhou))[0] == after, "both cities see the same number"
    shares = {
        one["node"]["city"]["code"]: (one["node"]["share"], one["node"]["sharedWith"])
        for one in confirmed["shares"]["edges"]
    }
    assert shares == {"320600": ("0.4", [SUZHOU]), SUZHOU: ("0.6", ["320600"])}


async def test_each_side_does_its_own_part(enter: Enter, make: Make) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    proposed = await done(nantong, "proposeEnclave", partner=SUZHOU, host=SUZHOU, **PROPOSAL)
    assert codes(await send(nantong, "acceptEnclave", proposed)) == ["OUT_OF_BOUNDS"]
    early = await send(nantong, "activateEnclave", proposed)
    assert codes(early) == ["ILLEGAL_TRANSITION"]
    assert early["userErrors"][0]["details"]["available"] == ["AGREED"]
    assert early["userErrors"][0]["messageZh"] == ("当前状态为“已提议”,不能变为“运行”;可选:已达成")
    unready = await send(nantong, "reportEnclaveResult", **finding(proposed, SUZHOU))
    assert codes(unready) == ["ILLEGAL_TRANSITION"]
    agreed = await done(suzhou, "acceptEnclave", proposed)
    assert codes(await send(suzhou, "acceptEnclave", {**agreed, "version": 1})) == []
    assert codes(await send(suzhou, "activateEnclave", {**agreed, "version": 1})) == ["CONFLICT"]
    active = await done(suzhou, "activateEnclave", agreed)
    result = await done(suzhou, "reportEnclaveResult", **finding(active, SUZHOU))
    assert codes(await send(suzhou, "confirmResult", result)) == ["OUT_OF_BOUNDS"]
    paused = await done(nantong, "pauseEnclave", active)
    closed = await done(nantong, "closeEnclave", paused)
    assert (closed["state"], closed["availableTransitions"]) == ("CLOSED", [])
    assert (await done(nantong, "confirmResult", result))["state"] == "CONFIRMED"


async def test_a_dispute_is_settled_by_a_new_statement(enter: Enter, make: Make) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    before, _ = await count(nantong)
    result = await done(nantong, "reportEnclaveResult", **finding(enclave, SUZHOU))
    disputed = await done(suzhou, "disputeResult", result, reason="Two of them are ours alone.")
    assert (disputed["state"], disputed["dispute"]) == ("DISPUTED", "Two of them are ours alone.")
    assert codes(await send(suzhou, "confirmResult", disputed)) == ["ILLEGAL_TRANSITION"]
    one = {"count": 1, "attribution": [{"city": "320600", "share": "1"}]}
    assert codes(await send(suzhou, "restateResult", disputed, **one)) == ["OUT_OF_BOUNDS"]
    restated = await done(nantong, "restateResult", disputed, **one)
    assert (restated["state"], restated["amount"]) == ("PENDING", 1)
    assert len(restated["shares"]["edges"]) == 1
    await done(suzhou, "confirmResult", restated)
    assert (await count(nantong))[0] == before + 1


async def test_what_is_not_nantongs_does_not_count_for_it(enter: Enter, make: Make) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    before, _ = await count(nantong)
    theirs = finding(enclave, SUZHOU, attribution=[{"city": SUZHOU, "share": "1"}])
    result = await done(nantong, "reportEnclaveResult", **theirs)
    await done(suzhou, "confirmResult", result)
    assert (await count(nantong))[0] == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": 0}, ["count"]),
        ({"achievedOn": "2090-01-01"}, ["achievedOn"]),
        ({"note": "x" * 501}, ["note"]),
        ({"attribution": []}, ["attribution"]),
        ({"attribution": [{"city": "320600", "share": "0.9"}]}, ["attribution"]),
        ({"attribution": [{"city": SHANGHAI, "share": "1"}]}, ["attribution"]),
        ({"attribution": [{"city": "320600", "share": "0.5"}] * 2}, ["attribution"]),
    ],
)
async def test_a_result_that_cannot_be(
    enter: Enter, make: Make, wrong: dict[str, Any], field: list[str]
) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    refused = await send(nantong, "reportEnclaveResult", **finding(enclave, SUZHOU, **wrong))
    assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [("INVALID", field)]
    assert refused["userErrors"][0]["messageZh"]
    assert refused["userErrors"][0]["nextStep"]


async def test_another_city_neither_sees_nor_changes_it(enter: Enter, make: Make) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    _, shanghai = await sides(enter, make, SHANGHAI)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    assert codes(await send(shanghai, "pauseEnclave", enclave)) == ["NOT_FOUND"]
    foreign = await send(shanghai, "proposeEnclave", partner=SUZHOU, host=SUZHOU, **PROPOSAL)
    assert codes(foreign) == ["OUT_OF_BOUNDS"]
    nowhere = await send(nantong, "proposeEnclave", partner=SUZHOU, host=SHANGHAI, **PROPOSAL)
    assert codes(nowhere) == ["INVALID"]
    unknown = await send(nantong, "proposeEnclave", partner="999999", host="320600", **PROPOSAL)
    assert codes(unknown) == ["NOT_FOUND"]


async def test_it_rests_on_an_agreement_of_its_own_two_cities(enter: Enter, make: Make) -> None:
    nantong, _ = await sides(enter, make, SUZHOU)
    await sides(enter, make, SHANGHAI)
    own = await make.agreement(partner={"code": SUZHOU}, kind="CITY")
    foreign = await make.agreement(partner={"code": SHANGHAI}, kind="CITY")
    about = {"partner": SUZHOU, "host": "320600", **PROPOSAL}
    refused = await send(
        nantong, "proposeEnclave", **about, agreementId=the_id("Agreement", foreign)
    )
    assert codes(refused) == ["NOT_FOUND"]
    made = await done(nantong, "proposeEnclave", **about, agreementId=the_id("Agreement", own))
    assert made["host"]["code"] == "320600"


async def test_sent_twice_it_is_reported_once(
    enter: Enter, make: Make, owner: asyncpg.Connection
) -> None:
    nantong, suzhou = await sides(enter, make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    sent = finding(enclave, SUZHOU, idempotencyKey="once")
    first = await done(nantong, "reportEnclaveResult", **sent)
    assert (await done(nantong, "reportEnclaveResult", **sent))["id"] == first["id"]
    other = await send(nantong, "reportEnclaveResult", **{**sent, "count": 4})
    assert codes(other) == ["IDEMPOTENCY_MISMATCH"]
    changes = await owner.fetch(
        "SELECT entity, count(*) FROM ledger.change JOIN ("
        " SELECT operation AS wanted FROM ledger.change WHERE object = $1) AS own"
        " ON operation = wanted GROUP BY 1 ORDER BY 1",
        first["id"].partition(":")[2],
    )
    assert [tuple(row) for row in changes] == [("EnclaveResult", 1), ("EnclaveShare", 2)]


# Both sides at once


async def race(scene: Scene) -> tuple[Counter[str], int, int]:
    """Both cities confirm and dispute one result at once, ten times each; what came of it.

    Told are the answers, the version in the end, and how many change rows the result has.
    """
    nantong, suzhou = await sides(scene.enter, scene.make, SUZHOU)
    enclave = await enclave_at_work(nantong, suzhou, SUZHOU)
    result = await done(nantong, "reportEnclaveResult", **finding(enclave, SUZHOU))
    calls = [
        call
        for _ in range(10)
        for call in (
            send(nantong, "confirmResult", result),
            send(suzhou, "confirmResult", result),
            send(suzhou, "disputeResult", result, reason="It is not so."),
        )
    ]
    answers = await asyncio.gather(*calls)
    told = Counter((codes(answer) or ["done"])[0] for answer in answers)
    key = result["id"].partition(":")[2]
    version = await scene.owner.fetchval(
        "SELECT version FROM cooperation.enclave_result WHERE id = $1", key
    )
    changes = await scene.owner.fetchval(
        "SELECT count(*) FROM ledger.change WHERE object = $1", key
    )
    return told, version, changes


async def test_of_both_sides_at_once_one_comes_true(
    scratch: Database,  # the fixture
    tmp_path: Path,
) -> None:
    """Whoever reported it is refused; of the other's confirmations and disputes one holds."""
    async with scene_of(scratch, tmp_path) as scene:
        told, version, changes = await race(scene)
        assert (version, changes) == (2, 2)
        assert told["OUT_OF_BOUNDS"] + told["CONFLICT"] == 20
        assert told["done"] == 10, "the same move sent again is no second one"


async def test_without_the_lock_a_result_is_confirmed_and_disputed(
    scratch: Database,  # the fixture
    tmp_path: Path,
    unlocked: None,  # the fixture
) -> None:
    """Nor the constraint by which a result that is not confirmed names nobody who did so."""
    name = "ck_enclave_result_confirmed_by_a_city"
    without = f"ALTER TABLE cooperation.enclave_result DROP CONSTRAINT {name}"
    async with scene_of(scratch, tmp_path, without) as scene:
        for _ in range(4 * TRIES):  # nobody is overtaken for long on a machine that is busy
            _, version, _ = await race(scene)
            if version > 2:
                return
    pytest.fail("nobody was overtaken")
