"""Where a home keeps its database, and what is written down about it.

    $HUB_HOME/postgres/
        accounts.json     passwords of the three login roles (0600)
        cluster.json      where the rest lies, and the port last used (0600)
        lock              held while the server is being started or stopped
        data/             the data directory, owned by the account that runs the server
        postgresql.conf   pg_hba.conf   server.log

Everything lies below the home, so that a home can be looked at, moved or deleted as one thing.
The exception is a root's home that `nobody` cannot reach (`/root/...`): then `data`, the two
configuration files and the log lie in a directory of that home's own below `/var/lib`, and
`cluster.json` says so. Rights of directories that we did not make are never changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.kit.errors import SetupError
from hub.kit.postgres.account import Account

ELSEWHERE = Path("/var/lib/hub-postgres")


@dataclass(frozen=True)
class Accounts:
    """Passwords of the login roles: the server's administrator, the tables' owner, the app."""

    postgres: str
    hub_owner: str
    hub_app: str

    @classmethod
    def generate(cls) -> Accounts:
        return cls(*(secrets.token_urlsafe(24) for _ in range(3)))


@dataclass(frozen=True)
class Place:
    """Paths of one home's database: `notes` is ours, `root` is where the server may go."""

    notes: Path
    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def port(self) -> int | None:
        """The port last used; kept as long as it is free, because URLs are copied around."""
        port = read_json(self.notes / "cluster.json").get("port")
        return port if isinstance(port, int) else None

    def remember(self, port: int) -> None:
        write_private(self.notes / "cluster.json", {"root": str(self.root), "port": port})

    @property
    def accounts(self) -> Accounts | None:
        """The passwords, or None when they were never made or their file is damaged."""
        kept = read_json(self.notes / "accounts.json")
        try:
            return Accounts(**{name: str(kept[name]) for name in Accounts.__annotations__})
        except KeyError:
            return None

    def keep(self, accounts: Accounts) -> None:
        write_private(self.notes / "accounts.json", asdict(accounts))


def known(home: Path) -> Place | None:
    """The place of a home's database as written down, or None before the first start."""
    notes = home.absolute() / "postgres"
    root = read_json(notes / "cluster.json").get("root")
    if not isinstance(root, str):
        return None
    # A home that was moved takes its data along; only a place elsewhere keeps its path.
    elsewhere = Path(root).is_relative_to(ELSEWHERE)
    return Place(notes, Path(root) if elsewhere else notes)


def prepare(home: Path, account: Account) -> Place:
    """Make the directories of a home's database and decide, once, where its data lies."""
    home = home.absolute()
    notes = home / "postgres"
    make_home(home)
    notes.mkdir(exist_ok=True)
    # `nobody` must pass through to its data, but sees no names: 0711.
    notes.chmod(0o711 if account.drop else 0o700)
    place = known(home)
    if place is None:
        place = Place(notes, notes if account.may_enter(notes) else elsewhere(home))
    if not account.may_enter(place.root):
        raise SetupError(
            f"The account that runs PostgreSQL (uid {account.uid}) cannot enter {place.root}.",
            next_step="Choose another home with --home, below directories that others may pass "
            "through (chmod o+x).",
        )
    return place


def elsewhere(home: Path) -> Path:
    """A directory below /var/lib for a home that the server's account cannot reach."""
    root = ELSEWHERE / hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    try:
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"PostgreSQL runs as 'nobody', who can enter neither {home} nor {ELSEWHERE}: {error}.",
            next_step="Choose another home with --home, or run as an ordinary user.",
        ) from error
    for directory in (ELSEWHERE, root):
        directory.chmod(0o711)
    return root


def make_home(home: Path) -> None:
    """Make the home for nobody's eyes but ours; a home that exists keeps its rights."""
    if home.is_dir():
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise SetupError(
            f"The home {home} cannot be made: {error.strerror or error}.",
            next_step="Choose a directory that you may write to with --home or HUB_HOME.",
        ) from error


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold off other starts and stops of the same home; the kernel frees it if we are killed."""
    with (home / "postgres/lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_json(path: Path) -> dict[str, object]:
    """What a note says; nothing when it is missing or was damaged."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_private(path: Path, content: dict[str, object]) -> None:
    """Write a file that only we may read, whole or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
