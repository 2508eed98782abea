"""Every subcommand on a database that it cannot work on: a sentence, its next step, exit code 1."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from hub.kit import migrations
from tests.conftest import DATA_KEY, Database
from tests.terminal import Result, typed

COMMANDS = [
    "clients list",
    "clients show sz-hub",
    "clients suspend sz-hub",
    "clients rotate sz-hub",
    "db migrate",
    "demo load --yes",
    "demo reset",
]
NEEDING_TABLES = [command for command in COMMANDS if command.startswith("clients")]
AWAY = "postgresql://hub:secret@127.0.0.1:1/hub"


def run(command: str, home: Path, **variables: str) -> Result:
    return typed("--home", home, *command.split(), HUB_DEMO="true", **variables)


def refused(result: Result, *sentences: str) -> None:
    """It failed with these words, and with nothing that only a programmer can read."""
    assert (result.returncode, result.stdout) == (1, "")
    for sentence in (*sentences, "Next: "):
        assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert "fault of the hub's own" not in result.stderr


@pytest.fixture
def variables(fresh_database: Database) -> dict[str, str]:
    return {
        "HUB_DATABASE_URL": fresh_database.owner_url,
        "HUB_APP_DATABASE_URL": fresh_database.app_url,
        "HUB_DATA_KEY": DATA_KEY,
    }


@pytest.fixture
async def owner(fresh_database: Database) -> asyncpg.Connection:
    connection = await asyncpg.connect(fresh_database.owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("command", [*COMMANDS, "db revision park x", "serve --port 18097"])
async def test_database_of_a_newer_version_is_told(
    command: str, tmp_path: Path, owner: asyncpg.Connection, variables: dict[str, str]
) -> None:
    await owner.execute("UPDATE alembic_version SET version_num = '9999_tomorrow'")
    told = run(command, tmp_path, **variables)
    refused(told, "newer than this code: at 9999_tomorrow", "Run the version of the hub")


@pytest.mark.parametrize("command", NEEDING_TABLES)
async def test_database_that_is_behind_is_to_be_migrated(
    command: str, tmp_path: Path, owner: asyncpg.Connection, variables: dict[str, str]
) -> None:
    older = sorted(migrations.chain().known)[-2]
    await owner.execute("UPDATE alembic_version SET version_num = $1", older)
    refused(run(command, tmp_path, **variables), f"behind this code: at {older}", "hub --home")


async def test_status_and_doctor_tell_ahead_from_behind(
    tmp_path: Path, owner: asyncpg.Connection, variables: dict[str, str]
) -> None:
    older = sorted(migrations.chain().known)[-2]
    told = {}
    for revision in (older, "9999_tomorrow"):
        await owner.execute("UPDATE alembic_version SET version_num = $1", revision)
        told[revision] = [
            typed("--home", tmp_path, command, **variables).stdout
            for command in ("status", "doctor")
        ]
    assert all(f"behind this code: at {older}" in text for text in told[older])
    assert all("db migrate`" in text for text in told[older])
    assert all("newer than this code" in text for text in told["9999_tomorrow"])
    assert not any("db migrate`" in text for text in told["9999_tomorrow"])


@pytest.mark.parametrize("command", [*COMMANDS, "db shell", "serve --port 18097"])
def test_database_that_is_away_is_told_without_its_password(command: str, tmp_path: Path) -> None:
    told = run(command, tmp_path, HUB_DATABASE_URL=AWAY)
    refused(told, "The database cannot be reached", "Check HUB_DATABASE_URL")
    assert "secret" not in told.stderr


@pytest.mark.parametrize("command", [*COMMANDS, "status", "db url"])
@pytest.mark.parametrize("url", ["nonsense", "postgresql://h:port/x", "mysql://h/secret"])
def test_url_that_is_none_is_told_by_its_variable(command: str, url: str, tmp_path: Path) -> None:
    told = run(command, tmp_path, HUB_DATABASE_URL=url)
    refused(told, "HUB_DATABASE_URL is not the URL of a PostgreSQL database")
    assert "secret" not in told.stderr


@pytest.mark.parametrize("command", [*COMMANDS, "db url", "db shell"])
def test_home_without_a_hub_is_told_and_not_made(command: str, tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    refused(run(command, home), f"There is no hub in {home}.", f"`hub --home {home} up`")
    assert not home.exists()


@pytest.mark.parametrize("command", ["clients list", "db url", "clients token suzhou"])
def test_home_that_is_a_file_is_told(command: str, tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.touch()
    refused(run(command, home))
    assert typed("--home", home, "status").returncode == 3
    assert list(tmp_path.iterdir()) == [home]
