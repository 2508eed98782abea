"""`hub demo`: loads when it may, replaces when it is told to, and takes out for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from hub.cli import _database, _prepare, _running
from hub.demo import wanted
from hub.settings import Settings
from tests.conftest import DATA_KEY, Database
from tests.terminal import Result, typed

Hub = Callable[..., Result]


@pytest.fixture
def variables(fresh_database: Database, tmp_path: Path) -> dict[str, str]:
    return {
        "HUB_HOME": str(tmp_path),
        "HUB_DATABASE_URL": fresh_database.owner_url,
        "HUB_APP_DATABASE_URL": fresh_database.app_url,
        "HUB_DATA_KEY": DATA_KEY,
    }


@pytest.fixture
def hub(variables: dict[str, str]) -> Hub:
    return lambda *words, **more: typed("demo", *words, **{**variables, **more})


@pytest.fixture
async def owner(fresh_database: Database) -> asyncpg.Connection:
    connection = await asyncpg.connect(fresh_database.owner_url)
    yield connection
    await connection.close()


async def talents(owner: asyncpg.Connection) -> int:
    return int(await owner.fetchval("SELECT count(*) FROM talent.talent"))


async def test_load_replaces_what_is_there_only_when_told(
    hub: Hub, owner: asyncpg.Connection
) -> None:
    first = hub("load", "--talents", "50", HUB_DEMO="true")
    assert (first.returncode, first.stdout.split()[0]) == (0, "50")
    assert await talents(owner) == 50

    refused = hub("load", "--talents", "60", HUB_DEMO="true")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "There is demonstration data already" in refused.stderr
    assert "`hub demo load --yes`" in refused.stderr
    assert await talents(owner) == 50

    assert hub("load", "--talents", "60", "--yes", HUB_DEMO="true").returncode == 0
    assert await talents(owner) == 60


async def test_options_alone_load_and_nothing_alone_helps(
    hub: Hub, owner: asyncpg.Connection
) -> None:
    assert "load" in hub(HUB_DEMO="true").stdout
    assert hub("--talents", "50", "reset", HUB_DEMO="true").returncode == 2
    assert await talents(owner) == 0

    assert hub("--talents", "50", HUB_DEMO="true").returncode == 0

    assert await talents(owner) == 50


async def test_outside_demo_mode_nothing_is_loaded(
    hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    off = hub("load", HUB_DEMO="false")
    never_started = hub("load")
    with _running.holding(tmp_path, "http://127.0.0.1:1", demo=False):
        started_without = hub("load")

    assert [one.returncode for one in (off, never_started, started_without)] == [1, 1, 1]
    assert "Demo mode is off (HUB_DEMO)" in off.stderr
    assert "was not started in demo mode" in never_started.stderr + started_without.stderr
    assert await talents(owner) == 0


async def test_hub_that_was_started_in_demo_mode_needs_no_variable(
    hub: Hub, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    with _running.holding(tmp_path, "http://127.0.0.1:1", demo=True):
        pass
    assert hub("load", "--talents", "50").returncode == 0
    assert await talents(owner) == 50


async def test_what_was_taken_out_stays_out_when_the_hub_starts_again(
    hub: Hub, owner: asyncpg.Connection, variables: dict[str, str], tmp_path: Path
) -> None:
    hub("load", "--talents", "50", HUB_DEMO="true")
    assert "stays so" in hub("reset").stdout
    await start(variables, tmp_path)
    assert await talents(owner) == 0
    promised = " ".join(hub("reset", "--help").stdout.split())
    assert "`hub up` loads none until `hub demo load`" in promised

    hub("load", "--talents", "50", HUB_DEMO="true")
    assert wanted.wanted(tmp_path)
    await start(variables, tmp_path)
    assert await talents(owner) == 50


async def start(variables: dict[str, str], home: Path) -> None:
    """What `hub up` does before it serves, in demo mode."""
    settings = Settings(
        home=home,
        demo=True,
        database_url=variables["HUB_DATABASE_URL"],
        app_database_url=variables["HUB_APP_DATABASE_URL"],
        data_key=DATA_KEY,
    )
    database = _database.configured(settings)
    assert database is not None
    await asyncio.to_thread(_prepare.prepare, settings, database)
