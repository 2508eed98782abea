"""What `hub up` does once the home is its own: the database, what is missing in it, the server."""

from __future__ import annotations

from contextlib import ExitStack

from hub.cli import _database, _prepare, _server, _welcome
from hub.cli._database import Database
from hub.cli._screen import screen
from hub.cli._watch import Watch
from hub.kit.postgres import Cluster, ClusterInfo
from hub.settings import Settings, export


def serve(settings: Settings, stack: ExitStack, begun: float) -> None:
    """Serve until a signal; what was started goes down with the stack.

    `begun` is when the command was given, on the monotonic clock.
    """
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
