"""Interleaved rounds, A B C D, A B C D, and what they come to.

What disturbs a machine disturbs neighbours alike, so contenders are compared within a round, and
the median over the rounds is taken of the ratios, not the ratio of medians. Each round begins with
another contender.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tests.bench.contenders import Contender
from tests.bench.load import Tally, load
from tests.bench.meter import cpu_seconds
from tests.bench.row import Row

WARM_SECONDS = 10.0
SETTLE_SHARE = 0.1
"""Before a stretch is counted its contender gets this share of it to find its caches again."""

Requests = Callable[[Contender], Sequence[bytes]]
"""What to send to a contender; of a row that writes, others each time."""

Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """How long and how often to measure: short and often, so that neighbours are disturbed alike.

    `warm` requests come first, so many that every connection of a pool has run the statement often
    enough to keep its plan; `cold` new operations come last.
    """

    rounds: int = 25
    seconds: float = 0.5
    connections: tuple[int, ...] = (16,)
    workers: int = 1
    warm: int = 200
    cold: int = 15


@dataclass(frozen=True)
class Stretch:
    """One contender for a few seconds."""

    requests: int
    per_second: float
    server_us: float
    postgres_us: float
    p50_ms: float
    p99_ms: float
    bytes: int

    @property
    def cpu_us(self) -> float:
        """Total CPU per request."""
        return self.server_us + self.postgres_us


@dataclass(frozen=True)
class Result:
    """A row at one number of connections: stretches by contender, in the order of the rounds."""

    row: Row
    connections: int
    stretches: dict[str, list[Stretch]]

    def typical(self, contender: str, what: str) -> float:
        """The median of a figure over the rounds."""
        return median(float(getattr(s, what)) for s in self.stretches[contender])

    def ratio(self, theirs: str, ours: str = "hub", what: str = "cpu_us") -> float:
        """Median over the rounds of theirs / ours; more is better for ours where less is better."""
        pairs = zip(self.stretches[theirs], self.stretches[ours], strict=True)
        return float(median(getattr(a, what) / getattr(b, what) for a, b in pairs))

    def met(self, theirs: str) -> bool | None:
        """Whether the ratio to a contender is as required; None where nothing is."""
        needed = getattr(self.row.needs, theirs, None)
        return None if needed is None else self.ratio(theirs) >= needed

    def as_json(self) -> dict[str, Any]:
        names = list(self.stretches)
        figures = ("cpu_us", "server_us", "postgres_us", "per_second", "p50_ms", "p99_ms", "bytes")
        others = [name for name in names if name != "hub"]
        return {
            "row": self.row.name,
            "title": self.row.title,
            "connections": self.connections,
            "medians": {n: {f: round(self.typical(n, f), 3) for f in figures} for n in names},
            "cpu_ratio_to_hub": {name: round(self.ratio(name), 3) for name in others},
            "noise": round(self.ratio("again", "limit"), 3),
            "required": asdict(self.row.needs),
            "met": {name: self.met(name) for name in ("expert", "limit")},
            "rounds": {name: [asdict(s) for s in found] for name, found in self.stretches.items()},
        }


async def measure(
    row: Row,
    contenders: Sequence[Contender],
    requests: Requests,
    connections: int,
    plan: Plan,
    step: Step,
) -> Result:
    """Warm everybody up, then measure round by round; before each stretch comes a `step`."""
    for contender in contenders:
        await load(
            contender.port,
            requests(contender),
            connections=16,
            seconds=WARM_SECONDS,
            most=plan.warm,
        )
    stretches: dict[str, list[Stretch]] = {contender.name: [] for contender in contenders}
    for number in range(plan.rounds):
        turn = number % len(contenders)
        for contender in (*contenders[turn:], *contenders[:turn]):
            await step()
            stretches[contender.name].append(
                await stretch(contender, requests, connections, plan.seconds)
            )
    return Result(row, connections, stretches)


async def stretch(
    contender: Contender, requests: Requests, connections: int, seconds: float
) -> Stretch:
    """Load for some seconds, and what it cost."""
    settling, counted = requests(contender), requests(contender)
    await load(contender.port, settling, connections=connections, seconds=seconds * SETTLE_SHARE)
    postmaster = contender.home.postmaster
    before = cpu_seconds(contender.pid), cpu_seconds(postmaster)
    tally = await load(contender.port, counted, connections=connections, seconds=seconds)
    after = cpu_seconds(contender.pid), cpu_seconds(postmaster)
    return figures(tally, after[0] - before[0], after[1] - before[1])


def figures(tally: Tally, server: float, postgres: float) -> Stretch:
    """A tally and two CPU times as figures per request."""
    return Stretch(
        requests=tally.requests,
        per_second=tally.requests / tally.seconds,
        server_us=server / tally.requests * 1e6,
        postgres_us=postgres / tally.requests * 1e6,
        p50_ms=tally.wait(0.5) * 1e3,
        p99_ms=tally.wait(0.99) * 1e3,
        bytes=tally.bytes // tally.requests,
    )
