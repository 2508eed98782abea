"""Keeping the embedded PostgreSQL up while the hub serves."""

from __future__ import annotations

import threading
from typing import Self

from rich.markup import escape

from hub.cli._screen import errors
from hub.kit.errors import HubError
from hub.kit.postgres import Cluster

PAUSE_SECONDS = 1.0


class Watch:
    """Starts the server again when it was killed; the hub's pools reconnect to the same port."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the server alone from here on: whoever stops it now means it."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            if self.cluster.alive():
                continue
            errors.print("[yellow]PostgreSQL is gone; starting it again.[/]")
            try:
                self.cluster.start()
            except HubError as error:
                errors.print(f"[bold red]{escape(error.message)}[/] {escape(error.next_step)}")
                return
