"""Which hub runs for a home: a file that the running one holds locked.

The lock, not the file, says that it runs: the kernel lets go of it however the process ends, so a
note left behind by `kill -9` deceives nobody. Its word on the mode stays true of the last start.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from hub.kit.errors import SetupError
from hub.kit.postgres.process import wait_until

# Who holds the lock writes the note in the next instant.
LOOKS, PAUSE_SECONDS = 20, 0.05


@dataclass(frozen=True)
class Running:
    """The hub that holds a home: its process, its URL on this machine, and its mode."""

    pid: int
    url: str
    demo: bool = False


def running(home: Path) -> Running | None:
    """The hub that runs for this home, or None; one that has just begun counts."""
    try:
        with note(home).open("r+") as file:
            for _ in range(LOOKS):
                if not _is_held(file):
                    break
                if there := _read(file):
                    return there
                time.sleep(PAUSE_SECONDS)
    except (FileNotFoundError, NotADirectoryError):
        pass  # never started here
    return None


def started_in_demo_mode(home: Path) -> bool:
    """Whether the home's hub was started in demo mode when it was started last."""
    try:
        with note(home).open() as file:
            last = _read(file)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return last is not None and last.demo


def refuse_second(home: Path) -> None:
    """Say who holds the home, when somebody does."""
    if other := running(home):
        raise SetupError(
            f"A hub runs for the home {home} already (pid {other.pid}, {other.url}).",
            next_step="Use it, end it with `hub stop`, or give this one another --home and --port.",
        )


@contextmanager
def holding(home: Path, url: str, *, demo: bool = False) -> Iterator[None]:
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
            refuse_second(home)
            raise SetupError(
                f"Another hub is starting or ending for the home {home}.",
                next_step="Try again in a moment; `hub status` tells what runs.",
            )
        file.truncate()
        json.dump(asdict(Running(os.getpid(), url, demo)), file)
        file.flush()
        yield


def note(home: Path) -> Path:
    return home / "hub.lock"


def _is_held(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def _read(file: IO[str]) -> Running | None:
    file.seek(0)
    try:
        return Running(**json.load(file))
    except (ValueError, TypeError):
        return None
