"""`python -m hub`, `./run hub`: the hub's command line."""

from __future__ import annotations

import sys

from pydantic import ValidationError
from rich.markup import escape

from hub.cli import assemble
from hub.cli._screen import errors
from hub.kit.errors import HubError


def main() -> None:
    """Run a subcommand; what goes wrong on purpose is told as a sentence with its next step."""
    try:
        assemble(sys.argv[1:])(prog_name="hub")
    except HubError as error:
        errors.print(f"[bold red]{escape(error.message)}[/]")
        errors.print(f"[bold]Next:[/] {escape(error.next_step)}")
        sys.exit(1)
    except ValidationError as error:
        errors.print("[bold red]A setting is not as it must be.[/]")
        for fault in error.errors():
            # Defaults made from a faulty setting fail after it, and say nothing new.
            if fault["type"] != "default_factory_not_called":
                name = "HUB_" + "_".join(str(part) for part in fault["loc"]).upper()
                errors.print(f"  {name} = {escape(repr(fault['input']))}: {escape(fault['msg'])}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
