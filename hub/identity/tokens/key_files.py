"""Signing keys in files, numbered, made once by whoever starts first, and watched.

    $HUB_HOME/keys/0001.json      a private JWK (RFC 7517) with `signs_from`, mode 0600
    $HUB_HOME/keys/               mode 0700

The highest number is the newest key. A number is taken by `link(2)`, which fails when the name
exists: of several workers that start at once one makes the key and the others read it, without a
lock that a killed process could leave behind. A file appears whole or not at all.

A process looks whether the directory has changed whenever it needs a key, which costs a `stat` (two
microseconds). So every worker knows a key from the moment its file is there, and forgets one from
the moment it is gone; there is nothing that could be told too late.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from hub.identity.tokens.keys import UNREADABLE, SigningKey, SigningKeys, from_setting
from hub.kit.errors import SetupError

SETTLED = 100_000_000
"""Nanoseconds after which a second change of the directory surely has another time of change."""

RETRY = 1.0
"""Seconds between two looks at a directory that cannot be read."""

LEFT_BEHIND = 60
"""Seconds after which a file that was never finished belongs to a killed process."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class KeyFile:
    """A key and where it lies."""

    path: Path
    key: SigningKey

    @property
    def number(self) -> int:
        return int(self.path.stem)

    @property
    def written(self) -> float:
        return self.path.stat().st_mtime


class WatchedKeys(SigningKeys):
    """The keys of a directory as they are at each moment."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._stamp = _stamp(directory)
        self._again = 0.0
        super().__init__([file.key for file in read(directory)], clock)

    def known(self) -> dict[str, SigningKey]:
        stamp = _stamp(self._directory)
        if stamp is None or stamp != self._stamp:
            self._reread(stamp)
        return super().known()

    def _reread(self, stamp: int | None) -> None:
        """What cannot be read changes nothing: the keys of before serve, and it is logged."""
        if time.monotonic() < self._again:
            return
        try:
            self._take(file.key for file in read(self._directory))
            self._stamp = stamp
        except (SetupError, OSError) as error:
            self._again = time.monotonic() + RETRY
            log.error("keys.unreadable", error=str(error))


def load(
    directory: Path, private_jwk: str | None = None, clock: Callable[[], float] = time.time
) -> SigningKeys:
    """The keys of the setting where it is given, else those in the directory, at least one."""
    if private_jwk:
        return from_setting(private_jwk, clock)
    if not _files(directory):
        make(directory, 1, SigningKey.made(signs_from=int(clock())))
    return WatchedKeys(directory, clock)


def read(directory: Path) -> list[KeyFile]:
    """All keys, newest first; one that is removed in this moment is left out."""
    found = []
    for path in reversed(_files(directory)):
        try:
            found.append(KeyFile(path, _read(path)))
        except FileNotFoundError:
            continue
    return found


def make(directory: Path, number: int, key: SigningKey) -> bool:
    """Keep a key under this number; False when another process took the number first.

    The caller has decided on the number before: were it counted here, a worker that comes second
    would make the next key, and sign with one that the first has not read.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = _write_aside(directory, key)
    try:
        _path(directory, number).hardlink_to(written)
    except FileExistsError:
        return False
    finally:
        written.unlink()
    _onto_disk(directory)
    return True


def replace(file: KeyFile, key: SigningKey) -> None:
    """Write a file anew, in one step."""
    _write_aside(file.path.parent, key).replace(file.path)
    _onto_disk(file.path.parent)


def remove(file: KeyFile) -> None:
    file.path.unlink(missing_ok=True)
    _onto_disk(file.path.parent)


def sweep(directory: Path) -> None:
    """Remove what killed processes left unfinished."""
    for path in directory.glob("*.new"):
        if time.time() - path.stat().st_mtime > LEFT_BEHIND:
            path.unlink(missing_ok=True)


def _path(directory: Path, number: int) -> Path:
    return directory / f"{number:04}.json"


def _files(directory: Path) -> list[Path]:
    found = (path for path in directory.glob("*.json") if path.stem.isdecimal())
    return sorted(found, key=lambda path: int(path.stem))


def _stamp(directory: Path) -> int | None:
    """When the directory was changed last; None where a further change might not show."""
    try:
        changed = directory.stat().st_mtime_ns
    except OSError:
        return None
    return changed if time.time_ns() - changed > SETTLED else None


def _write_aside(directory: Path, key: SigningKey) -> Path:
    """Write all of it to a file of another name (mode 0600 by mkstemp), and on to the disk."""
    handle, name = tempfile.mkstemp(dir=directory, suffix=".new")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(key.jwk(), file)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _onto_disk(directory: Path) -> None:
    """The directory's entries too: a key that has signed must not vanish with the power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> SigningKey:
    mode = path.stat().st_mode
    if mode & 0o077:
        raise SetupError(
            f"{path} can be read by others (mode {mode & 0o777:o}).",
            next_step=f"chmod 600 '{path}', and make a new key if somebody may have read it.",
        )
    try:
        return SigningKey.read(json.loads(path.read_text(encoding="ascii")))
    except UNREADABLE as error:
        raise SetupError(
            f"{path} does not hold a private ES256 key: {error}",
            next_step="Restore it from a backup, or move it away: tokens it signed then end.",
        ) from error
