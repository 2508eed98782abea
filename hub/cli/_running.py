"""Which hub runs for a home: a file that the running one holds locked.

The lock, not the file, says that it runs: the kernel lets go of it however the process ends, so a
note left behind by `kill -9` deceives nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.kit.errors import SetupError
from hub.kit.postgres.process import wait_until


@dataclass(frozen=True)
class Running:
    """The hub that holds a home: its process, and its URL on this machine."""

    pid: int
    url: str


def running(home: Path) -> Running | None:
    """The hub that runs for this home, or None."""
    try:
        with note(home).open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return Running(**json.load(file))
    except (FileNotFoundError, ValueError, TypeError):
        pass  # never started here, or just about to write its note
    return None


@contextmanager
def holding(home: Path, url: str) -> Iterator[None]:
    """Hold the home as its one running hub."""
    with os.fdopen(os.open(note(home), os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:

        def taken() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        # Somebody who merely looks whether a hub runs holds the lock for an instant too.
        if not wait_until(taken, seconds=0.5):
            other = running(home)
            who = f" (pid {other.pid}, {other.url})" if other else ""
            raise SetupError(
                f"A hub runs for the home {home} already{who}.",
                next_step=f"Use it, end it with `hub stop --home {home}`, or give this one "
                "another --home and --port.",
            )
        file.truncate()
        json.dump(asdict(Running(os.getpid(), url)), file)
        file.flush()
        yield


def note(home: Path) -> Path:
    return home / "hub.lock"
