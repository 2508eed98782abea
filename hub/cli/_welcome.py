"""What `hub up` prints once it serves: where things are, and lines to paste."""

from __future__ import annotations

import shlex
import threading
import time

from rich.markup import escape

from hub.cli._calling import program
from hub.cli._http import answers, local_url
from hub.cli._screen import screen
from hub.kit.postgres import ClusterInfo
from hub.settings import CHECKOUT, Settings

# One query that two partner cities may both ask, and that answers each differently.
QUERY = (
    "{ parks(first: 2) { totalCount edges { node { code nameEn } } } "
    "talents(first: 2) { totalCount edges { node { displayName phone } } } }"
)


def announce(settings: Settings, cluster: ClusterInfo | None, begun: float) -> None:
    """Print the welcome as soon as the hub really answers, while the server runs."""
    thread = threading.Thread(target=_announce, args=(settings, cluster, begun), daemon=True)
    thread.start()


def _announce(settings: Settings, cluster: ClusterInfo | None, begun: float) -> None:
    while not answers(local_url(settings)):
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    screen.print(f"\n[bold green]The hub serves at {settings.issuer}[/] ({seconds:.1f} s)\n")
    for line in lines(settings, cluster):
        screen.print(escape(line))


def lines(settings: Settings, cluster: ClusterInfo | None) -> list[str]:
    """Where things are, and the first commands."""
    url, hub = settings.issuer, command(settings)
    where = {
        "GraphQL": f"{url}/graphql",
        "tokens": f"{url}/oauth/token",
        "home": str(settings.home.absolute()),
        "database": f"{cluster.data}, log {cluster.log}" if cluster else "HUB_DATABASE_URL",
    }
    if settings.demo:
        where["clients"] = str(settings.home.absolute() / "demo/clients.json")
    shown = [f"  {name:<10}{place}" for name, place in where.items()]
    if settings.demo:
        shown += ["", "A token and a first query as Suzhou, in another terminal:", ""]
        shown += [f"  {line}" for line in first_query(url, hub)]
        shown += ["", "Ask again as `shanghai`: each city gets what it may see, and is told why."]
    return [*shown, "", f"Ctrl-C stops everything; so does: {hub} stop", ""]


def first_query(url: str, hub: str) -> list[str]:
    """Lines to paste: Suzhou signs an assertion with its key, which the CLI does for the demo."""
    body = shlex.quote('{"query": "' + QUERY + '"}')
    headers = "-H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json'"
    return [
        f"TOKEN=$({hub} clients token suzhou)",
        f"curl -s {url}/graphql {headers} -d {body}",
    ]


def command(settings: Settings) -> str:
    """How to call the hub's command line for this home, from where it was called now."""
    if settings.home.absolute() == CHECKOUT / ".hub":
        return program()
    return f"{program()} --home {shlex.quote(str(settings.home.absolute()))}"
