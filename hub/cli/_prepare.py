"""From an empty database to one that can serve; every step may be repeated."""

from __future__ import annotations

import asyncio

from hub import demo, reference
from hub.cli import _dbcheck
from hub.cli._database import Database
from hub.cli._screen import screen
from hub.demo import clients
from hub.kit import data_key, migrations
from hub.kit.errors import SetupError
from hub.settings import Settings


def prepare(settings: Settings, database: Database) -> None:
    """Tables, the project's reference data, and in demo mode people and clients."""
    asyncio.run(_prepare(settings, database.owner_url))


async def _prepare(settings: Settings, url: str) -> None:
    await _check(url)
    if await migrations.current(url) != migrations.head():
        screen.print("Migrating the database ...")
        await migrations.upgrade(url)
    await data_key.settle(url, settings.home / "keys", settings.data_key)
    await reference.load(url)
    if settings.demo:
        if not await demo.loaded(url):
            screen.print("Loading demonstration data (once) ...")
            await demo.load(url)
        await clients.ensure(url, settings.home)


async def _check(url: str) -> None:
    """Refuse in a sentence a server that is away or too old, before a migration stumbles on it."""
    finding = await _dbcheck.reached(url)
    if finding.mend:
        raise SetupError(f"The database: {finding.fact}.", next_step=finding.mend)
