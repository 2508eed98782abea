"""The benchmark in small: all contenders agree, and what comes out is a table and a file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from hub.kit.postgres import ClusterInfo
from tests.bench import home, report
from tests.bench.agreement import agrees, first_difference
from tests.bench.contenders import NAMES
from tests.bench.meter import cpu_seconds, memory_bytes, tree
from tests.bench.reads import NESTED, READS
from tests.bench.rounds import Plan, Result, Stretch
from tests.bench.run import run
from tests.bench.writes import WRITES
from tests.conftest import Database


def silent(what: str, done: int, total: int) -> None:
    """Nobody watches a test."""


@pytest.mark.timeout(300)  # on a machine that is kept busy
async def test_all_contenders_agree_and_are_measured(
    cluster: ClusterInfo, keyless: Database, tmp_path: Path
) -> None:
    await home.fill(keyless.owner_url, 400, tmp_path, silent)
    ready = await home.ready(tmp_path, keyless.name, cluster)
    plan = Plan(rounds=1, seconds=0.1, connections=(2,), warm=16, cold=1)

    rows = (*READS, *WRITES)
    findings = await run(ready, rows, plan, silent)

    assert [result.row for result in findings.results] == list(rows)
    for result in findings.results:
        assert tuple(result.stretches) == NAMES
        assert all(stretch.requests > 0 for [stretch] in result.stretches.values())
        assert all(stretch.bytes > 150 for [stretch] in result.stretches.values())
    assert set(findings.cold_ms) == {row.name for row in rows}
    assert set(findings.explained) == {row.name for row in rows}
    assert all(megabytes > 10 for megabytes in findings.pss_mb.values())
    written = orjson.loads(orjson.dumps(findings.as_json()))
    assert written["results"][1]["required"] == {"expert": 1.2, "limit": 0.85}
    assert written["machine"]["rows"]["talent.talent"] == 400
    assert "Scan" in "".join(written["explain"]["deep"]["limit"]["lines"])
    for side in ("hub", "expert", "limit"):
        told = written["explain"]["availability"][side]["lines"]
        assert any("LockRows" in one for one in told), side
        assert any("Insert on observation" in one for one in told), side
    screen = Console(file=io.StringIO(), width=report.WIDTH)
    screen.print(report.table(findings.results))
    assert isinstance(screen.file, io.StringIO)
    for row in rows:
        assert row.title in screen.file.getvalue()


def stretch(cpu_us: float) -> Stretch:
    return Stretch(
        requests=100,
        per_second=50,
        server_us=cpu_us / 4,
        postgres_us=cpu_us * 3 / 4,
        p50_ms=1,
        p99_ms=2,
        bytes=10,
    )


def result(hub: list[float], expert: list[float], limit: list[float]) -> Result:
    measured = {"hub": hub, "expert": expert, "limit": limit, "again": limit}
    found = {name: [stretch(cpu) for cpu in values] for name, values in measured.items()}
    return Result(NESTED, 16, found)


def test_ratio_is_the_median_of_paired_rounds() -> None:
    # The machine was three times as slow in the second round, for everybody alike.
    measured = result([100, 300, 100], [120, 360, 110], [90, 270, 81])

    assert measured.ratio("expert") == pytest.approx(1.2)
    assert measured.ratio("limit") == pytest.approx(0.9)
    assert measured.met("expert") is True


def test_a_figure_that_is_missed_is_told() -> None:
    measured = result([100], [114], [90])

    assert measured.met("expert") is False
    assert report.all_met([measured]) is False


HUB = b'{"data":{"parks":[{"code":"P1"}]},"extensions":{"access":{}}}'


@pytest.mark.parametrize(
    ("route", "body", "same"),
    [
        ("limit", b'{"data":{"parks":[{"code":"P1"}]}}', True),
        ("limit", b'{"data":{"parks":[{"code": "P1"}]}}', False),
        ("limit", b'{"data":{"parks":[{"code":"P1"}', False),
        ("expert", b'{"data": {"parks": [{"code": "P1"}]}}', True),
        ("expert", b'{"data": {"parks": [{"code": "P2"}]}}', False),
    ],
)
def test_agreement_is_by_bytes_for_the_limit_and_by_value_for_the_expert(
    route: str, body: bytes, same: bool
) -> None:
    assert agrees(route, body, HUB) is same


def test_a_difference_is_shown_where_it_is() -> None:
    shown = first_difference(b'{"data":{"parks":[{"code":"P2"}]}}', HUB)

    assert 'P1"' in shown.splitlines()[0]
    assert 'P2"' in shown.splitlines()[1]


def test_cpu_of_children_that_have_ended_is_counted() -> None:
    before = cpu_seconds(os.getpid())

    subprocess.run([sys.executable, "-c", "sum(range(6_000_000))"], check=True)

    assert cpu_seconds(os.getpid()) - before >= 0.05


def test_a_tree_and_the_memory_of_a_process_are_found() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in tree(os.getpid())
        assert memory_bytes(os.getpid()) > 10_000_000
