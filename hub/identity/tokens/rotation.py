"""When signing keys come and go: rotated, retired, revoked (NIST SP 800-57 part 1, 5.3).

    waits      published, and does not sign yet
    signs      the one that signs
    verifies   superseded; tokens that it signed may be in force
    ended      superseded so long ago that none can be: it may be retired

A new key waits for `LEAD`, longer than anybody may keep the published keys (`max-age`), so that
nobody meets a token whose key he cannot have seen. A superseded one stays for `KEPT`, longer than a
token lives.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hub.identity.tokens import key_files
from hub.identity.tokens.key_files import KeyFile
from hub.identity.tokens.keys import CACHED, SigningKey
from hub.identity.tokens.mint import LONGEST_LIFE
from hub.kit.errors import BadUserInput

MARGIN = 60
"""Seconds by which the clocks of several machines, and of those who keep keys, may differ."""

LEAD = CACHED + MARGIN
KEPT = LONGEST_LIFE + MARGIN


class State(StrEnum):
    WAITS = "waits"
    SIGNS = "signs"
    VERIFIES = "verifies"
    ENDED = "ended"


@dataclass(frozen=True)
class Stage:
    """Where a key stands, and until when: when it begins to sign, or its last token has ended."""

    file: KeyFile
    state: State
    until: float | None = None

    @property
    def kid(self) -> str:
        return self.file.key.kid


def stages(directory: Path, now: float) -> list[Stage]:
    """All keys of a directory, newest first."""
    found: list[Stage] = []
    superseded: float | None = None
    for file in key_files.read(directory):
        begins = file.key.signs_from
        if superseded is not None:
            ends = superseded + KEPT
            found.append(Stage(file, State.ENDED if ends <= now else State.VERIFIES, ends))
        elif begins > now:
            found.append(Stage(file, State.WAITS, begins))
            continue
        else:
            found.append(Stage(file, State.SIGNS))
        # A file from before keys had their moment says when it was written.
        moment = begins or file.written
        superseded = moment if superseded is None else min(superseded, moment)
    return found


def rotate(
    directory: Path, *, lead: float = LEAD, now: float | None = None
) -> tuple[SigningKey, list[str]]:
    """Make a key that signs after `lead` seconds; retire those that may go.

    With a lead of 0 a key that waits already signs at once. Returns the key and the ids of those
    that were retired.
    """
    now = time.time() if now is None else now
    key_files.sweep(directory)
    found = stages(directory, now)
    waiting = next((stage for stage in found if stage.state is State.WAITS), None)
    if waiting and lead:
        raise BadUserInput(
            f"The key {waiting.kid} waits already; it signs from {told(waiting.until)} on.",
            next_step="Wait for it; in an emergency `hub keys rotate --now` has it sign at once.",
        )
    if waiting:
        key = SigningKey(waiting.file.key.private, int(now))
        key_files.replace(waiting.file, key)
    else:
        key = _made(directory, found, now + lead)
    return key, retire(directory, now=now)


def retire(directory: Path, *, now: float | None = None) -> list[str]:
    """Remove the keys whose tokens have ended; their ids."""
    now = time.time() if now is None else now
    ended = [stage for stage in stages(directory, now) if stage.state is State.ENDED]
    for stage in ended:
        key_files.remove(stage.file)
    return [stage.kid for stage in ended]


def supersede(directory: Path, kid: str) -> None:
    """Have another key sign from now on, unless one does."""
    now = time.time()
    found = stages(directory, now)
    others = {stage.state: stage for stage in found if stage.kid != kid}
    if State.SIGNS in others:
        return
    if waiting := others.get(State.WAITS):
        key_files.replace(waiting.file, SigningKey(waiting.file.key.private, int(now)))
    else:
        _made(directory, found, now)


def _made(directory: Path, found: list[Stage], signs_from: float) -> SigningKey:
    key = SigningKey.made(signs_from=int(signs_from))
    number = max((stage.file.number for stage in found), default=0) + 1
    if not key_files.make(directory, number, key):
        raise BadUserInput(
            "Somebody else rotates the keys in this moment.",
            next_step="Look at what came of it: `hub keys list`.",
        )
    return key


def told(moment: float | None) -> str:
    """A moment as an operator reads it, in her own time."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(moment))
