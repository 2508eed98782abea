"""One data key for a database, for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from hub.kit import data_key
from hub.kit.errors import SetupError
from tests.conftest import Database

OTHER = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE"


async def settle(database: Database, directory: Path, setting: str | None = None) -> str:
    return (await data_key.settle(database.owner_url, directory, setting)).fingerprint


def files(directory: Path) -> list[str]:
    return [file.name for file in directory.iterdir()]


async def test_first_key_is_made_and_noted(keyless: Database, tmp_path: Path) -> None:
    first = await settle(keyless, tmp_path)
    assert await settle(keyless, tmp_path) == first
    assert files(tmp_path) == ["data.key"]


async def test_many_who_start_at_once_take_one_key(keyless: Database, tmp_path: Path) -> None:
    """Each with a home of its own: the key that is noted first is the only one."""
    homes = [tmp_path / str(number) for number in range(8)]
    found = await asyncio.gather(*(settle(keyless, home) for home in homes), return_exceptions=True)
    assert [type(each) for each in found].count(str) == 1
    assert [type(each) for each in found].count(SetupError) == 7


async def test_lost_key_is_told_and_no_other_is_made(keyless: Database, tmp_path: Path) -> None:
    await settle(keyless, tmp_path)
    (tmp_path / "data.key").unlink()
    with pytest.raises(SetupError, match="is missing"):
        await settle(keyless, tmp_path)
    assert files(tmp_path) == []


async def test_another_key_is_refused(keyless: Database, tmp_path: Path) -> None:
    await settle(keyless, tmp_path)
    with pytest.raises(SetupError, match="is not the one"):
        await settle(keyless, tmp_path, OTHER)


async def test_app_may_look_and_not_change(keyless: Database, tmp_path: Path) -> None:
    fingerprint = await settle(keyless, tmp_path)
    app = await asyncpg.connect(keyless.app_url)
    try:
        assert await app.fetchval("SELECT fingerprint FROM public.data_key") == fingerprint
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("DELETE FROM public.data_key")
    finally:
        await app.close()
