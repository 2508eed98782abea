"""What went wrong, as a sentence with its next step, whatever it was.

a HubError                  raised on purpose, says it all
ValidationError             a setting; named by its variable and its option
the driver's, SQLAlchemy's  the database, in the driver's own words
OSError                     a file or a port
anything else               a fault of the hub's own
"""

from __future__ import annotations

import asyncpg
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from hub.cli import _calling
from hub.kit.db import unwrapped
from hub.kit.errors import HubError, SetupError
from hub.settings import PREFIX

_AWAY = (ConnectionError, TimeoutError, asyncpg.PostgresConnectionError)
_OTHER_TABLES = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)


def told(error: Exception) -> HubError:
    """The error for a person at a terminal."""
    match unwrapped(error):
        case HubError() as ours:
            return ours
        case ValidationError() as fault:
            return SetupError(_settings(fault), next_step="Correct it, then ask again.")
        case asyncpg.PostgresError() as fault if isinstance(fault, _OTHER_TABLES):
            return SetupError(
                f"The database lacks what this code asks of it: {fault}.",
                next_step="`hub doctor` says which migrations it has.",
            )
        case fault if isinstance(
            fault, (*_AWAY, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
        ):
            return SetupError(
                f"The database: {str(fault) or type(fault).__name__}.",
                next_step="`hub doctor` looks at it; its log says more.",
            )
        case OSError() as fault if fault.strerror:
            what = f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror
            return SetupError(f"{what}.", next_step="`hub doctor` names the usual causes.")
        case fault:
            return HubError(
                f"A fault of the hub's own: {type(fault).__name__}: {fault}",
                next_step="Ask again with HUB_LOG_LEVEL=debug to see where, and report that.",
            )


def _settings(error: ValidationError) -> str:
    """What is wrong with which setting, by the names that a person may have given it."""
    lines = ["A setting is not as it must be."]
    for fault in error.errors():
        # Defaults made from a faulty setting fail after it, and say nothing new.
        if fault["type"] == "default_factory_not_called":
            continue
        setting = "_".join(str(part) for part in fault["loc"])
        name, option = PREFIX + setting.upper(), f"--{setting.replace('_', '-')}"
        if _calling.given(option) is not None:
            name = f"{option} ({name})"
        lines.append(f"  {name} = {fault['input']!r}: {fault['msg']}")
    return "\n".join(lines)
