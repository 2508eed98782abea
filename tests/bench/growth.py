"""How the waits grow with the data, and the memory with time: the hub alone, nothing by hand.

    python -m tests.bench.growth              20,000 against 1,000,000 talents, p50 of each row
    python -m tests.bench.growth --minutes 10 memory of a worker under all rows together

Two hubs serve two databases of one server and are asked in turn, a request at a time, so that what
disturbs the machine disturbs both. Search and `totalCount` look at every row there is to be found;
they are shown apart, and must end within their time limit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import Annotated

import asyncpg
import orjson
import typer
import uvloop
from rich.table import Table

from hub.identity.clients.client import Client
from hub.kit.db import plain_url
from tests.bench import home, meter
from tests.bench.__main__ import bars, screen
from tests.bench.contenders import Contender, contender
from tests.bench.home import Home
from tests.bench.load import answer, load
from tests.bench.reads import FILTERED, READS
from tests.bench.row import Ask, Row
from tests.bench.run import registered
from tests.bench.writes import CLEAN, WRITES

ROWS = (*READS, *WRITES)
SMALL, LARGE = 20_000, 1_000_000
MOST = 1.3
"""How much the p50 of a row may grow from the small to the large database."""

SEARCH = '{ talents(first: 20, filter: {displayNameContains: "%s"}) { edges { node { id } } } }'
SEARCHES = {
    "search, three characters": SEARCH % "王小明",
    "search, one character": SEARCH % "王",
    "count of all": "{ talents(first: 1) { totalCount } }",
}
LIMIT_SECONDS = 10


class Side:
    """A hub over a database of one size."""

    def __init__(
        self, hub: Contender, owner: asyncpg.Connection, clients: dict[str, Client]
    ) -> None:
        self.hub, self.owner, self.clients = hub, owner, clients
        self.asks: dict[str, Sequence[Ask]] = {}

    async def p50(self, row: Row, seconds: float) -> float:
        """Milliseconds of one stretch, one request at a time."""
        await self.owner.execute(CLEAN if row.renew else "TRUNCATE ledger.audit_entry")
        if row.name not in self.asks:
            self.asks[row.name] = await row.asks(self.owner)
        requests = self.hub.requests(row, row.fresh(self.asks[row.name]), self.clients)
        await load(self.hub.port, requests, connections=1, seconds=seconds / 4)
        tally = await load(self.hub.port, requests, connections=1, seconds=seconds)
        return tally.wait(0.5) * 1e3

    async def seconds(self, document: str) -> float:
        """How long one operation of an internal app takes, whatever it finds."""
        row = FILTERED
        [request] = self.hub.requests(row, [Ask({}, {})], self.clients)
        head, _, body = request.partition(b"\r\n\r\n")
        asked = orjson.dumps({**orjson.loads(body), "query": document})
        head = head.replace(b"Length: %d" % len(body), b"Length: %d" % len(asked))
        return (await answer(self.hub.port, head + b"\r\n\r\n" + asked))[1]


async def side(stack: AsyncExitStack, ready: Home) -> Side:
    hub = stack.enter_context(contender("hub", ready, None, 1))
    owner = await asyncpg.connect(plain_url(ready.owner_url))
    stack.push_async_callback(owner.close)
    return Side(hub, owner, await registered(ready, ROWS))


async def grown(path: Path, rounds: int, seconds: float) -> bool:
    """Show how each row grows; whether all stay within the bound."""
    async with AsyncExitStack() as stack:
        with bars() as progress:
            sides = [
                await side(
                    stack,
                    await stack.enter_async_context(
                        home.opened(talents, path=path, progress=progress)
                    ),
                )
                for talents in (SMALL, LARGE)
            ]
            table = Table("row", f"p50 ms, {SMALL:,}", f"p50 ms, {LARGE:,}", "grows", "at most")
            good = True
            for place, row in enumerate(ROWS):
                waits = [[await s.p50(row, seconds) for s in sides] for _ in range(rounds)]
                progress("rows", place + 1, len(ROWS))
                ratio = median(large / small for small, large in waits)
                good &= ratio <= MOST
                small, large = (median(found) for found in zip(*waits, strict=True))
                table.add_row(row.title, f"{small:.2f}", f"{large:.2f}", f"{ratio:.2f}", str(MOST))
            for name, document in SEARCHES.items():
                found = [min([await s.seconds(document) for _ in range(3)]) for s in sides]
                good &= max(found) < LIMIT_SECONDS
                shown = [f"{each * 1e3:.2f}" for each in found]
                table.add_row(name, *shown, f"{found[1] / found[0]:.2f}", f"{LIMIT_SECONDS} s")
    screen.print(table)
    return good


async def endured(path: Path, minutes: float) -> None:
    """Show a worker's memory minute by minute under all rows that read and write."""
    async with AsyncExitStack() as stack:
        with bars() as progress:
            ready = await stack.enter_async_context(
                home.opened(200_000, path=path, progress=progress)
            )
            one = await side(stack, ready)
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            for row in ROWS:
                asks = one.asks.setdefault(row.name, await row.asks(one.owner))
                requests = one.hub.requests(row, row.fresh(asks), one.clients)
                await one.owner.execute(CLEAN if row.renew else "TRUNCATE ledger.audit_entry")
                await load(one.hub.port, requests, connections=16, seconds=60 / len(ROWS))
            worker = max(map(meter.memory_bytes, meter.tree(one.hub.pid)))
            screen.print(
                f"{(time.monotonic() - until) / 60 + minutes:5.1f} min {worker / 1e6:7.1f} MB"
            )


def main(
    minutes: Annotated[float, typer.Option(help="Watch the memory for so long instead.")] = 0,
    rounds: Annotated[int, typer.Option(min=1)] = 9,
    seconds: Annotated[float, typer.Option(min=0.1)] = 0.5,
    path: Annotated[Path, typer.Option("--home", help="Where its databases lie.")] = home.HOME,
) -> None:
    """Exit code 0 when no row grows more than it may, 1 otherwise."""
    if minutes:
        uvloop.run(endured(path, minutes))
    elif not uvloop.run(grown(path, rounds, seconds)):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
