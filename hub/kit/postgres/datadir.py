"""Making the data directory: whole or not at all, with its roles and database.

Everything that needs a superuser happens here in single-user mode, which needs no password and no
port, while no server runs.
"""

from __future__ import annotations

import os
import shutil

from hub.kit.errors import SetupError
from hub.kit.postgres.account import Account
from hub.kit.postgres.binaries import Binaries
from hub.kit.postgres.place import Accounts, Place

DATABASE = "hub"

# The owner makes tables and, for tests, databases; the app gets what the migrations grant.
# Neither is a superuser, so row-level security and revoked rights hold for the app.
ROLES = f"""
CREATE ROLE hub_owner LOGIN CREATEDB
CREATE ROLE hub_app LOGIN
CREATE DATABASE {DATABASE} OWNER hub_owner
"""


def check(where: Place, account: Account, programs: Binaries) -> None:
    """Refuse a data directory that these programs or this account cannot use."""
    if not where.data.exists():
        return
    owner = where.data.stat().st_uid
    if owner != account.uid:
        raise SetupError(
            f"{where.data} belongs to uid {owner}; PostgreSQL would run as uid {account.uid}.",
            next_step="Run the hub as the user who made this home, or choose another --home.",
        )
    made_by = (where.data / "PG_VERSION").read_text().strip()
    if made_by != programs.version.split(".")[0]:
        raise SetupError(
            f"{where.data} was made by PostgreSQL {made_by}; here is {programs.version}.",
            next_step="Dump it with the old programs and restore it, or run pg_upgrade.",
        )


def complete(where: Place, account: Account, programs: Binaries, *, durable: bool) -> None:
    """Make what is missing: the data directory, or passwords whose file was lost."""
    if not where.data.exists():
        create(where, account, programs, durable=durable)
    if where.accounts is None:
        set_passwords(where, account, programs)


def create(where: Place, account: Account, programs: Binaries, *, durable: bool) -> None:
    """Make the data directory aside and rename it: one that exists is whole."""
    for leftover in where.root.glob("data.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh = where.root / f"data.{os.getpid()}"
    fresh.mkdir(mode=0o700)
    account.give(fresh)
    made = account.run(
        programs.program("initdb"),
        *("-D", fresh, "--username=postgres", "--encoding=UTF8", "--auth=reject"),
        # The operating system's locales differ and change; the built-in one does not, and
        # with plain C the trigram index would not know a Chinese character for a letter.
        *("--locale-provider=builtin", "--locale=C.UTF-8"),
        *(() if durable else ("--no-sync",)),
    )
    if made.returncode != 0:
        raise SetupError(
            f"initdb failed: {made.stderr.strip()}",
            next_step="Check the free disk space; `hub doctor` names the usual causes.",
        )
    _alone(fresh, account, programs, ROLES)
    fresh.rename(where.data)


def set_passwords(where: Place, account: Account, programs: Binaries) -> None:
    """Give the login roles new passwords, and keep them."""
    accounts = Accounts.generate()
    roles = vars(accounts).items()
    sql = "\n".join(f"ALTER ROLE {role} PASSWORD '{password}'" for role, password in roles)
    _alone(where.data, account, programs, sql)
    where.keep(accounts)


def _alone(data: os.PathLike[str], account: Account, programs: Binaries, sql: str) -> None:
    """Run statements, one a line, in single-user mode."""
    ran = account.run(
        programs.program("postgres"),
        *("--single", "-D", os.fspath(data), "-c", "exit_on_error=on"),
        *("-c", "log_min_error_statement=panic"),  # an error must not repeat a password
        "postgres",
        stdin=sql.strip() + "\n",
    )
    if ran.returncode != 0:
        raise SetupError(
            f"PostgreSQL could not be set up: {ran.stderr.strip()}",
            next_step="Delete this home's `postgres` directory if nothing in it is needed.",
        )
