"""The plan of an operation: frozen data, no behaviour.

The planner makes it from the document; the guard fills in every `access`; emit writes it down as
SQL. A node whose access is still None has not passed the guard, and emit refuses it.

Paths are those of the answer, with "*" for the position in a list, as in `extensions.access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.engine.arguments import Slot, Tree
from hub.model.access import Reason, Rule
from hub.model.field import ComputedSpec, EdgeSpec, FieldSpec
from hub.model.registry import Noun

Path = tuple[str, ...]
Location = dict[str, int]
"""Line and column of a field in the document, for its error."""


@dataclass(frozen=True)
class Access:
    """What the guard decided: a rule to be met row by row (None: always met)."""

    rule: Rule | None = None
    group: str | None = None


OPEN = Access()


@dataclass(frozen=True)
class Withheld:
    """Known before running: shown as null under its key, and named in `extensions.access`.

    For the ledger it keeps, of a look-up, which noun was asked for by which key; of a row's field,
    to which group of personal data it belongs.
    """

    key: str
    path: Path
    reason: Reason
    needs: str
    noun: Noun | None = None
    slot: Slot | None = None
    group: str | None = None


@dataclass(frozen=True)
class Typename:
    key: str
    name: str


@dataclass(frozen=True)
class Value:
    """A field that holds a value."""

    key: str
    path: Path
    spec: FieldSpec
    access: Access | None = None


@dataclass(frozen=True)
class Computed:
    """A list of plain objects: at most `size`, with what is asked of each."""

    key: str
    path: Path
    spec: ComputedSpec
    arguments: tuple[tuple[str, Tree], ...]
    size: int
    items: tuple[Value | Typename, ...]
    access: Access | None = None


@dataclass(frozen=True)
class Selection:
    """What is asked of one row of a noun; `access` says which rows exist for the caller."""

    noun: Noun
    path: Path
    items: tuple[Item, ...]
    access: Access | None = None


@dataclass(frozen=True)
class One:
    """A to-one edge."""

    key: str
    path: Path
    spec: EdgeSpec
    selection: Selection
    access: Access | None = None


@dataclass(frozen=True)
class Term:
    """One term of an order: the column's Python name and the direction."""

    spec: FieldSpec
    descending: bool


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: a slot with the cursor, and which of its keys are null."""

    slot: Slot
    nulls: tuple[bool, ...]
    after: bool


@dataclass(frozen=True)
class Predicate:
    """One comparison of a filter; `access` is the permission of the field that it looks at.

    `rows` says, of an edge, under which rule the row behind it exists for the caller.
    """

    spec: FieldSpec | EdgeSpec
    comparison: str
    value: Tree
    access: Access | None = None
    rows: Access | None = None


@dataclass(frozen=True)
class Combination:
    """`all`, `any` or `none` of the parts."""

    kind: str
    parts: tuple[Predicate | Combination, ...]

    @property
    def comparisons(self) -> int:
        """How many comparisons it has; a combination of nothing counts as one."""
        return sum(
            max(1, part.comparisons) if isinstance(part, Combination) else 1 for part in self.parts
        )


@dataclass(frozen=True)
class Page:
    """Which rows of a list: what narrows it, its order, its size and from where."""

    where: Combination
    arguments: tuple[tuple[str, Tree], ...]
    order: tuple[Term, ...]
    size: int
    backward: bool
    cursors: tuple[Cursor, ...]


@dataclass(frozen=True)
class Edge:
    """One use of `edges`: its key and, in order, what each edge shows."""

    key: str
    items: tuple[Typename | CursorText | Node, ...]


@dataclass(frozen=True)
class CursorText:
    key: str


@dataclass(frozen=True)
class Node:
    key: str
    selection: Selection


@dataclass(frozen=True)
class PageInfo:
    """One use of `pageInfo`: (key, field) in order."""

    key: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TotalCount:
    key: str


@dataclass(frozen=True)
class Many:
    """A connection, at the root (spec is None) or along a to-many edge."""

    key: str
    path: Path
    noun: Noun
    spec: EdgeSpec | None
    page: Page
    parts: tuple[Edge | PageInfo | TotalCount | Typename, ...]
    rows: Access | None = None
    access: Access | None = None
    location: Location | None = None


Item = Value | Computed | One | Many | Typename | Withheld


@dataclass(frozen=True)
class Lookup:
    """A root field that finds one row by a key (`by` is the key's Python name)."""

    key: str
    path: Path
    by: str
    slot: Slot
    selection: Selection
    location: Location


@dataclass(frozen=True)
class Lookups:
    """The root field `nodes`: a selection for each type that may occur, or why it is withheld."""

    key: str
    path: Path
    slot: Slot
    selections: tuple[Selection, ...]
    location: Location
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True)
class Nothing:
    """A root field that is null whatever the data, such as `node` with an id of no known type."""

    key: str


@dataclass(frozen=True)
class Refused:
    """A root field whose scope the token lacks: null, with an error of its own."""

    key: str
    scope: str
    noun: Noun
    location: Location | None
    slot: Slot | None = None


@dataclass(frozen=True)
class Interpreted:
    """A root field that graphql-core answers (introspection): the second layer."""

    key: str
    nodes: tuple[Any, ...]


Root = Many | Lookup | Lookups | Nothing | Refused | Withheld | Typename | Interpreted


@dataclass(frozen=True)
class Plan:
    """A whole operation: its root fields in the order of their keys."""

    roots: tuple[Root, ...]
    nodes: int
