"""What was found: a table for the screen, one object for a file, and the machine it was made on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
from rich.box import SIMPLE
from rich.table import Table

from tests.bench.rounds import Result

WIDTH = 116
"""Columns that the table takes."""

LABELS = {"hub": "hub", "expert": "expert", "limit": "limit", "again": "limit again"}


def table(results: Sequence[Result]) -> Table:
    """A line for each row and contender; ratios are theirs / hub, more is better for the hub."""
    shown = Table(
        title="Total CPU per request, medians of paired rounds; ratio: theirs / hub",
        title_justify="left",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    for name in ("row", "contender"):
        shown.add_column(name, no_wrap=True)
    for name in ("CPU us", "server", "database", "req/s", "p50 ms", "p99 ms", "kB"):
        shown.add_column(name, justify="right", no_wrap=True)
    for name in ("ratio", "needed", ""):
        shown.add_column(name, justify="right" if name else "left", no_wrap=True)
    for result in results:
        for number, name in enumerate(result.stretches):
            place = ("", f"{result.connections} connections", result.row.title)[max(0, 2 - number)]
            shown.add_row(place, LABELS[name], *_figures(result, name), *_verdict(result, name))
        shown.add_section()
    return shown


def _figures(result: Result, name: str) -> list[str]:
    def typical(what: str) -> float:
        return result.typical(name, what)

    return [
        f"{typical('cpu_us'):,.0f}",
        f"{typical('server_us'):,.0f}",
        f"{typical('postgres_us'):,.0f}",
        f"{typical('per_second'):,.0f}",
        f"{typical('p50_ms'):.2f}",
        f"{typical('p99_ms'):.2f}",
        f"{typical('bytes') / 1000:.1f}",
    ]


def _verdict(result: Result, name: str) -> list[str]:
    if name == "hub":
        return ["", "", ""]
    if name == "again":
        return [f"{result.ratio(name):.2f}", "", f"noise {result.ratio('again', 'limit'):.2f}"]
    needed, met = getattr(result.row.needs, name), result.met(name)
    if met is None:
        return [f"{result.ratio(name):.2f}", "", ""]
    verdict = "[green]ok[/]" if met else "[bold red]not met[/]"
    return [f"{result.ratio(name):.2f}", f"{needed:.2f}", verdict]


def all_met(results: Sequence[Result]) -> bool:
    """Whether no required figure was missed at 16 connections, where they are required."""
    return all(
        result.met(name) is not False
        for result in results
        for name in ("expert", "limit")
        if result.connections == 16
    )


async def machine(owner: asyncpg.Connection, cores: Sequence[int]) -> dict[str, Any]:
    """Where the figures were made."""
    counts = {
        table: await owner.fetchval(f"SELECT count(*) FROM {table}")
        for table in (
            "park.park",
            "park.workspace",
            "talent.talent",
            "talent.degree",
            "talent.consent",
            "project.project",
        )
    }
    return {
        "cores": os.cpu_count(),
        "pinned": len(cores) > 1,
        "cpu": cpu_model(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": await owner.fetchval("SHOW server_version"),
        "fsync": await owner.fetchval("SHOW fsync"),
        "synchronous_commit": await owner.fetchval("SHOW synchronous_commit"),
        "rows": counts,
    }


def cpu_model() -> str:
    """The processor's name, where Linux tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            return value.strip()
    return platform.processor() or "unknown"
