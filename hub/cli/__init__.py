"""The command line `hub`: one file per subcommand, and the file is all that it takes.

A module here with a function `run` is the command of the module's name; one with a `typer.Typer`
named `app` is a group of commands. Names with an underscore are helpers. A trailing underscore
keeps a command's name apart from a word of Python (`import_` is `hub import`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection

import typer

from hub.cli._options import Home
from hub.settings import export


def common(home: Home = None) -> None:
    """The regional talent data hub."""
    export(home=home)


def assemble(arguments: Collection[str] = ()) -> typer.Typer:
    """The subcommands that the arguments may mean, or all of them for help.

    Only what is asked for is imported: `hub status` need not wait for GraphQL, and a worker that
    imports `hub.cli._server` gets none of this.
    """
    desk = typer.Typer(
        name="hub",
        callback=common,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    names = {command_name(found.name): found.name for found in pkgutil.iter_modules(__path__)}
    meant = [name for name in names if name in arguments] or list(names)
    for name in sorted(name for name in meant if not name.startswith("_")):
        module = importlib.import_module(f"{__name__}.{names[name]}")
        if hasattr(module, "app"):
            desk.add_typer(module.app, name=name)
        else:
            desk.command(name)(module.run)
    return desk


def command_name(module: str) -> str:
    return module if module.startswith("_") else module.removesuffix("_").replace("_", "-")
