"""Alembic, asked from Python: bring a database up to date, and tell whether it is.

There is no `alembic.ini`: the only setting it would hold is a database URL, and that comes from the
hub's settings or from a test. A whole upgrade is one transaction, so a migration that fails leaves
the database as it was.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hub.kit.db import engine
from hub.settings import CHECKOUT

FOLDER = CHECKOUT / "migrations"


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; hubs that start together wait for the first."""
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take migrations back, for developers; what they held is gone."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def revise(url: str, room: str, what: str) -> None:
    """Write a migration for what the rooms declare and the database does not have yet."""
    message = f"{room} {what}"

    def write(config: Config) -> None:
        command.revision(config, message=message, rev_id=_revision_id(room), autogenerate=True)

    await _run(url, write)


async def current(url: str) -> str | None:
    """The revision that the database is at, None when nothing was migrated."""
    database = engine(url, pooled=False)
    try:
        async with database.connect() as connection:
            return await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await database.dispose()


def head() -> str | None:
    """The newest revision in the checkout."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def _run(url: str, act: Callable[[Config], None]) -> None:
    database = engine(url, pooled=False)

    def with_config(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        act(config)

    try:
        async with database.begin() as connection:
            await connection.run_sync(with_config)
    finally:
        await database.dispose()


def _config() -> Config:
    config = Config()
    # A percent sign would be read as interpolation.
    config.set_main_option("script_location", _escaped(FOLDER))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.set_main_option("truncate_slug_length", "60")
    if formatter := shutil.which("ruff", path=Path(sys.executable).parent):
        config.set_section_option("post_write_hooks", "hooks", "fix, format")
        for hook, options in (("fix", "check --fix --quiet"), ("format", "format --quiet")):
            config.set_section_option("post_write_hooks", f"{hook}.type", "exec")
            config.set_section_option("post_write_hooks", f"{hook}.executable", _escaped(formatter))
            config.set_section_option(
                "post_write_hooks", f"{hook}.options", f"{options} REVISION_SCRIPT_FILENAME"
            )
    return config


def _escaped(path: Path | str) -> str:
    return str(path).replace("%", "%%")


def _revision_id(room: str) -> str:
    """Readable and unique: how many there are, and the room (`0007_park`)."""
    count = len(list(ScriptDirectory.from_config(_config()).walk_revisions()))
    return f"{count + 1:04d}_{room}"
