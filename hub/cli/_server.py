"""uvicorn, as `hub serve` and `hub up` start it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
from multiprocessing import connection, parent_process
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from hub import app
from hub.kit.errors import SetupError
from hub.kit.postgres.process import wait_until
from hub.settings import Settings

# Of a hub that was killed, workers need a moment to notice and to let go of the port.
PORT_SECONDS = 3
# Streams never end by themselves; on shutdown they are cut after this.
GRACE_SECONDS = 10


def serve(settings: Settings) -> None:
    """Serve until a signal; returns, or raises SystemExit, when everything is shut down."""
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


def check_port(host: str, port: int) -> None:
    """Refuse, before anything slow is begun, to start where somebody listens already."""
    if not wait_until(lambda: port_is_free(host, port), seconds=PORT_SECONDS):
        raise SetupError(
            f"Port {port} on {host} is in use by another program.",
            next_step=f"Choose another one, for example: --port {port + 1}",
        )


def port_is_free(host: str, port: int) -> bool:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def local_url(settings: Settings) -> str:
    """Where this machine reaches the hub, whatever its public name is."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"
