"""Whether a home is to have demonstration data: in demo mode yes, until somebody takes it out.

    $HUB_HOME/demo/taken-out     an empty file, there from `hub demo reset` to `hub demo load`

Who empties a database means it to stay empty, also when the hub is started again.
"""

from __future__ import annotations

from pathlib import Path


def wanted(home: Path) -> bool:
    """Whether the data was not taken out."""
    return not _note(home).exists()


def want(home: Path) -> None:
    """Have it again."""
    _note(home).unlink(missing_ok=True)


def do_without(home: Path) -> None:
    """Keep it out from now on."""
    _note(home).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note(home).touch(mode=0o600)


def _note(home: Path) -> Path:
    return home / "demo" / "taken-out"
