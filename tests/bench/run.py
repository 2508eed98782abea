"""One run on a database that is ready: verify, measure, look at what it cost cold, explain."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

import asyncpg

from hub.identity.clients import registrations
from hub.identity.clients.client import Client
from hub.kit import db
from tests.bench import meter, report
from tests.bench.agreement import verify
from tests.bench.cold import cold_ms
from tests.bench.contenders import NAMES, Contender, serving
from tests.bench.home import Home
from tests.bench.plans import Explained, explain
from tests.bench.rounds import Plan, Result, measure
from tests.bench.row import Row
from tests.bench.writes import CLEAN

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done and how many there are."""


@dataclass
class Findings:
    """All that a run found out."""

    machine: dict[str, Any]
    plan: Plan
    results: list[Result] = field(default_factory=list)
    cold_ms: dict[str, float] = field(default_factory=dict)
    pss_mb: dict[str, float] = field(default_factory=dict)
    explained: dict[str, dict[str, Explained]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "machine": self.machine,
            "plan": asdict(self.plan),
            "results": [result.as_json() for result in self.results],
            "cold_minus_warm_ms": self.cold_ms,
            "worker_pss_mb": self.pss_mb,
            "explain": {
                row: {side: asdict(found) for side, found in sides.items()}
                for row, sides in self.explained.items()
            },
        }


async def run(
    home: Home, rows: Sequence[Row], plan: Plan, progress: Progress, cores: Sequence[int] = ()
) -> Findings:
    """Measure these rows.

    Of several cores the first is the contenders', the others are PostgreSQL's and the client's;
    with less than two nobody is pinned.
    """
    pinned = len(cores) > 1
    if pinned:
        meter.pin(home.postmaster, set(cores[1:]))
        os.sched_setaffinity(0, set(cores[1:]))
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(db.plain_url(home.owner_url))
        stack.push_async_callback(owner.close)
        clients = await registered(home, rows)
        progress("starting the contenders", 0, 1)
        contenders = stack.enter_context(serving(home, cores[0] if pinned else None, plan.workers))
        progress("starting the contenders", 1, 1)
        findings = Findings(await report.machine(owner, cores), plan)
        for row in rows:
            await one_row(row, contenders, clients, owner, findings, progress)
        for contender in contenders:
            worker = max(map(meter.memory_bytes, meter.tree(contender.pid)))
            findings.pss_mb[contender.name] = round(worker / 1e6, 1)
    return findings


async def one_row(
    row: Row,
    contenders: Sequence[Contender],
    clients: dict[str, Client],
    owner: asyncpg.Connection,
    findings: Findings,
    progress: Progress,
) -> None:
    """Everything about one row."""
    asks = await row.asks(owner)
    await verify(row, contenders, asks, clients, owner)
    plan = findings.plan
    steps = len(NAMES) * plan.rounds * len(plan.connections)
    begun = 0

    async def step() -> None:
        """Every stretch begins with an empty ledger: its index must not grow for who comes last."""
        nonlocal begun
        await owner.execute(CLEAN if row.renew else "TRUNCATE ledger.audit_entry")
        if row.renew:
            await owner.execute("VACUUM park.reservation, park.workspace")
        progress(row.title, begun, steps)
        begun += 1

    for connections in plan.connections:
        result = await measure(
            row,
            contenders,
            lambda contender: contender.requests(row, row.fresh(asks), clients),
            connections,
            plan,
            step,
        )
        findings.results.append(result)
    progress(row.title, steps, steps)
    hub = next(contender for contender in contenders if contender.is_hub)
    findings.cold_ms[row.name] = round(await cold_ms(hub, row, asks, clients, plan.cold), 2)
    findings.explained[row.name] = await explain(hub.home, row, asks[0])


async def registered(home: Home, rows: Sequence[Row]) -> dict[str, Client]:
    """The demo clients that ask, as the database has them."""
    engine = db.engine(home.owner_url, pooled=False)
    try:
        found: dict[str, Client] = {}
        for client_id in sorted({row.asker.client_id for row in rows}):
            client = await registrations.find(engine, client_id)
            assert client is not None, f"{client_id} is registered when the home is made"
            found[client_id] = client
        return found
    finally:
        await engine.dispose()
