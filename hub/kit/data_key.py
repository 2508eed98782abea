"""The data key that belongs to a database, by a fingerprint kept in it.

A database with sealed fields is worth nothing without its key, and worse with another one: new
values would be sealed so that no single key opens all. So the first key is noted in the database
(`public.data_key`, one row, an HMAC that tells nothing of the key), and from then on no other is
made or taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import asyncpg

from hub.kit import crypto
from hub.kit.crypto import Sealer
from hub.kit.db import plain_url
from hub.kit.errors import SetupError

_NOTED = "SELECT fingerprint FROM public.data_key"
_NOTE = "INSERT INTO public.data_key (fingerprint) VALUES ($1) ON CONFLICT DO NOTHING"


class Fetches(Protocol):
    """A connection or a pool."""

    async def fetchval(self, query: str) -> str | None: ...


async def settle(owner_url: str, directory: Path, setting: str | None) -> Sealer:
    """The database's key; one that has none gets the setting's, the directory's or a new one.

    Raises SetupError as `check` does, and when the database's key is not here.
    """
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        if await connection.fetchval(_NOTED) is None:
            if not setting:
                crypto.make(directory)
            await connection.execute(_NOTE, crypto.load(directory, setting).fingerprint)
        sealer = crypto.load(directory, setting)
        await check(connection, sealer)
        return sealer
    finally:
        await connection.close()


async def check(database: Fetches, sealer: Sealer) -> None:
    """Raises SetupError when the database has another key, or none yet."""
    noted = await database.fetchval(_NOTED)
    if noted is None:
        raise SetupError(
            "The database has no data key yet.", next_step="Run `./run hub db migrate`."
        )
    if noted != sealer.fingerprint:
        raise SetupError(
            "The data key is not the one that the database's fields were sealed with.",
            next_step="Restore keys/data.key (or HUB_DATA_KEY) from the backup of this database.",
        )
