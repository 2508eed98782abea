"""`python -m hub`, `./run hub`: the hub's command line."""

from __future__ import annotations

import os
import sys

from hub.cli import assemble
from hub.cli._calling import program
from hub.cli._faults import told
from hub.cli._screen import complain, errors


def main() -> None:
    """Run a subcommand; what goes wrong is told as a sentence with its next step, and exits 1."""
    try:
        assemble(sys.argv[1:])(prog_name=program())
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # nobody at a terminal can read a traceback
        if os.environ.get("HUB_LOG_LEVEL") == "debug":
            errors.print_exception()
        fault = told(error)
        complain(fault.message, fault.next_step)
        sys.exit(1)


if __name__ == "__main__":
    main()
