"""What the city promised is read live: all twenty, each with what was counted, or with why not.

On the demonstration data, through HTTP, with tokens of a department and of a partner city.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub import demo
from hub.kit.crypto import Sealer
from hub.kit.postgres import ClusterInfo
from hub.model.types import CITY_TIME
from tests.conftest import DATA_KEY, Database, clone, execute
from tests.stories.bookings import codes
from tests.stories.cooperation import SCOPES, done, finding, send
from tests.town import SUZHOU, Caller, Enter, hub_on

SEALER = Sealer(urlsafe_b64decode(DATA_KEY + "="))
ALL = """
    query ($year: Int) { commitments(year: $year, first: 20) { totalCount edges { node {
        key year value status reason reasonZh reasonEn valuedBy
        evidence(first: 100) { totalCount edges { node {
            objectId year amount sharedWith } } } } } } }
"""
ENCLAVE = """
    query { enclaves(first: 1, filter: {state: ACTIVE, partner: "320500"}) {
        edges { node { id } } } }
"""


@pytest.fixture(scope="module")
async def demonstration(cluster: ClusterInfo, template: str) -> AsyncIterator[Database]:
    """A database with the demonstration data, as `up` loads it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = await clone(cluster, template, f"{worker}_promises")
    assert await demo.load(database.owner_url, talents=200, sealer=SEALER)
    yield database
    await execute(cluster, f"DROP DATABASE {database.name} WITH (FORCE)")


@pytest.fixture
async def both(demonstration: Database, tmp_path: Path) -> AsyncIterator[tuple[Caller, Caller]]:
    """A department of Nantong and the system of Suzhou, at a hub over that database."""
    with hub_on(demonstration, tmp_path) as url:
        entering = Enter(demonstration, url)
        yield (
            await entering("DEPARTMENT", *SCOPES, departments=["nt-rsj"]),
            await entering("PARTNER", *SCOPES, partner=SUZHOU, purposes=["JOB_MATCHING"]),
        )
        await entering.close()


def today() -> Any:
    return datetime.now(CITY_TIME).date()


async def all_of_this_year(caller: Caller) -> dict[str, Any]:
    """Every commitment of the running year, by its key."""
    found = await caller.ask(ALL, year=today().year)
    assert found["totalCount"] == 20
    return {edge["node"]["key"]: edge["node"] for edge in found["edges"]}


def objects(commitment: Any) -> dict[str, Any]:
    """The objects counted, by their ids."""
    return {edge["node"]["objectId"]: edge["node"] for edge in commitment["evidence"]["edges"]}


async def test_all_twenty_are_answered_each_counted_or_with_its_reason(
    both: tuple[Caller, Caller],
) -> None:
    nantong, suzhou = both
    found = await all_of_this_year(nantong)

    assert list(found) == [f"C{number:02d}" for number in range(1, 21)]
    for commitment in found.values():
        assert commitment["year"] == today().year
        if commitment["status"] == "NOT_MEASURABLE":
            assert all(commitment[name] for name in ("reason", "reasonZh", "reasonEn"))
        else:
            assert commitment["value"] is not None
            assert (commitment["reason"], commitment["reasonZh"]) == (None, None)
        counted = objects(commitment)
        assert commitment["evidence"]["totalCount"] >= len(counted)
        if commitment["valuedBy"] == "SUM" and commitment["evidence"]["totalCount"] <= 100:
            amounts = [Decimal(each["amount"]) for each in counted.values()]
            assert Decimal(commitment["value"] or 0) == sum(amounts)
    with_objects = {key for key, each in found.items() if each["evidence"]["totalCount"]}
    assert {"C17"} < with_objects, "the enclaves' results, and others"
    assert await all_of_this_year(suzhou) == found, "a partner city sees the same"


async def test_a_confirmed_result_changes_the_number_at_once(both: tuple[Caller, Caller]) -> None:
    nantong, suzhou = both
    [edge] = (await nantong.ask(ENCLAVE))["edges"]
    before = await all_of_this_year(nantong)

    given = finding(edge["node"], SUZHOU, achievedOn=today().isoformat())
    result = await done(nantong, "reportEnclaveResult", **given)
    assert await all_of_this_year(nantong) == before, "what one city says counts for nothing yet"
    refused = await send(nantong, "confirmResult", result)
    assert codes(refused) == ["OUT_OF_BOUNDS"], "nobody confirms what she reported herself"
    assert await all_of_this_year(nantong) == before

    await done(suzhou, "confirmResult", result)

    after = await all_of_this_year(nantong)
    assert Decimal(after["C17"]["value"]) == Decimal(before["C17"]["value"]) + 3
    [new] = objects(after["C17"]).keys() - objects(before["C17"]).keys()
    assert new == result["id"]
    assert objects(after["C17"])[new]["sharedWith"] == [SUZHOU]
    others = before.keys() - {"C17"}
    assert {key: after[key] for key in others} == {key: before[key] for key in others}


async def test_a_year_without_promises_has_none(both: tuple[Caller, Caller]) -> None:
    nantong, _ = both
    for year in (2024, today().year + 1):
        assert (await nantong.ask(ALL, year=year))["totalCount"] == 0
