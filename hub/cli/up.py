"""`hub up`: from an empty directory to a hub that serves, and cleanly down again."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from types import FrameType
from typing import Annotated

import typer

from hub.cli import _database, _prepare, _running, _server, _welcome
from hub.cli._database import Database
from hub.cli._options import Home, Host, Port, Workers
from hub.cli._screen import screen
from hub.cli._watch import Watch
from hub.kit.postgres import Cluster, ClusterInfo
from hub.kit.postgres.place import make_home
from hub.settings import Settings, export

Demo = Annotated[
    bool | None,
    typer.Option(
        "--demo/--no-demo",
        help="Synthetic people and demo clients.",
        show_default="HUB_DEMO, else on",
    ),
]


def run(
    home: Home = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    demo: Demo = None,
) -> None:
    """Start the database, bring it up to date, load what is missing, and serve."""
    begun = time.monotonic()
    if demo is None and "HUB_DEMO" not in os.environ:
        demo = True
    settings = export(home=home, host=host, port=port, workers=workers, demo=demo)
    settings = export(home=settings.home.absolute())  # workers may stand elsewhere
    make_home(settings.home)
    # A signal while the database is being made must undo what was begun, not cut it off.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with ExitStack() as stack:
        stack.enter_context(_running.holding(settings.home, _server.local_url(settings)))
        _server.check_port(settings.host, settings.port)
        database, cluster = _start(settings, stack)
        _prepare.prepare(settings, database)
        # Workers are new processes: what was found out here reaches them by the environment.
        export(database_url=database.owner_url, app_database_url=database.app_url)
        _welcome.announce(settings, cluster, begun)
        _server.serve(settings)
        screen.print("Stopping ...")


def _start(settings: Settings, stack: ExitStack) -> tuple[Database, ClusterInfo | None]:
    """The database, which goes down with the stack if it is the embedded one."""
    if named := _database.configured(settings):
        return named, None
    cluster = Cluster(settings.home)
    # Registered first: a start that fails half-way is cleared away too.
    stack.callback(cluster.stop)
    screen.print("Starting PostgreSQL ...")
    info = cluster.start()
    stack.enter_context(Watch(cluster))
    return Database(info.owner_url, info.app_url, info.admin_url), info


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
