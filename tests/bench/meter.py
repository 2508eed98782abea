"""What processes cost, read from /proc: CPU of a whole tree of them, memory of one.

A tree's CPU counts its living members with the children that they have waited for, so that nothing
is lost when a process of PostgreSQL comes and goes between two looks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(root: int) -> float:
    """User and system time that a process and all below it have used so far."""
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    for pid, parent, ticks in _processes():
        children.setdefault(parent, []).append(pid)
        spent[pid] = ticks
    total, pending = 0, [root]
    while pending:
        pid = pending.pop()
        total += spent.get(pid, 0)
        pending += children.get(pid, [])
    return total / TICKS


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    parents = {pid: parent for pid, parent, _ in _processes()}
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_bytes(pid: int) -> int:
    """Proportional set size: what a process holds, shared pages by its share."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def pin(root: int, cores: set[int]) -> None:
    """Keep a process and all below it, with what they start later, on these cores."""
    for pid in tree(root):
        os.sched_setaffinity(pid, cores)


def _processes() -> Iterator[tuple[int, int, int]]:
    """(pid, parent, ticks used by it and by the children it has waited for)."""
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue  # it has just ended
        # The name stands in parentheses and may hold anything (proc(5)).
        fields = stat[stat.rindex(")") + 2 :].split()
        yield int(entry.name), int(fields[1]), sum(map(int, fields[11:15]))
