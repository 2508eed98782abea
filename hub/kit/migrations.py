"""Alembic, asked from Python: bring a database up to date, and tell whether it is.

There is no `alembic.ini`: the only setting it would hold is a database URL, and that comes from the
hub's settings or from a test. A whole upgrade is one transaction, so a migration that fails leaves
the database as it was.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hub.kit.db import engine
from hub.kit.errors import SetupError
from hub.settings import CHECKOUT

FOLDER = CHECKOUT / "migrations"


class Standing(StrEnum):
    """How a database stands to the migrations of this code."""

    CURRENT = "ok"
    NONE = "none"
    BEHIND = "behind"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Chain:
    """The migrations of this code, by their revisions."""

    newest: str | None
    known: frozenset[str]

    def standing(self, at: str | None) -> Standing:
        """A revision that this code does not know is of a newer one: ours are never removed."""
        if at is None:
            return Standing.NONE
        if at not in self.known:
            return Standing.AHEAD
        return Standing.CURRENT if at == self.newest else Standing.BEHIND

    def told(self, at: str | None) -> str:
        """The same as a person is told, to go on after "the database is"."""
        match self.standing(at):
            case Standing.NONE:
                return f"empty; the newest migration is {self.newest}"
            case Standing.AHEAD:
                return f"newer than this code: at {at}, while the newest here is {self.newest}"
            case Standing.BEHIND:
                return f"behind this code: at {at}, while the newest here is {self.newest}"
            case Standing.CURRENT:
                return f"up to date ({at})"

    def mend(self, at: str | None) -> str | None:
        """What to do about it, None where all is well."""
        match self.standing(at):
            case Standing.AHEAD:
                return (
                    "Run the version of the hub that migrated it, or newer; going back needs the "
                    "backup of before."
                )
            case Standing.NONE | Standing.BEHIND:
                return "Run `hub db migrate`."
            case Standing.CURRENT:
                return None


def chain() -> Chain:
    """The migrations in the checkout."""
    scripts = ScriptDirectory.from_config(_config())
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return Chain(scripts.get_current_head(), known)


async def upgrade(url: str, revision: str = "head", *, views: bool = True) -> None:
    """Bring the database to a revision; hubs that start together wait for the first.

    Views are made anew, unless the tables that they read are still to be written down.
    Raises SetupError, as all here do, for a database that a newer version of the hub migrated.
    """
    await _run(url, lambda config: command.upgrade(config, revision), moves=True, views=views)


async def downgrade(url: str, revision: str) -> None:
    """Take migrations back, for developers; what they held is gone."""
    await _run(url, lambda config: command.downgrade(config, revision), moves=True)


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
            return await connection.run_sync(_current)
    finally:
        await database.dispose()


def head() -> str | None:
    """The newest revision in the checkout."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def _run(
    url: str, act: Callable[[Config], None], *, moves: bool = False, views: bool = True
) -> None:
    database = engine(url, pooled=False)

    def with_config(connection: Connection) -> None:
        _refuse_newer(_current(connection))
        config = _config()
        config.attributes |= {"connection": connection, "moves": moves, "views": views}
        act(config)

    try:
        async with database.begin() as connection:
            await connection.run_sync(with_config)
    finally:
        await database.dispose()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(at: str | None) -> None:
    """Alembic would know neither how to go on from there nor how to go back."""
    ours = chain()
    if ours.standing(at) == Standing.AHEAD:
        raise SetupError(f"The database is {ours.told(at)}.", next_step=ours.mend(at))


def _config() -> Config:
    config = Config()
    # A percent sign would be read as interpolation.
    config.set_main_option("script_location", _escaped(FOLDER))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.set_main_option("truncate_slug_length", "60")
    if formatter := shutil.which("ruff", path=Path(sys.executable).parent):
        config.set_section_option("post_write_hooks", "hooks", "fix, format")
        fix = "check --fix --quiet --ignore E501"  # long lines are the next one's
        for hook, options in (("fix", fix), ("format", "format --quiet")):
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
