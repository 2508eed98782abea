"""Which server processes live, judged by what they do and never by a number in a file alone.

After `kill -9` or a power cut `postmaster.pid` names a process that is gone, or by now a stranger.
What cannot be mistaken is a program named `postgres` that works in the data directory: that is
every process of its server, the postmaster as well as backends that outlived it.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub.kit.postgres.account import Account
from hub.kit.postgres.config import HOST

# `-ef` compares what the links point to without starting a program for each process. It runs
# as the server's account: in a container root may lack the right to look at others' processes.
WORKING_IN = """
for p in /proc/[0-9]*; do
    [ "$p/cwd" -ef "$1" ] && read -r name < "$p/comm" || continue
    [ "$name" = postgres ] && echo "${p#/proc/}"
done
"""


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says: the process, its port, and whether it takes connections."""

    pid: int
    port: int
    ready: bool


def noted(data: Path) -> Postmaster | None:
    """Read `postmaster.pid`; None when there is none or its writing has just begun."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), int(lines[3]), lines[7].strip() == "ready")
    except (OSError, IndexError, ValueError):
        return None


def server_processes(data: Path, account: Account) -> set[int]:
    """Every live process of the server whose data directory this is."""
    if Path("/proc/self/cwd").exists():
        found = account.run("/bin/sh", "-c", WORKING_IN, "sh", data).stdout
        return {int(pid) for pid in found.split()}
    # Without /proc (macOS) only the postmaster can be told, by its command line.
    listing = account.run("ps", "-axo", "pid=,command=").stdout.splitlines()
    return {int(line.split()[0]) for line in listing if f"-D {data} " in line}


def running(data: Path, account: Account) -> Postmaster | None:
    """The live postmaster of this data directory, or None."""
    note = noted(data)
    return note if note and note.pid in server_processes(data, account) else None


def clear_debris(data: Path, account: Account) -> None:
    """Make way for a new postmaster where the old one was killed.

    Its backends go by themselves, but one in the middle of a long statement notices late and
    keeps the shared memory; without a postmaster nothing it does can be committed or be seen, so
    it is ended. A note that names a stranger's process is removed, since PostgreSQL would take
    that stranger for a running server; the shared memory still guards against a real one.
    """
    for number in (signal.SIGQUIT, signal.SIGKILL):
        orphans = server_processes(data, account)
        if not orphans:
            break
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        wait_until(lambda: not server_processes(data, account), seconds=5)
    (data / "postmaster.pid").unlink(missing_ok=True)


def free_port(wanted: int | None) -> int:
    """The wanted port if nobody listens there, else one that the kernel picks."""
    for port in (wanted, 0) if wanted else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, suppress(OSError):
            # As the server does: connections that linger in TIME_WAIT are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {HOST}")


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask again and again, patiently at first and then less often; False when time is up."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return True
