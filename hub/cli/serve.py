"""`hub serve`: serve, and nothing else."""

from __future__ import annotations

import asyncio

from hub.cli import _database, _server
from hub.cli._options import Home, Host, Port, Workers
from hub.cli._port import check_port
from hub.cli._reached import refuse_unusable
from hub.cli._screen import remark
from hub.kit import migrations
from hub.kit.errors import SetupError
from hub.settings import export


def run(home: Home = None, host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Serve from a database that is ready; `hub up` also makes it ready."""
    settings = export(home=home, host=host, port=port, workers=workers)
    check_port(settings.host, settings.port)
    database = _database.running(settings)
    if database is None:
        raise SetupError(
            f"No database: HUB_DATABASE_URL is not set, and none runs for {settings.home}.",
            next_step="Use `hub up`, which starts one, or set HUB_DATABASE_URL.",
        )
    _check(database.owner_url)
    # Workers are new processes: what was found out here reaches them by the environment.
    _server.serve(export(database_url=database.owner_url, app_database_url=database.app_url))


def _check(url: str) -> None:
    """Refuse a database that no waiting makes ready; one that is behind is on its way.

    Whoever migrates it makes `/readyz` answer 200, and until then no balancer sends anybody here.
    """
    asyncio.run(refuse_unusable(url))
    chain, at = migrations.chain(), asyncio.run(migrations.current(url))
    if chain.standing(at) in (migrations.Standing.NONE, migrations.Standing.AHEAD):
        raise SetupError(f"The database is {chain.told(at)}.", next_step=chain.mend(at))
    if mend := chain.mend(at):
        remark(f"Not ready: the database is {chain.told(at)}. {mend}")
