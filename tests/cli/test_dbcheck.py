"""What `hub doctor` finds in a database; the whole command is in test_up."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from hub.cli import _dbcheck
from hub.cli._database import Database as Named
from hub.cli._finding import Finding
from hub.kit.postgres import Cluster
from hub.settings import Settings
from tests.conftest import DATA_KEY, Database


@pytest.fixture
async def owner(fresh_database: Database) -> asyncpg.Connection:
    connection = await asyncpg.connect(fresh_database.owner_url)
    yield connection
    await connection.close()


async def found(
    database: Database, home: Path, data_key: str | None = DATA_KEY
) -> dict[str, Finding]:
    settings = Settings(
        home=home,
        database_url=database.owner_url,
        app_database_url=database.app_url,
        data_key=data_key,
    )
    return {each.subject: each for each in await _dbcheck.findings(settings)}


async def test_all_is_well_when_it_is(fresh_database: Database, tmp_path: Path) -> None:
    findings = await found(fresh_database, tmp_path)
    assert [each.subject for each in findings.values() if each.mend] == []
    assert set(findings) == {"version", "clocks", "migrations", "roles", "data key", "ledger"}


async def test_table_that_the_app_cannot_read_is_named(
    fresh_database: Database, owner: asyncpg.Connection
) -> None:
    await owner.execute("REVOKE ALL ON park.zone FROM hub_app")
    named = Named(fresh_database.owner_url, fresh_database.app_url)
    finding = await _dbcheck.app_role(named)
    assert finding.fault
    assert finding.fact == "the app's role hub_app cannot read park.zone"


async def test_lost_data_key_is_a_fault(fresh_database: Database, tmp_path: Path) -> None:
    finding = (await found(fresh_database, tmp_path, data_key=None))["data key"]
    assert finding.fault
    assert "is missing" in finding.fact


def test_lost_data_key_is_a_fault_while_the_database_is_down(home: Path) -> None:
    cluster = Cluster(home, durable=False)
    cluster.start()
    cluster.stop()
    found = {each.subject: each for each in _dbcheck.embedded(Settings(home=home))}
    assert found["server"].fact.startswith("down")
    assert found["data key"].fault
