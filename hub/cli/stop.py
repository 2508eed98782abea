"""`hub stop`: end the hub of a home."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from hub.cli import _running
from hub.cli._options import Home
from hub.cli._screen import say
from hub.kit.errors import SetupError
from hub.kit.postgres import Cluster
from hub.kit.postgres.process import wait_until
from hub.settings import export

SECONDS = 90  # the server's grace, then the database's checkpoint


def run(home: Home = None) -> None:
    """Stop the hub of this home, wherever it was started, and its embedded database."""
    settings = export(home=home)
    hub = _running.running(settings.home)
    if hub is not None:
        with suppress(ProcessLookupError):
            os.kill(hub.pid, signal.SIGTERM)
        if not wait_until(lambda: _running.running(settings.home) is None, seconds=SECONDS):
            raise SetupError(
                f"The hub (pid {hub.pid}) has not stopped after {SECONDS} seconds.",
                next_step=f"`kill -9 {hub.pid}`, then `hub stop` again for the database.",
            )
        say(f"Stopped the hub (pid {hub.pid}).")
    # A hub that was killed leaves its database behind.
    database = Cluster(settings.home).stop()
    if database:
        say("Stopped PostgreSQL.")
    if hub is None and not database:
        say(f"Nothing runs for {settings.home}.")
