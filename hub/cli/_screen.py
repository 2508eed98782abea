"""The terminal: what was asked for goes to standard output, everything else to standard error."""

from rich.console import Console

# Long paths and curl lines are copied: they must not be broken at the terminal's width.
screen = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)
