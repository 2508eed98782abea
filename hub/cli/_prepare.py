"""From an empty database to one that can serve; every step may be repeated."""

from __future__ import annotations

import asyncio

from hub import reference
from hub.cli._database import Database
from hub.cli._screen import screen
from hub.demo import people
from hub.identity import demo as clients
from hub.kit import migrations
from hub.settings import Settings

TALENTS = 2_000
SEED = 1


def prepare(settings: Settings, database: Database) -> None:
    """Tables, the project's reference data, and in demo mode people and clients."""
    asyncio.run(_prepare(settings, database))


async def _prepare(settings: Settings, database: Database) -> None:
    url = database.owner_url
    if await migrations.current(url) != migrations.head():
        screen.print("Migrating the database ...")
        await migrations.upgrade(url)
    await reference.load(url)
    if settings.demo:
        await people.load(url, talents=TALENTS, seed=SEED)
        await clients.ensure(url, settings.home)
