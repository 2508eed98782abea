"""A SQLAlchemy statement as asyncpg runs it: its text once, its values by name each time.

SQLAlchemy's own way of running a statement costs several times what PostgreSQL takes for a point
read. So statements are written in SQLAlchemy, compiled once and handed to asyncpg, which wants its
own types: a `Range` of asyncpg's, JSON as text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from hub.kit.errors import BadUserInput

DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped

Values = Callable[[str], Any]
"""The value of a parameter by its name."""


class Sql:
    """One compiled statement."""

    def __init__(self, statement: Executable) -> None:
        compiled = statement.compile(dialect=DIALECT)  # type: ignore[attr-defined]  # all have it
        names: list[str] = compiled.positiontup or []
        self.text = str(compiled)
        # A constant that was written into the statement is a parameter too, with a value already.
        self._parameters = [(n, compiled.binds[n].required, compiled.params.get(n)) for n in names]

    def arguments(self, value: Values) -> list[Any]:
        """The values of $1, $2, ...; raises BadUserInput for text that PostgreSQL cannot hold."""
        return [
            sendable(value(name)) if required else constant
            for name, required, constant in self._parameters
        ]


def sendable(value: Any) -> Any:
    """The value, unless it holds a character that PostgreSQL's text cannot."""
    if isinstance(value, str):
        _refuse_unsendable(value)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                _refuse_unsendable(one)
            elif one is not None:  # all are of one kind
                break
    return value


def _refuse_unsendable(text: str) -> None:
    if "\0" in text or not (text.isascii() or _is_utf8(text)):
        raise BadUserInput(
            "A text holds a NUL character or half of a surrogate pair.",
            zh="文本含有空字符或不完整的代理对",
        )


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
