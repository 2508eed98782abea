"""The command line as a person types it, run in this process."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from hub.__main__ import main
from hub.settings import settings


@dataclass(frozen=True)
class Result:
    """How a command ended and what it printed where."""

    returncode: int
    stdout: str
    stderr: str


def typed(*arguments: str | Path, **variables: str) -> Result:
    """Run `hub ...`, with these variables in the environment besides.

    In a thread of its own, since commands open an event loop and tests run in one; what a command
    exports to the processes that it would start is forgotten.
    """
    line = ["hub", *map(str, arguments)]
    with (
        patch.dict(os.environ, variables),
        patch.object(sys, "argv", line),
        ThreadPoolExecutor(1) as thread,
    ):
        return thread.submit(_run).result()


def _run() -> Result:
    settings.cache_clear()
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    settings.cache_clear()
    return Result(code, out.getvalue(), err.getvalue())
