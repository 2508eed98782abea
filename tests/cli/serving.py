"""A hub that a test starts as a person at a terminal would: a real process, real signals."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.cli import _running
from hub.cli._http import answers
from hub.kit.postgres import process

ROOT = Path(__file__).parents[2]
SECONDS = 60


@dataclass(frozen=True)
class Up:
    """A hub that serves: its process, and how it is reached."""

    process: subprocess.Popen[str]
    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "hub", *map(str, arguments)]


def hub(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a subcommand to its end."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=SECONDS,
        env={**os.environ, **variables},
    )


@contextmanager
def up(home: Path, port: int, *more: str) -> Iterator[Up]:
    """Start a hub and wait until it answers; what the test leaves running is ended.

    What it says goes to a file: a pipe that nobody reads would stop it once it is full.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        started = subprocess.Popen(
            command("up", "--home", home, "--port", str(port), *more),
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        serving = Up(started, home, port)
        try:
            wait(lambda: answers(serving.url) or started.poll() is not None)
            if started.poll() is not None:
                said.seek(0)
                raise AssertionError(f"it did not start: {said.read()}")
            yield serving
        finally:
            started.terminate()
            started.wait(timeout=SECONDS)


def wait(condition: Callable[[], bool]) -> None:
    assert process.wait_until(condition, seconds=SECONDS), "waited in vain"


def kill(running: Up) -> None:
    running.process.kill()
    running.process.wait()
    assert _running.running(running.home) is None
