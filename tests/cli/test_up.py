"""`hub up` and its neighbours as a person at a terminal uses them: real processes, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli import _running
from hub.cli._http import answers
from hub.kit.postgres import Cluster, process
from hub.kit.postgres.account import server_account
from tests.cli.serving import ROOT, SECONDS, Up, command, hub, kill, up, wait

# One worker runs them all, since starting the hub that they share takes longer than they do.
pytestmark = pytest.mark.xdist_group("up")

BARE = "--no-demo"
"""Demonstration data takes longer to load than all the rest of a start."""


@pytest.fixture
def port() -> int:
    return process.free_port(None)


@pytest.fixture(scope="module")
def serving(module_home: Path) -> Iterator[Up]:
    """One hub for the tests that leave it as it is."""
    with up(module_home, process.free_port(None), BARE) as running:
        yield running


def database_processes(home: Path) -> set[int]:
    return process.server_processes(home / "postgres/data", server_account())


def test_status_shows_what_runs(serving: Up) -> None:
    said = hub("status", "--home", serving.home)
    assert said.returncode == 0
    assert f"up, pid {serving.process.pid}, {serving.url}" in said.stdout
    assert "up to date" in said.stdout


def test_doctor_finds_nothing_to_mend_in_a_hub_that_serves(serving: Up) -> None:
    said = hub("doctor", "--home", serving.home)
    assert (said.returncode, "fault" in said.stdout) == (0, False), said.stdout
    assert f"serves at {serving.url}, pid {serving.process.pid}" in said.stdout
    assert re.search(rf"issuer +{re.escape(serving.url)}\n", said.stdout)


def test_a_second_up_is_told_who_runs(serving: Up, port: int) -> None:
    said = hub("up", "--home", serving.home, "--port", str(port))
    assert said.returncode == 1
    assert f"already (pid {serving.process.pid}, {serving.url})" in said.stderr
    assert f"-m hub --home {serving.home} stop`" in said.stderr
    assert answers(serving.url)


def test_a_port_in_use_is_told_before_anything_is_made(serving: Up, home: Path) -> None:
    new = home / "new"
    said = hub("up", "--home", new, "--port", str(serving.port))
    assert said.returncode == 1
    assert f"Port {serving.port} on 127.0.0.1 is in use" in said.stderr
    assert f"--port {serving.port + 1} (or HUB_PORT)" in said.stderr
    assert not new.exists()


def test_the_database_can_be_asked_by_hand(serving: Up) -> None:
    url = hub("--home", serving.home, "db", "url", "--app").stdout.strip()
    assert url.startswith("postgresql://hub_app:")


def test_without_demo_mode_no_credentials_are_made(serving: Up) -> None:
    assert not (serving.home / "demo").exists()


def test_a_killed_database_is_started_again_under_the_hub(serving: Up) -> None:
    database = Cluster(serving.home).status()
    assert database is not None
    os.kill(database.pid, signal.SIGKILL)
    wait(lambda: not answers(serving.url))
    wait(lambda: answers(serving.url))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_server_and_database(home: Path, port: int, number: signal.Signals) -> None:
    spaced = home / "a home 南通"
    with up(spaced, port, BARE) as running:
        running.process.send_signal(number)
        assert running.process.wait(SECONDS) == 0
    assert database_processes(spaced) == set()
    assert hub("status", "--home", spaced).returncode == 3
    Cluster(spaced).remove()


def test_stop_ends_server_and_database(home: Path, port: int) -> None:
    with up(home, port, BARE) as running:
        assert "Stopped the hub" in hub("stop", "--home", home).stdout
        assert running.process.wait(SECONDS) == 0
    assert database_processes(home) == set()
    assert "Nothing runs" in hub("stop", "--home", home).stdout


def test_up_holds_its_home_before_it_imports_what_takes_long() -> None:
    """So that `hub stop` a second later finds it."""
    loaded = "import sys, hub.cli.up; print(sys.modules.keys() & {'strawberry', 'uvicorn'})"
    ran = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout == "set()\n"


def test_stop_finds_a_hub_that_has_only_begun(home: Path, port: int) -> None:
    starting = subprocess.Popen(
        command("up", "--home", home, "--port", str(port), "--no-demo"),
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )
    wait(lambda: _running.running(home) is not None)
    assert f"Stopped the hub (pid {starting.pid})" in hub("stop", "--home", home).stdout
    assert starting.wait(SECONDS) == 0
    assert database_processes(home) == set()


def test_doctor_says_plainly_that_nothing_serves_and_finds_no_fault_in_it(home: Path) -> None:
    said = hub("doctor", "--home", home, HUB_PORT=str(process.free_port(None)))
    assert said.returncode == 0, said.stdout
    assert "nothing serves for this home" in said.stdout
    assert f"-m hub --home {home} up` starts it" in said.stdout


def test_a_killed_hub_comes_up_again_on_its_port_and_database(home: Path, port: int) -> None:
    """Killed with two workers, which must not keep the port; then stopped after another kill."""
    with up(home, port, BARE, "--workers", "2") as running:
        database = Cluster(home).status()
        kill(running)
    with up(home, port, BARE) as running:
        assert Cluster(home).status() == database
        kill(running)
    assert "Stopped PostgreSQL" in hub("stop", "--home", home).stdout
    assert database_processes(home) == set()


def test_a_copy_of_a_stopped_home_is_a_backup(home: Path, port: int) -> None:
    kept, copy = home / "kept", home / "a copy"
    with up(kept, port, BARE) as running:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(SECONDS)
    subprocess.run(["cp", "-a", kept, copy], check=True)
    kept.rename(home / "lost")
    with up(copy, port, BARE):
        said = hub("doctor", "--home", copy)
        assert (said.returncode, "fault" in said.stdout) == (0, False), said.stdout
        assert "every changed row is as its last change row says" in said.stdout
    Cluster(copy).remove()


def test_a_database_of_ones_own_that_is_away_is_told(home: Path, port: int) -> None:
    away = "postgresql://hub:secret@127.0.0.1:1/hub"
    said = hub("up", "--home", home, "--port", str(port), HUB_DATABASE_URL=away)
    assert said.returncode == 1
    assert "Connect call failed" in said.stderr
    assert "Check HUB_DATABASE_URL" in said.stderr
    assert "secret" not in said.stdout + said.stderr


def test_a_faulty_setting_is_told_by_its_variable(home: Path) -> None:
    said = hub("status", "--home", home, HUB_WORKERS="many")
    assert said.returncode == 1
    assert "HUB_WORKERS = 'many'" in said.stderr


def test_doctor_says_how_to_mend_a_misspelt_variable_and_a_taken_port(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        said = hub("doctor", "--home", home, HUB_PORT=str(taken), HUB_PROT="1")
    assert said.returncode == 1
    assert "HUB_PROT (did you mean HUB_PORT?)" in said.stdout
    assert f"--port {taken + 1} (or HUB_PORT)" in said.stdout
