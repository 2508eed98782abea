"""`hub serve`: serve, and nothing else."""

from __future__ import annotations

from hub.cli import _database, _server
from hub.cli._options import Home, Host, Port, Workers
from hub.kit.errors import SetupError
from hub.settings import export


def run(home: Home = None, host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Serve from a database that is ready; `hub up` also makes it ready."""
    settings = export(home=home, host=host, port=port, workers=workers)
    _server.check_port(settings.host, settings.port)
    database = _database.running(settings)
    if database is None:
        raise SetupError(
            f"No database: HUB_DATABASE_URL is not set, and none runs for {settings.home}.",
            next_step="Use `hub up`, which starts one, or set HUB_DATABASE_URL.",
        )
    # Workers are new processes: what was found out here reaches them by the environment.
    _server.serve(export(database_url=database.owner_url, app_database_url=database.app_url))
