"""What passes between the resolvers, and what an execution leaves behind beside its data."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import GraphQLResolveInfo

from tests.oracle.memory import Row
from tests.oracle.pages import Page
from tests.oracle.rules import Rule

Path = tuple[str, ...]
Info = GraphQLResolveInfo[Any]


class Forbidden(Exception):
    """A root field whose scope the token lacks; the other fields are answered."""


@dataclass(frozen=True)
class Entry:
    """A row of a noun. In a rehearsal the row is invented, and `shut` says that the real one would
    have been withheld, so that nothing below it is worth a note."""

    noun: str
    row: Row
    shut: bool = False


@dataclass(frozen=True)
class Listed:
    """A connection: the entries of its page in order, and where that page stands.

    `few` are the entries of the whole list where their number alone says something of each.
    """

    entries: tuple[Entry, ...]
    page: Page | None = None
    few: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """An entry of `extensions.access.withheld`; `counted` where it names the rows."""

    path: Path
    reason: str
    scope: str | None = None
    counted: bool = False


@dataclass
class Notes:
    """`read` and `refused` are persons, by noun, group and reason: what the audit must say."""

    withheld: dict[Withheld, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    read: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    refused: dict[tuple[str, str, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def withhold(self, info: Info, rule: Rule, *below: str, counted: bool = False) -> set[UUID]:
        """Note that a rule withheld the field at hand; returns the ids noted for it."""
        path = (*("*" if isinstance(k, int) else str(k) for k in info.path.as_list()), *below)
        return self.withheld[Withheld(path, rule.reason, rule.scope, counted)]


Arguments = dict[str, Any]
