"""The command line `hub`: one file per subcommand, and the file is all that it takes.

A module here with a function `run` is the command of the module's name; one with a `typer.Typer`
named `app` is a group of commands. Names with an underscore are helpers. A trailing underscore
keeps a command's name apart from a word of Python (`import_` is `hub import`).
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

from hub.cli._options import Home
from hub.settings import export


def common(home: Home = None) -> None:
    """The regional talent data hub."""
    export(home=home)


def assemble() -> typer.Typer:
    """Every subcommand in this folder, by its name.

    A function and not done on import: a worker imports `hub.cli._server` and none of the rest.
    """
    desk = typer.Typer(
        name="hub",
        callback=common,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        name = found.name.removesuffix("_").replace("_", "-")
        if hasattr(module, "app"):
            desk.add_typer(module.app, name=name)
        else:
            desk.command(name)(module.run)
    return desk
