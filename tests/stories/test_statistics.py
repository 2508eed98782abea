"""How many talents there are is told by the day, and of few nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.conftest import Database
from tests.make import Make
from tests.stories.test_jobs import all_due, working

STORED = "SELECT dimension, value, people FROM talent.talent_statistic"


@pytest.fixture
async def owner(fresh_database: Database) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(fresh_database.owner_url)
    yield opened
    await opened.close()


async def counted(database: Database, owner: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """The figures after they were counted anew, by dimension."""
    async with working(database) as jobs:
        await owner.execute("UPDATE ledger.job SET due_at = now()")
        assert (await all_due(jobs))["countTalents"] == 1
    found: dict[str, dict[str, Any]] = {}
    for row in await owner.fetch(STORED):
        found.setdefault(row["dimension"], {})[row["value"]] = row["people"]
    return found


async def people(make: Make, number: int, **values: Any) -> None:
    for _ in range(number):
        await make.talent(**values)


async def test_cells_are_counted_and_small_ones_are_not_told(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    division = await make.some_division("320600")
    await people(make, 12, highest_degree="MASTER", target_industries=["C", "I"])
    await people(
        make, 10, highest_degree="DOCTOR", residence=division, target_industries=["I", "I"]
    )
    await people(make, 9, highest_degree="BACHELOR", target_industries=["A"])
    await people(make, 3, target_industries=["C"])
    await people(make, 15, visibility="P4", highest_degree="NONE", target_industries=["Q"])
    for row in await owner.fetch("SELECT * FROM talent.talent WHERE highest_degree = 'MASTER'"):
        for _ in "12":
            await make.degree(talent=row, institution_territory="SG")

    found = await counted(fresh_database, owner)

    assert found["DEGREE"] == {"MASTER": 12, "DOCTOR": 10, "BACHELOR": None, "UNKNOWN": None}
    assert found["INDUSTRY"] == {"C": None, "I": 22, "A": None}, "the next smallest hides it too"
    assert found["DIVISION"] == {"320600": 10, "UNKNOWN": 24}
    assert found["TERRITORY"] == {"SG": 12}, "persons are counted, not degrees"


async def test_only_what_changed_is_told_to_followers(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    make = Make(owner)
    await people(make, 20, highest_degree="MASTER")
    await people(make, 20, highest_degree="DOCTOR")
    await counted(fresh_database, owner)
    await people(make, 1, highest_degree="MASTER")
    await owner.execute(
        "UPDATE talent.talent SET highest_degree = 'NONE' WHERE highest_degree = 'DOCTOR'"
    )

    found = await counted(fresh_database, owner)

    assert found["DEGREE"] == {"MASTER": 21, "NONE": 20}
    changes = await owner.fetch(
        "SELECT deleted, version FROM ledger.change WHERE entity = 'TalentStatistic'"
    )
    told = Counter((row["deleted"], row["version"]) for row in changes)
    assert told == {(False, 1): 4, (False, 2): 2, (True, 1): 1}
