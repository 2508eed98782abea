"""uvicorn, as `hub serve` and `hub up` start it."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from multiprocessing import connection, parent_process
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from hub import app
from hub.settings import Settings

# Streams never end by themselves; on shutdown they are cut after this.
GRACE_SECONDS = 10


def serve(settings: Settings) -> None:
    """Serve until a signal; returns, or raises SystemExit, when everything is shut down.

    Raises SetupError where the file of trusted issuers, or of the city's login, is not in order.
    """
    if settings.trusted_issuers:
        app.trusted_issuers(settings)  # refused once and here, and not by each worker in turn
    app.city_login(settings)
    if settings.workers > 1:
        share_metrics(settings.home / "metrics")
    uvicorn.run(
        f"{__name__}:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="info" if settings.log_level == "debug" else "warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def share_metrics(directory: Path) -> None:
    """Let whichever worker is asked answer for all; what earlier processes counted is gone."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)


def application() -> ASGIApp:
    """The app of one process, which ends when the process that started it was killed.

    uvicorn's workers would live on as orphans and keep the port.
    """
    if (parent := parent_process()) is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()
    return app.create()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
