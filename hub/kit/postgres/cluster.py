"""One PostgreSQL server for one home: made at the first start, reused while it runs.

Nothing here trusts that the last run ended well. A data directory that exists is whole; passwords
that were lost are set anew; a server that runs already is used as it is; one that was killed is
cleared away and recovers from its own log.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from hub.kit.errors import SetupError
from hub.kit.postgres import binaries, config, datadir, place, process
from hub.kit.postgres.account import Account, server_account
from hub.kit.postgres.binaries import Binaries
from hub.kit.postgres.place import Accounts, Place

START_SECONDS = 300  # recovery after a crash may have much to replay
STOP_SECONDS = 60
PORT_ATTEMPTS = 5
LOG_BYTES = 10_000_000

# Servers that this process started, by pid: they outlive the `Cluster` that started them, and
# somebody has to reap them when they end.
CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class ClusterInfo:
    """A server that runs: how to reach it and where its things are."""

    pid: int
    port: int
    data: Path
    log: Path
    accounts: Accounts = field(repr=False)

    def url(self, role: str, password: str, database: str = datadir.DATABASE) -> str:
        return f"postgresql://{role}:{password}@{config.HOST}:{self.port}/{database}"

    @property
    def owner_url(self) -> str:
        """For migrations and loading: owns the tables."""
        return self.url("hub_owner", self.accounts.hub_owner)

    @property
    def app_url(self) -> str:
        """For serving: has the rights that the migrations grant, and no more."""
        return self.url("hub_app", self.accounts.hub_app)

    @property
    def admin_url(self) -> str:
        """For an operator's own hands only; nothing in the hub uses it."""
        return self.url("postgres", self.accounts.postgres)


class Cluster:
    """The embedded server of a home."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self._pid = 0

    def start(self) -> ClusterInfo:
        """Make sure that the server runs, and say how to reach it."""
        account = server_account()
        where = place.prepare(self.home, account)
        with place.locked(self.home):
            programs = binaries.find(account, where.root)
            datadir.check(where, account, programs)
            self._ensure(where, account, programs)
            return known(where, account)

    def status(self) -> ClusterInfo | None:
        """The server if it runs, else None; changes nothing."""
        where = place.known(self.home)
        return info(where, server_account()) if where else None

    def alive(self) -> bool:
        """Whether the server still runs; cheap for one that we started, so ask often."""
        child = CHILDREN.get(self._pid)
        return self.status() is not None if child is None else child.poll() is None

    def stop(self) -> bool:
        """Shut the server down, whoever started it; False when none was running."""
        where = place.known(self.home)
        if where is None:
            return False
        with place.locked(self.home):
            return self._stop(where, server_account())

    def remove(self) -> None:
        """Stop the server and delete its data for good."""
        self.stop()
        if where := place.known(self.home):
            shutil.rmtree(where.root, ignore_errors=True)
            shutil.rmtree(where.notes, ignore_errors=True)
            with suppress(OSError):
                place.ELSEWHERE.rmdir()  # if this home was the last one there

    def _ensure(self, where: Place, account: Account, programs: Binaries) -> None:
        """Use the server that runs, or launch one."""
        if postmaster := process.running(where.data, account):
            where.remember(postmaster.port)
            self._pid = postmaster.pid
            if where.accounts and self._comes_up(where, account, programs):
                return
            self._stop(where, account)  # lost passwords can be set only while it is down
        self._launch(where, account, programs)

    def _launch(self, where: Place, account: Account, programs: Binaries) -> None:
        """Start a server where none runs, on another port when the usual one is taken."""
        process.clear_debris(where.data, account)
        for _ in range(PORT_ATTEMPTS):
            port = process.free_port(where.port)
            where.remember(port)
            datadir.complete(where, account, programs, durable=self.durable)
            config.write(where.root, durable=self.durable)
            with open_log(where.log) as log:
                command = config.command(programs.program("postgres"), where.root, port)
                child = account.spawn(command, log)
            self._pid, CHILDREN[child.pid] = child.pid, child
            if self._comes_up(where, account, programs):
                return
            if process.free_port(port) == port:
                break  # the port was not the reason: nobody took it between look and bind
        self._stop(where, account)
        raise SetupError(
            f"PostgreSQL did not start. The end of its log:\n{tail(where.log)}",
            next_step=f"See {where.log}; `hub doctor` names the usual causes.",
        )

    def _comes_up(self, where: Place, account: Account, programs: Binaries) -> bool:
        """Wait until our server, not merely some server on that port, takes connections."""

        def alive() -> bool:
            child = CHILDREN.get(self._pid)
            if child is None:
                return process.running(where.data, account) is not None
            return child.poll() is None

        def ready() -> bool:
            note = process.noted(where.data)
            return note is not None and note.ready and answers(note.port, account, programs)

        process.wait_until(lambda: not alive() or ready(), seconds=START_SECONDS)
        return alive() and ready()

    def _stop(self, where: Place, account: Account) -> bool:
        postmaster = process.running(where.data, account)
        if postmaster is None:
            return False

        def gone() -> bool:
            return not process.server_processes(where.data, account)

        for number in (signal.SIGINT, signal.SIGQUIT):  # fast shutdown, then without checkpoint
            with suppress(ProcessLookupError):
                os.kill(postmaster.pid, number)
            if process.wait_until(gone, seconds=STOP_SECONDS):
                if child := CHILDREN.pop(postmaster.pid, None):
                    child.wait()
                return True
        raise SetupError(
            f"PostgreSQL (pid {postmaster.pid}) does not stop.",
            next_step=f"See {where.log}; the data is safe even if you `kill -9` the process.",
        )


def info(where: Place, account: Account) -> ClusterInfo | None:
    """What is known of the place's server, or None while it takes no connections."""
    postmaster, accounts = process.running(where.data, account), where.accounts
    if postmaster is None or not postmaster.ready or accounts is None:
        return None
    return ClusterInfo(postmaster.pid, postmaster.port, where.data, where.log, accounts)


def known(where: Place, account: Account) -> ClusterInfo:
    """The same for a server that was up a moment ago."""
    if found := info(where, account):
        return found
    raise SetupError(
        "PostgreSQL started and ended at once.", next_step=f"See {where.log} for its reason."
    )


def answers(port: int, account: Account, programs: Binaries) -> bool:
    """Whether a server takes connections on the port, as PostgreSQL's own tool judges it."""
    isready = programs.program("pg_isready")
    return account.run(isready, "-q", "-h", config.HOST, "-p", str(port)).returncode == 0


def open_log(log: Path) -> IO[bytes]:
    """Open the server's log to add to it; the last one is kept beside it when it grew large."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)  # statements in it may hold personal data
    return log.open("ab")


def tail(log: Path, lines: int = 15) -> str:
    """The end of the server's log, for the message of an error."""
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return "(no log)"
