"""The contenders as processes: each serves HTTP, pinned to one core, and knows how to be asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

from hub.identity.clients.client import Client
from hub.identity.grants.granted import Granted
from hub.identity.tokens import key_files
from hub.identity.tokens.mint import Mint, resource
from hub.kit.errors import SetupError
from hub.kit.postgres.process import free_port
from tests.bench.home import ISSUER, Home
from tests.bench.row import Ask, Row

CHECKOUT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
TRIES = 4
NAMES = ("hub", "expert", "limit", "again")
"""`again` is the limit once more, in a process of its own: how far it strays is the noise."""


@dataclass(frozen=True)
class Contender:
    """A server that runs."""

    name: str
    pid: int
    port: int
    home: Home

    @property
    def is_hub(self) -> bool:
        return self.name == "hub"

    @property
    def route(self) -> str:
        """Which hand-written route it serves."""
        return "limit" if self.name == "again" else self.name

    def requests(self, row: Row, asks: Sequence[Ask], clients: dict[str, Client]) -> list[bytes]:
        """The row's questions as bytes for a socket; the hub's with a token that is valid now."""
        if self.is_hub:
            token = access_token(self.home, clients[row.asker.client_id])
            return [self.posted(row.document, ask, token) for ask in asks]
        if row.renew is not None:
            return [self.sent(row.path, ask) for ask in asks]
        return [self.got(row.path.format_map(ask.values)) for ask in asks]

    def posted(self, document: str, ask: Ask, token: str) -> bytes:
        """A question to `/graphql`."""
        sent = {"query": document, "variables": dict(ask.variables)}
        body = json.dumps(sent, ensure_ascii=False).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def sent(self, target: str, ask: Ask) -> bytes:
        """A change asked of a hand-written route."""
        body = json.dumps(ask.values, ensure_ascii=False).encode()
        head = (
            f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/json\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def got(self, target: str) -> bytes:
        """A question to a hand-written route."""
        head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        return f"{head}Accept: application/json\r\n\r\n".encode()


def access_token(home: Home, client: Client) -> str:
    """A token as the hub's own endpoint would make it, with all that the client may have."""
    mint = Mint(key_files.load(home.path / "keys"), ISSUER)
    granted = Granted(tuple(client.scopes), client.bounds(), resource(ISSUER))
    return mint.access_token(client, granted).text


@contextmanager
def serving(home: Home, core: int | None, workers: int = 1) -> Iterator[list[Contender]]:
    """All contenders, started one after another and ended together."""
    for name in NAMES:
        log_of(name, home).unlink(missing_ok=True)
    with ExitStack() as stack:
        yield [stack.enter_context(contender(name, home, core, workers)) for name in NAMES]


@contextmanager
def contender(name: str, home: Home, core: int | None, workers: int) -> Iterator[Contender]:
    process, port = _started(name, home, core, workers)
    try:
        yield Contender(name, process.pid, port, home)
    finally:
        _end(process)


def _started(
    name: str, home: Home, core: int | None, workers: int
) -> tuple[subprocess.Popen[bytes], int]:
    """A server that answers; another port is tried when somebody took the free one meanwhile."""
    for _ in range(TRIES):
        port = free_port(None)
        process = _spawned(name, port, home, core, workers)
        if _answers(process, port):
            return process, port
        _end(process)
    raise SetupError(f"The contender {name} did not start.", next_step=f"See {log_of(name, home)}.")


def _spawned(
    name: str, port: int, home: Home, core: int | None, workers: int
) -> subprocess.Popen[bytes]:
    route = "limit" if name == "again" else name
    module = (
        ["hub", "serve", "--port", str(port), "--workers", str(workers)]
        if name == "hub"
        else ["tests.bench.handwritten", route, str(port), str(workers)]
    )
    environment = {**os.environ, **home.environment, "PYTHONPATH": str(CHECKOUT)}
    with log_of(name, home).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *module],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_of(name: str, home: Home) -> Path:
    """Where a contender's own words go; the hub writes a line for each request."""
    return home.path / f"{name}.log"


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers at all (a 404 is an answer); False when it ended or is late."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opener.open(Request(f"http://127.0.0.1:{port}/healthz"), timeout=5).close()
        except OSError as error:
            if getattr(error, "code", None) is not None:
                return process.poll() is None
            time.sleep(0.05)
        else:
            return process.poll() is None
    return False
