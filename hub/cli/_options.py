"""Options that several subcommands share; each is a setting, and wins over its variable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None,
    typer.Option(
        "--home", help="Directory of everything kept on this machine.", show_default="HUB_HOME"
    ),
]
Host = Annotated[
    str | None, typer.Option("--host", help="Address to listen on.", show_default="HUB_HOST")
]
Port = Annotated[
    int | None, typer.Option("--port", help="Port to listen on.", show_default="HUB_PORT")
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", help="Processes that serve.", show_default="HUB_WORKERS"),
]
