"""Whether the server that a database's URL leads to answers, and is one that the hub can use."""

from __future__ import annotations

import asyncio

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.cli._finding import Finding
from hub.kit.db import engine, unwrapped
from hub.kit.errors import SetupError

OLDEST_SERVER = 180000
CONNECT_SECONDS = 10
FAULTS = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def reached(url: str) -> Finding:
    """The server if it answers; why not, if it does not."""
    database = engine(url, pooled=False)
    try:
        async with asyncio.timeout(CONNECT_SECONDS), database.connect() as connection:
            return await server(connection)
    except TimeoutError:
        fact = f"does not answer within {CONNECT_SECONDS} seconds"
    except FAULTS as error:
        fact = f"cannot be reached: {reason(error)}"
    finally:
        await database.dispose()
    return Finding("server", fact, "Check HUB_DATABASE_URL and the server's log.")


async def refuse_unusable(url: str) -> None:
    """Say in a sentence that a server is away or too old, before anything stumbles on it."""
    finding = await reached(url)
    if finding.mend:
        raise SetupError(f"The database {finding.fact}.", next_step=finding.mend)


def reason(error: BaseException) -> str:
    """The driver's own words; SQLAlchemy's are long and name the statement."""
    cause = unwrapped(error)
    return str(cause) or type(cause).__name__


async def server(connection: AsyncConnection) -> Finding:
    row = (
        await connection.execute(
            text(
                "SELECT current_setting('server_version_num')::int, "
                "current_setting('server_version'), current_setting('server_encoding')"
            )
        )
    ).one()
    number, version, encoding = row
    if number < OLDEST_SERVER:
        return Finding(
            "version", f"is PostgreSQL {version}", "The hub needs PostgreSQL 18 or newer."
        )
    if encoding != "UTF8":
        return Finding(
            "version", f"has the encoding {encoding}", "Make the database with encoding UTF8."
        )
    return Finding("version", f"PostgreSQL {version}, {encoding}")
