"""From an empty database to one that can serve; every step may be repeated."""

from __future__ import annotations

import asyncio

from hub import demo, reference
from hub.app import registry
from hub.cli._database import Database
from hub.cli._reached import refuse_unusable
from hub.cli._screen import say
from hub.demo import clients, wanted
from hub.kit import data_key, migrations
from hub.settings import Settings


def prepare(settings: Settings, database: Database) -> None:
    """Tables, the project's reference data, and in demo mode people and clients."""
    asyncio.run(_prepare(settings, database.owner_url))


async def _prepare(settings: Settings, url: str) -> None:
    await refuse_unusable(url)
    chain, at = migrations.chain(), await migrations.current(url)
    if chain.mend(at):
        if chain.standing(at) != migrations.Standing.AHEAD:
            say("Migrating the database ...")
        await migrations.upgrade(url)
    await data_key.settle(url, settings.home / "keys", settings.data_key)
    await reference.load(url)
    if settings.demo:
        await _demonstrate(settings, url)


async def _demonstrate(settings: Settings, url: str) -> None:
    if not wanted.wanted(settings.home):
        say("The demonstration data was taken out; `hub demo load` brings it back.")
    elif not await demo.loaded(url):
        say("Loading demonstration data (once) ...")
        await demo.load(url)
    await clients.ensure(url, settings.home, registry().scopes)
