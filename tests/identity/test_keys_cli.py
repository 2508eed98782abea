"""`hub keys` while the hub serves: no request fails, and a revoked key's tokens end at once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest

from hub.cli import _running
from hub.cli._http import answers
from hub.identity.tokens import jose, key_files, rotation
from hub.identity.tokens.keys import SigningKey
from hub.kit import db
from hub.kit.db import plain_url
from hub.kit.postgres import process
from tests.conftest import DATA_KEY, ROOT, Database
from tests.identity.conftest import (
    Caller,
    Registrar,
    Server,
    authorization_server,
    bearer,
    token_of,
)
from tests.identity.test_dpop import Client
from tests.identity.test_revocation import CUT, answer, until_refused
from tests.terminal import Result, typed

Keys = Callable[..., Result]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    key_files.load(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def keys(tmp_path: Path, database: Database, directory: Path) -> Keys:
    """Run `hub keys ...` for a home that has keys, on the test database."""
    variables = {
        "HUB_HOME": str(tmp_path),
        "HUB_DATABASE_URL": database.owner_url,
        "HUB_APP_DATABASE_URL": database.app_url,
    }
    return lambda *arguments, **more: typed("keys", *arguments, **variables, **more)


@pytest.fixture
def workers(app_url: str, directory: Path) -> Iterator[tuple[Server, Server]]:
    """Two workers of one hub, each with the keys of the directory as it sees them."""
    with (
        authorization_server(app_url, key_files.load(directory)) as one,
        authorization_server(app_url, key_files.load(directory), one.issuer) as other,
    ):
        yield one, other


@pytest.fixture
async def http(workers: tuple[Server, Server]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=workers[0].url, timeout=30) as client:
        yield client


def kid_of(token: str) -> str:
    return str(jose.read(token).kid)


def newest(directory: Path) -> str:
    return key_files.read(directory)[0].key.kid


@asynccontextmanager
async def load(
    http: httpx.AsyncClient, urls: list[str], caller: Caller, path: str
) -> AsyncIterator[list[str]]:
    """Ask for tokens without a pause, and use each at every URL; yields the ids of their keys.

    Any answer but 200 ends the test.
    """
    kids: list[str] = []

    async def go_on(number: int) -> None:
        while True:
            url = urls[number % len(urls)]
            made = await http.post(f"{url}/oauth/token", data=caller.form, auth=caller.basic())
            assert made.status_code == 200, made.text
            token = made.json()["access_token"]
            for at in urls:
                used = await http.post(
                    at + path, headers=bearer(token), json={"query": "{__typename}"}
                )
                assert used.status_code == 200, used.text
            kids.append(kid_of(token))

    tasks = [asyncio.create_task(go_on(number)) for number in range(4)]
    try:
        yield kids
        assert not any(task.done() for task in tasks), [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def until_signed_by(kids: list[str], kid: str) -> None:
    async with asyncio.timeout(20):
        while len(kids) < 20 or set(kids[-20:]) != {kid}:  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)


async def test_no_request_fails_while_keys_are_rotated(
    workers: tuple[Server, Server], register: Registrar, directory: Path, keys: Keys
) -> None:
    """By the command, at once, and again and again with a moment that lies ahead."""
    urls = [worker.url for worker in workers]
    caller = await register.with_secret()
    limits = httpx.Limits(max_connections=20)
    async with (
        httpx.AsyncClient(timeout=30, limits=limits) as http,
        load(http, urls, caller, "/whoami") as kids,
    ):
        await until_signed_by(kids, newest(directory))
        for _ in range(3):
            done = await asyncio.to_thread(keys, "rotate", "--now")
            assert done.returncode == 0, done.stderr
            await until_signed_by(kids, newest(directory))
        for _ in range(3):
            made, _ = await asyncio.to_thread(rotation.rotate, directory, lead=1)
            published = await http.get(f"{urls[1]}/oauth/jwks")
            assert made.kid in {key["kid"] for key in published.json()["keys"]}
            assert made.kid not in kids
            await until_signed_by(kids, made.kid)
    assert len(set(kids)) == 7


async def test_real_workers_fail_no_request_while_keys_are_rotated(
    fresh_database: Database, tmp_path: Path
) -> None:
    engine = db.engine(fresh_database.owner_url, pooled=False)
    caller = await Registrar(engine).with_secret()
    await engine.dispose()
    port = process.free_port(None)
    variables = {
        "HUB_HOME": str(tmp_path),
        "HUB_DATABASE_URL": fresh_database.owner_url,
        "HUB_APP_DATABASE_URL": fresh_database.app_url,
        "HUB_DATA_KEY": DATA_KEY,
        "HUB_PORT": str(port),
        "HUB_LOG_LEVEL": "error",
    }
    hub = subprocess.Popen(
        [sys.executable, "-m", "hub", "serve", "--workers", "2"],
        cwd=ROOT,
        env={**os.environ, **variables},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        up = partial(process.wait_until, lambda: answers(url), seconds=60)
        assert await asyncio.to_thread(up)
        # Each request comes by a connection of its own, to whichever worker takes it.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with (
            httpx.AsyncClient(timeout=30, limits=limits) as http,
            load(http, [url] * 4, caller, "/graphql") as kids,
        ):
            for arguments in ([], ["--now"], ["--now"]):
                command = [sys.executable, "-m", "hub", "keys", "rotate", *arguments]
                done = await asyncio.to_thread(
                    subprocess.run,
                    command,
                    cwd=ROOT,
                    env={**os.environ, **variables},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stderr
                if arguments:
                    await until_signed_by(kids, newest(tmp_path / "keys"))
        assert len(set(kids)) == 3
    finally:
        hub.terminate()
        hub.wait(timeout=30)


async def test_bound_tokens_go_on_across_a_rotation(
    http: httpx.AsyncClient,
    workers: tuple[Server, Server],
    register: Registrar,
    keys: Keys,
    directory: Path,
) -> None:
    """Their nonces come from the signing key: none of before is refused after."""
    client = Client(http, workers[0], await register.with_secret())
    token = await client.token()
    before = client.nonce

    await asyncio.to_thread(keys, "rotate", "--now")

    async with httpx.AsyncClient(base_url=workers[1].url) as other:
        for at in (http, other):
            assert (await client.use(token, at=at)).status_code == 200
        assert client.nonce == before
        new = await client.token()
        assert kid_of(new) == newest(directory) != kid_of(token)
        assert client.nonce != before
        assert (await client.use(new, at=other)).status_code == 200
        assert (await client.use(token, at=other)).status_code == 200


async def test_revoked_key_takes_its_tokens_along_at_each_worker_within_a_second(
    http: httpx.AsyncClient,
    workers: tuple[Server, Server],
    register: Registrar,
    keys: Keys,
    directory: Path,
) -> None:
    caller = await register.with_secret()
    old = await token_of(http, caller, workers[0].issuer)
    await asyncio.to_thread(keys, "rotate", "--now")
    kept = await token_of(http, caller, workers[0].issuer)
    for worker in workers:
        for token in (old, kept):
            assert await answer(http, worker, token) == (200, None)

    done = await asyncio.to_thread(keys, "revoke", kid_of(old))

    assert done.returncode == 0, done.stderr
    for worker in workers:
        assert await until_refused(http, worker, old) < 1
        assert await answer(http, worker, old) == (401, "key")
        assert await answer(http, worker, kept) == (200, None)
        published = (await http.get(f"{worker.url}/oauth/jwks")).json()["keys"]
        assert [key["kid"] for key in published] == [kid_of(kept)]
    assert [file.key.kid for file in key_files.read(directory)] == [kid_of(kept)]


async def test_key_that_signs_is_revoked_and_another_signs(
    http: httpx.AsyncClient, workers: tuple[Server, Server], register: Registrar, keys: Keys
) -> None:
    caller = await register.with_secret()
    old = await token_of(http, caller, workers[0].issuer)

    await asyncio.to_thread(keys, "revoke", kid_of(old))

    for worker in workers:
        assert (await answer(http, worker, old))[0] == 401
        async with httpx.AsyncClient(base_url=worker.url) as at:
            new = await token_of(at, caller, worker.issuer)
        for other in workers:
            assert await answer(http, other, new) == (200, None)


async def test_key_on_another_machine_is_revoked_by_the_database(
    app_url: str,
    register: Registrar,
    keys: Keys,
    directory: Path,
    tmp_path: Path,
) -> None:
    """Its copy of the file stays, and serves for nothing, also after it is started again."""
    copied = tmp_path / "elsewhere"
    copied.mkdir(mode=0o700)
    (copied / "0001.json").write_bytes((directory / "0001.json").read_bytes())
    (copied / "0001.json").chmod(0o600)
    caller = await register.with_secret()
    with authorization_server(app_url, key_files.load(copied)) as machine:
        async with httpx.AsyncClient(base_url=machine.url) as http:
            token = await token_of(http, caller, machine.issuer)
            assert await answer(http, machine, token) == (200, None)

            await asyncio.to_thread(keys, "revoke", kid_of(token))

            assert await until_refused(http, machine, token) < 1
            refused = await http.post("/oauth/token", data=caller.form, auth=caller.basic())
            assert (refused.status_code, refused.json()["error"]) == (
                503,
                "temporarily_unavailable",
            )
    with authorization_server(app_url, key_files.load(copied), machine.issuer) as again:
        async with httpx.AsyncClient(base_url=again.url) as http:
            assert (await answer(http, again, token)) == (401, "key")
            assert (await http.get("/oauth/jwks")).json() == {"keys": []}

            (newest_file,) = key_files.read(directory)
            aside = copied / "copied"
            aside.touch(mode=0o600)
            aside.write_bytes(newest_file.path.read_bytes())
            aside.rename(copied / newest_file.path.name)
            new = await token_of(http, caller, machine.issuer)
            assert kid_of(new) == newest_file.key.kid
            assert await answer(http, again, new) == (200, None)


async def test_revoked_key_stays_revoked_when_the_notice_is_lost(
    http: httpx.AsyncClient,
    workers: tuple[Server, Server],
    register: Registrar,
    database: Database,
) -> None:
    """No worker is told, and the file of one is still there: the database is asked."""
    caller = await register.with_secret()
    token = await token_of(http, caller, workers[0].issuer)
    assert await answer(http, workers[0], token) == (200, None)
    owner = await asyncpg.connect(plain_url(database.owner_url))
    app = await asyncpg.connect(plain_url(database.app_url))
    try:
        await owner.execute("ALTER TABLE identity.revoked_key DISABLE TRIGGER tell_of_key")
        await owner.execute("INSERT INTO identity.revoked_key VALUES ($1)", kid_of(token))
        assert await answer(http, workers[0], token) == (200, None)
        assert await answer(http, workers[1], token) == (401, "revoked")

        await app.execute(CUT)
        assert await until_refused(http, workers[0], token) < 1
    finally:
        await owner.execute("ALTER TABLE identity.revoked_key ENABLE TRIGGER tell_of_key")
        await owner.close()
        await app.close()


def test_list_shows_where_each_key_stands(keys: Keys, directory: Path) -> None:
    first = newest(directory)
    assert keys("rotate").returncode == 0
    header, waiting, signing = keys("list").stdout.splitlines()

    assert header.split("  ")[0] == "KEY"
    assert waiting.split()[:2] == [newest(directory), "waits"]
    assert signing.split()[:2] == [first, "signs"]
    again = keys("rotate")
    assert (again.returncode, "waits already" in again.stderr) == (1, True)
    assert "No key may go yet" in keys("retire").stderr


async def test_rotation_that_the_running_hub_does_not_see_is_told(
    keys: Keys, tmp_path: Path, workers: tuple[Server, Server], server: Server
) -> None:
    """`server` has keys of its own, as one that was given HUB_SIGNING_KEY."""
    with _running.holding(tmp_path, workers[0].url):
        seen = await asyncio.to_thread(keys, "rotate")
    with _running.holding(tmp_path, server.url):
        unseen = await asyncio.to_thread(keys, "rotate", "--now")

    assert (seen.returncode, "does not publish it" in seen.stderr) == (0, False)
    assert (unseen.returncode, "does not publish it" in unseen.stderr) == (0, True)


def test_retire_removes_what_has_ended(keys: Keys, directory: Path) -> None:
    first = newest(directory)
    key_files.make(directory, 2, SigningKey.made(time.time() - rotation.KEPT - 1))
    assert f"{first}  ended" in keys("list").stdout

    done = keys("retire")

    assert (done.returncode, first in done.stderr) == (0, True)
    assert first not in keys("list").stdout


@pytest.mark.parametrize("kid", ["-v3ryUnlikely", "--help-less"])
def test_kid_that_begins_with_a_hyphen_is_no_option(keys: Keys, kid: str) -> None:
    refused = keys("revoke", kid)
    assert (refused.returncode, f"no signing key {kid}" in refused.stderr) == (1, True)


def test_key_that_is_not_there_is_not_revoked(keys: Keys) -> None:
    done = keys("revoke", "x")
    assert (done.returncode, "There is no signing key x" in done.stderr) == (1, True)


def test_home_without_keys_is_told(keys: Keys, tmp_path: Path) -> None:
    done = typed("--home", tmp_path / "other", "keys", "list")
    assert (done.returncode, "There are no keys" in done.stderr) == (1, True)


def test_setting_is_rotated_by_hand_with_what_is_printed(keys: Keys, directory: Path) -> None:
    (old,) = key_files.read(directory)
    given = {"HUB_SIGNING_KEY": json.dumps(old.key.jwk())}

    rotated = keys("rotate", **given)

    assert "restart each hub before" in rotated.stderr
    taken = key_files.load(directory, rotated.stdout)
    assert taken.kid == old.key.kid
    assert len(taken.jwks()["keys"]) == 2
    listed = keys("list", HUB_SIGNING_KEY=rotated.stdout).stdout.splitlines()
    assert [line.split()[1] for line in listed[1:]] == ["waits", "signs"]
    assert keys("retire", **given).returncode == 1
    assert len(key_files.read(directory)) == 1
