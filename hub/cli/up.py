"""`hub up`: from an empty directory to a hub that serves, and cleanly down again."""

from __future__ import annotations

import importlib
import os
import signal
import time
from contextlib import ExitStack
from types import FrameType
from typing import Annotated

import typer

from hub.cli import _running
from hub.cli._http import local_url
from hub.cli._options import Home, Host, Port, Workers
from hub.cli._port import check_port
from hub.kit.postgres.place import make_home
from hub.settings import export

Demo = Annotated[
    bool | None,
    typer.Option(
        "--demo/--no-demo",
        help="Synthetic people and demo clients.",
        show_default="HUB_DEMO, else on",
    ),
]


def run(
    home: Home = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    demo: Demo = None,
) -> None:
    """Start the database, bring it up to date, load what is missing, and serve."""
    begun = time.monotonic()
    if demo is None and "HUB_DEMO" not in os.environ:
        demo = True
    settings = export(home=home, host=host, port=port, workers=workers, demo=demo)
    settings = export(home=settings.home.absolute())  # workers may stand elsewhere
    # What cannot be is refused before anything is made.
    _running.refuse_second(settings.home)
    check_port(settings.host, settings.port)
    make_home(settings.home)
    # A signal while the database is being made must undo what was begun, not cut it off.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with ExitStack() as stack:
        stack.enter_context(
            _running.holding(settings.home, local_url(settings), demo=settings.demo)
        )
        # The rest of the hub takes a second or two to import: `hub stop` sees us before.
        importlib.import_module("hub.cli._up").serve(settings, stack, begun)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
