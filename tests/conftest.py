"""What all tests stand on: one PostgreSQL server for a run, one database for each worker.

The server is started by the first test that needs it, with fsync off, and removed with its data at
the end. The first worker makes a template (migrated, reference data loaded); every other database
is a clone of it, which takes 40 to 90 ms.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from hub import reference
from hub.kit import data_key, migrations
from hub.kit.db import connect_pool
from hub.kit.postgres import Cluster, ClusterInfo

pytest_plugins = ["tests.town"]

# Told to the workers, which are processes of their own; no HUB_ variable, since it is no setting.
HOME_VARIABLE = "TEST_HUB_HOME"
BASE = Path(tempfile.gettempdir()) / f"hub-tests-{os.getuid()}"
TEMPLATE = "hub_template"
DATA_KEY = "dGhlIGRhdGEga2V5IG9mIGFsbCBkYXRhYmFzZXMhISE"
"""The key of every database here; a hub on one is given it as HUB_DATA_KEY."""
ROOT = Path(__file__).parent.parent
START = (
    "import sys; from pathlib import Path; from hub.kit.postgres import Cluster; "
    "Cluster(Path(sys.argv[1]), durable=False).start()"
)


@dataclass(frozen=True)
class Database:
    """A database of the test server, as the tables' owner and as the app sees it."""

    name: str
    owner_url: str
    app_url: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long tests too")
    parser.addoption("--regenerate", action="store_true", help="write golden files and tables anew")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]  # a developer's own settings must not change a test
    sweep()
    home = make_directory(BASE / str(os.getpid()))
    config.stash[HELD] = hold(home)
    os.environ[HOME_VARIABLE] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and (home := os.environ.pop(HOME_VARIABLE, None)):
        remove(Path(home))
        os.close(config.stash[HELD])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless asked for; they are the same stories told more often."""
    if not config.getoption("--long"):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def cluster() -> ClusterInfo:
    """The run's server; whoever asks first starts it, the others find it running.

    Started by a process of its own, since it outlives the worker that happened to ask first.
    """
    home = Path(os.environ[HOME_VARIABLE])
    subprocess.run([sys.executable, "-c", START, home], check=True, cwd=ROOT)
    running = Cluster(home).status()
    assert running is not None
    return running


@pytest.fixture(scope="session")
async def template(cluster: ClusterInfo) -> str:
    """The name of a database that is migrated and has the reference data, made once a run."""
    home = Path(os.environ[HOME_VARIABLE])
    with locked(home / "template.lock"):
        if not (home / "template.done").exists():
            await execute(cluster, f"CREATE DATABASE {TEMPLATE}")
            url = owner_url_of(cluster, TEMPLATE)
            await migrations.upgrade(url)
            await reference.load(url)
            await data_key.settle(url, home, DATA_KEY)
            (home / "template.done").touch()
    return TEMPLATE


@pytest.fixture(scope="session")
async def database(cluster: ClusterInfo, template: str) -> Database:
    """This worker's own database, shared by its tests."""
    return await clone(cluster, template, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture
async def fresh_database(cluster: ClusterInfo, template: str) -> AsyncIterator[Database]:
    """A database for one test alone, which may change or break anything in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    fresh = await clone(cluster, template, f"{worker}_fresh")
    yield fresh
    await execute(cluster, f"DROP DATABASE {fresh.name} WITH (FORCE)")


@pytest.fixture
async def keyless(fresh_database: Database) -> Database:
    """A fresh database that nothing was sealed in yet: it takes the first key that comes."""
    owner = await asyncpg.connect(fresh_database.owner_url)
    await owner.execute("DELETE FROM public.data_key")
    await owner.close()
    return fresh_database


@pytest.fixture(scope="session")
def owner_url(database: Database) -> str:
    return database.owner_url


@pytest.fixture(scope="session")
def app_url(database: Database) -> str:
    return database.app_url


@pytest.fixture(scope="session")
async def pool(app_url: str) -> AsyncIterator[asyncpg.Pool]:
    """The app's pool on this worker's database, as a serving process opens it."""
    opened = await connect_pool(app_url, size=4)
    yield opened
    await opened.close()


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home for one test, whose server and data are removed behind it."""
    with temporary_home() as path:
        yield path


@pytest.fixture(scope="module")
def module_home() -> Iterator[Path]:
    """The same for a module whose tests share what runs in it."""
    with temporary_home() as path:
        yield path


@contextmanager
def temporary_home() -> Iterator[Path]:
    BASE.mkdir(mode=0o711, exist_ok=True)
    path = make_directory(Path(tempfile.mkdtemp(prefix="home-", dir=BASE)))
    descriptor = hold(path)
    try:
        yield path
    finally:
        remove(path)
        os.close(descriptor)


async def clone(cluster: ClusterInfo, template: str, suffix: str) -> Database:
    name = f"test_{suffix}"
    await execute(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await execute(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    app_url = cluster.url("hub_app", cluster.accounts.hub_app, name)
    return Database(name, owner_url_of(cluster, name), app_url)


def owner_url_of(cluster: ClusterInfo, database: str) -> str:
    return cluster.url("hub_owner", cluster.accounts.hub_owner, database)


@retry(
    retry=retry_if_exception_type(asyncpg.InsufficientPrivilegeError),
    wait=wait_fixed(0.1),
    stop=stop_after_delay(15),
    reraise=True,
)
async def execute(cluster: ClusterInfo, statement: str) -> None:
    """Run a statement that no transaction may enclose, such as CREATE DATABASE.

    DROP DATABASE may not end PostgreSQL's own autovacuum, which looks at it for a moment.
    """
    connection = await asyncpg.connect(cluster.owner_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


HELD = pytest.StashKey[int]()


def hold(home: Path) -> int:
    """Mark a directory as in use; the mark ends with this process, however it ends."""
    descriptor = os.open(home.with_name(home.name + ".held"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def sweep() -> None:
    """Remove servers and data of test runs that were killed."""
    for mark in BASE.glob("*.held"):
        with mark.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            remove(mark.with_suffix(""))


def remove(home: Path) -> None:
    Cluster(home).remove()
    shutil.rmtree(home, ignore_errors=True)
    home.with_name(home.name + ".held").unlink(missing_ok=True)


def make_directory(path: Path) -> Path:
    """A directory that the server's account may pass through when the tests run as root."""
    for directory in (BASE, path):
        directory.mkdir(exist_ok=True)
        directory.chmod(0o711)
    return path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
