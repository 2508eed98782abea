"""How the command line was called, so that a hint can be typed as it stands.

Messages all over the house name commands in backticks, as "`hub up`". A newcomer has no command
`hub`: what works for her is what she typed before, `./run hub up`, for the same `--home`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

TYPED = "TYPED_AS"
"""Set by `./run`, to itself as it was typed; no HUB_ variable, since it is no setting."""

_HINT = re.compile(r"`(?:\./run hub|\./run|hub) (?=[a-z-])")


def program() -> str:
    """What calls the command line in this terminal: `./run hub`, `python3 -m hub`."""
    if typed := os.environ.get(TYPED):
        return f"{typed} hub"
    name = Path(sys.argv[0]).name
    return f"{Path(sys.executable).name} -m hub" if name == "__main__.py" else name


def called() -> str:
    """The same for the home that was named with `--home`; a variable speaks for itself."""
    home = given("--home")
    return program() if home is None else f"{program()} --home {shlex.quote(home)}"


def given(option: str) -> str | None:
    """The value that the arguments give an option, or None."""
    for number, argument in enumerate(sys.argv):
        if argument == option:
            return sys.argv[number + 1] if number + 1 < len(sys.argv) else None
        if argument.startswith(f"{option}="):
            return argument.removeprefix(f"{option}=")
    return None


def spelt(text: str) -> str:
    """The text with each "`hub ...`" as it must be typed here."""
    return _HINT.sub(lambda _: f"`{called()} ", text)
