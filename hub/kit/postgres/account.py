"""Which operating-system account runs the server, and how commands are run as that account.

PostgreSQL refuses to run as root. An ordinary user runs it directly; root hands it to `nobody`,
who needs no set-up on any machine. Whatever that account must reach (binaries, data) has to lie
where it may go, and the only honest test of that is to go there as the account itself: rights of
every parent directory, ACLs and mount options then count as they really are.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hub.kit.errors import SetupError

# Nothing of the caller's environment (PGDATA, PGPORT, LD_PRELOAD, ...) may steer the server.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Account:
    """The account that owns the data directory; `drop` says that we must become it first."""

    uid: int
    gid: int
    drop: bool

    def run(
        self, *command: str | Path, stdin: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account; the caller judges the exit code."""
        return subprocess.run(
            [str(part) for part in command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            user=self.uid if self.drop else None,
            group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
        )

    def spawn(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server as this account, in a session of its own.

        Its own session, because Ctrl-C in a terminal signals the whole foreground group: the
        database would shut down under the feet of the web workers that still answer.
        """
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=self.uid if self.drop else None,
            group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
        )

    def may_enter(self, directory: Path) -> bool:
        """Whether this account can pass through the directory and all its parents."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", directory).returncode == 0

    def give(self, path: Path) -> None:
        """Make a directory or file that we just made this account's own."""
        if self.drop:
            os.chown(path, self.uid, self.gid)


def ordinary_user() -> Account:
    """Ourselves; PostgreSQL insists that the account has a name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise SetupError(
            f"PostgreSQL cannot be made here by uid {os.geteuid()}, which has no name.",
            next_step="Add a user with that uid (/etc/passwd), or run as root or another user.",
        ) from None
    return Account(os.geteuid(), os.getegid(), drop=False)


def server_account() -> Account:
    """Ourselves, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return ordinary_user()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise SetupError(
            "PostgreSQL must not run as root, and this machine has no user 'nobody' to run it.",
            next_step="Run as an ordinary user, or add the user 'nobody'.",
        ) from None
    account = Account(nobody.pw_uid, nobody.pw_gid, drop=True)
    try:
        account.run("/bin/sh", "-c", ":")
    except PermissionError:
        raise SetupError(
            "Root may not change to the user 'nobody' here, and PostgreSQL must not run as root.",
            next_step="Run as an ordinary user, or allow the container the capabilities "
            "SETUID and SETGID.",
        ) from None
    return account
