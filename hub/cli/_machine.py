"""What `hub doctor` looks at outside the database: Python, packages, settings, home, port."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from hub import app
from hub import settings as settings_module
from hub.cli import _port, _running
from hub.cli._finding import Finding
from hub.cli._http import answers, local_url
from hub.cli._token import hub_of
from hub.kit.errors import SetupError
from hub.settings import CHECKOUT, PREFIX, Settings

OLDEST_PYTHON = (3, 11)
FREE_BYTES = 1_000_000_000
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?P<marker> ;)?")


def findings(settings: Settings) -> Iterator[Finding]:
    yield python()
    yield packages(CHECKOUT / "requirements.lock")
    yield variables(settings_module.unknown())
    yield home(settings.home)
    yield secrets(settings.home)
    yield space(settings.home)
    yield hub(settings)
    yield port(settings)
    yield issuer(settings)
    if settings.trusted_issuers:
        yield trusted(settings)
    yield clock(CHECKOUT / "requirements.lock")


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", version, "Install Python 3.11 or newer.")
    return Finding("Python", version)


def packages(lock: Path) -> Finding:
    """Compare what is installed with the lock; lines for other platforms are left out."""
    wrong = []
    for line in lock.read_text().splitlines():
        pinned = PINNED.match(line)
        if pinned is None or pinned["marker"]:
            continue
        try:
            installed = metadata.version(pinned["name"])
        except metadata.PackageNotFoundError:
            installed = "missing"
        if installed != pinned["version"]:
            wrong.append(f"{pinned['name']} {installed} instead of {pinned['version']}")
    if wrong:
        mend = "Start the hub with ./run, which installs the lock; if it does, delete .venv first."
        return Finding("packages", "; ".join(wrong), mend)
    return Finding("packages", "as in requirements.lock")


def variables(unknown: list[str]) -> Finding:
    if not unknown:
        return Finding("settings", "every HUB_ variable is known")
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    guesses = [difflib.get_close_matches(name, names, 1) for name in unknown]
    meant = [
        f"{name} (did you mean {guess[0]}?)" if guess else name
        for name, guess in zip(unknown, guesses, strict=True)
    ]
    return Finding("settings", "unknown: " + ", ".join(meant), "Correct or unset them.")


def home(path: Path) -> Finding:
    if not path.exists():
        return Finding("home", f"{path} is made by `hub up`")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Finding("home", f"{path} cannot be written", "Run as its owner, or choose another.")
    if path.stat().st_mode & 0o066:
        return Finding(
            "home", f"{path} is open to other users", f"chmod go-rw {shlex.quote(str(path))}"
        )
    return Finding("home", str(path))


def secrets(path: Path) -> Finding:
    """Passwords and keys lie in JSON files, which nobody else may read."""
    files = [*path.glob("postgres/*.json"), *path.glob("demo/*.json"), *path.glob("keys/*")]
    opened = [str(file) for file in files if file.stat().st_mode & 0o077]
    if opened:
        return Finding(
            "secrets",
            ", ".join(opened) + " can be read by others",
            f"chmod 600 {shlex.join(opened)}",
        )
    return Finding("secrets", "readable by their owner alone")


def space(path: Path) -> Finding:
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < FREE_BYTES:
        return Finding("disk", f"{free / 1e9:.1f} GB free", "Make room: PostgreSQL needs 1 GB.")
    return Finding("disk", f"{free / 1e9:.0f} GB free")


def hub(settings: Settings) -> Finding:
    """Whether it serves is told plainly, and is no fault: nobody said that it should."""
    if there := _running.running(settings.home):
        if answers(there.url):
            return Finding("hub", f"serves at {there.url}, pid {there.pid}")
        return Finding(
            "hub",
            f"pid {there.pid} holds this home, and is not ready at {there.url}",
            "It may be starting; `hub status` tells when it answers.",
            note=True,
        )
    if answers(local_url(settings)):
        return Finding("hub", f"one serves at {local_url(settings)}, not by `hub up` of this home")
    return Finding("hub", "down: nothing serves for this home", "`hub up` starts it.", note=True)


def port(settings: Settings) -> Finding:
    address = f"{settings.host}:{settings.port}"
    if there := _running.running(settings.home):
        return Finding("port", f"{there.url} is the hub's")
    if (obstacle := _port.obstacle(settings.host, settings.port)) is None:
        return Finding("port", f"{address} is free")
    if answers(local_url(settings)):
        return Finding("port", f"{address} is the hub's")
    return Finding("port", obstacle.message, obstacle.next_step)


def issuer(settings: Settings) -> Finding:
    """RFC 8414: an https URL without query or fragment; plain http is safe on loopback only.

    Of a hub that serves it is the one that it goes by, whatever this terminal's settings say.
    """
    name, port = settings.issuer, settings.port
    if (there := _running.running(settings.home)) and answers(there.url):
        name, port = hub_of(settings)[1], urlsplit(there.url).port or port
    url = urlsplit(name)
    loopback = url.hostname in ("127.0.0.1", "::1", "localhost")
    if not url.hostname or url.query or url.fragment or name.endswith("/"):
        return Finding("issuer", name, "Set HUB_ISSUER to a URL such as https://hub.example")
    if url.scheme != "https" and not loopback:
        return Finding("issuer", name, "Tokens need https: put a proxy in front.")
    if loopback and url.port != port:
        return Finding(
            "issuer",
            f"{name}, but the port is {port}",
            "Right behind a proxy; otherwise unset HUB_ISSUER.",
            note=True,
        )
    return Finding("issuer", name)


def trusted(settings: Settings) -> Finding:
    """The file of issuers elsewhere, as the hub reads it when it starts."""
    try:
        names = [one.issuer for one in app.trusted_issuers(settings)]
    except SetupError as error:
        return Finding("issuers", error.message, error.next_step)
    return Finding("issuers", "trusted too: " + ", ".join(names))


def clock(lock: Path) -> Finding:
    """A clock that stands before the files of this checkout were written is surely wrong."""
    behind = lock.stat().st_mtime - time.time()
    if behind > 60:
        return Finding(
            "clock",
            f"is at least {behind / 60:.0f} minutes behind",
            "Set it: tokens are refused when clocks differ.",
        )
    return Finding("clock", "plausible")
