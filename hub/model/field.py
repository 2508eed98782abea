"""What one line in an entity says: column, GraphQL field, description, scope, group, filter, order.

    code: Mapped[str] = field(doc="Code on the door.", zh="门牌号", filter=True, sort=True)
    free_seats: Mapped[int | None] = derived(free_now, doc="...", zh="...")
    park = edge("Park", doc="The park it belongs to.", zh="所属园区")
    workspaces = edges("Workspace", by="park", doc="Its spaces.", zh="工位")
    free_windows = computed(FreeWindow, free_windows, doc="...", zh="...")

A column written with `mapped_column` instead of `field` stays private: it is in the table and
nowhere else. Targets of edges are names, `"Park"` in the same room or `"talent.Talent"` in another,
so that rooms need not import one another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Enum, ForeignKey, Select
from sqlalchemy.orm import mapped_column

from hub.model.access import Group, Row, Rule
from hub.model.types import Choice

Expression = Callable[[Row], ColumnElement[Any]]
Among = Callable[[Row, Row], ColumnElement[bool]]
Beside = Callable[[Row], Select[Any]]

EDGE = "edge"
"""Mark, in a column's `info`, of the key column behind a to-one edge."""


@dataclass(frozen=True)
class Source:
    """Where a declaration stands, for the messages of `seal()`."""

    file: str
    line: int

    @classmethod
    def caller(cls, depth: int = 2) -> Source:
        frame = sys._getframe(depth)
        return cls(frame.f_code.co_filename, frame.f_lineno)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(eq=False)
class FieldSpec:
    """A field that holds a value. The second part is filled in when the registry is sealed.

    `filter` and `sort` offer it as a filter and an order (each with an index); `search` offers
    finding any part of it, one character or more. `sealed` says that the column holds ciphertext
    which the door opens on its way out; `safe` that its text never needs escaping in JSON, because
    a CHECK keeps it to a pattern.
    """

    doc: str
    zh: str
    scope: str | None = None
    group: Group | None = None
    release: Rule | None = None
    filter: bool = False
    sort: bool = False
    search: bool = False
    sealed: bool = False
    safe: bool = False
    tags: tuple[str, ...] = ()
    expression: Expression | None = None
    beside: Beside | None = None
    source: Source = data_field(default_factory=lambda: Source("?", 0))

    name: str = ""
    python_type: Any = None
    nullable: bool = True
    many: bool = False


@dataclass(eq=False)
class ComputedSpec:
    """A short list of plain objects that SQL computes from a row and from arguments.

    `rows(row, **arguments)` returns a SELECT with a column for each field of `part`, in order.
    The second part is filled in when the registry is sealed.
    """

    part: type[Any]
    rows: Callable[..., Any]
    doc: str
    zh: str
    source: Source = data_field(default_factory=lambda: Source("?", 0))

    name: str = ""
    arguments: dict[str, Any] = data_field(default_factory=dict)
    """Python name -> annotation (with `Annotated` kept) of the arguments after the row."""
    fields: dict[str, FieldSpec] = data_field(default_factory=dict)
    """The fields of `part` by their GraphQL names."""


@dataclass(eq=False)
class EdgeSpec:
    """A link to another entity: to one row through a key column, or to many through theirs.

    `by` is, on a to-one edge, the target's key that is stored (`id`, or a natural key such as
    `code`); on a to-many edge the target's to-one edge that leads back here. `among` narrows a
    to-many edge further: a condition on the row and the one that it leads to.
    """

    target: str
    doc: str
    zh: str
    many: bool
    by: str
    required: bool = False
    scope: str | None = None
    group: Group | None = None
    filter: bool = False
    under: bool = False
    among: Among | None = None
    tags: tuple[str, ...] = ()
    source: Source = data_field(default_factory=lambda: Source("?", 0))

    name: str = ""
    column: str = ""
    nullable: bool = True


def field(
    *,
    doc: str,
    zh: str,
    scope: str | None = None,
    group: Group | None = None,
    release: Rule | None = None,
    filter: bool = False,
    sort: bool = False,
    search: bool = False,
    sealed: bool = False,
    safe: bool = False,
    tags: Sequence[str] = (),
    **column: Any,
) -> Any:
    """A column that is also a GraphQL field; `column` goes on to SQLAlchemy's `mapped_column`."""
    spec = FieldSpec(
        doc=doc,
        zh=zh,
        scope=scope,
        group=group,
        release=release,
        filter=filter,
        sort=sort,
        search=search,
        sealed=sealed,
        safe=safe,
        tags=tuple(tags),
        source=Source.caller(),
    )
    return mapped_column(info={"hub": spec}, comment=f"{doc} {zh}", **column)


def list_of(codes: type[Choice]) -> ARRAY[Any]:
    """Column type of several codes of a closed list: `field(type_=list_of(Industry), ...)`."""
    return ARRAY(Enum(codes, native_enum=False, create_constraint=False))


@dataclass
class Derived:
    """Marks a field without a column until the entity takes it out of the class body."""

    spec: FieldSpec


def derived(
    expression: Expression,
    *,
    doc: str,
    zh: str,
    beside: Beside | None = None,
    scope: str | None = None,
    group: Group | None = None,
    release: Rule | None = None,
    safe: bool = False,
    tags: Sequence[str] = (),
) -> Any:
    """A field computed by SQL from the row: `expression(row)` returns the column element.

    `row.said("year")` is the argument of the list that the row was found in, where its read has it.
    With `beside`, a SELECT of at most one row for each row, the expression is one over what that
    finds; all fields that name the same function share one look-up.
    """
    return Derived(
        FieldSpec(
            doc=doc,
            zh=zh,
            scope=scope,
            group=group,
            release=release,
            safe=safe,
            tags=tuple(tags),
            expression=expression,
            beside=beside,
            source=Source.caller(),
        )
    )


def computed(part: type[Any], rows: Callable[..., Any], *, doc: str, zh: str) -> Any:
    """A list of plain objects computed when it is asked for; takes `first` beside its arguments.

    Its objects have no id and are no rows, so that it is no connection. It shows what the row's own
    scope allows and no more: nothing personal can be in it.
    """
    return ComputedSpec(part, rows, doc, zh, Source.caller())


def edge(
    target: str,
    *,
    doc: str,
    zh: str,
    by: str = "id",
    column: str | None = None,
    required: bool = True,
    scope: str | None = None,
    group: Group | None = None,
    filter: bool = False,
    under: bool = False,
    tags: Sequence[str] = (),
) -> Any:
    """A link to one row; makes the key column `<name>_<by>` with its foreign key and index.

    `under=True` makes the filter on a division take the value or anything below it.
    """
    return EdgeSpec(
        target=target,
        doc=doc,
        zh=zh,
        many=False,
        by=by,
        required=required,
        scope=scope,
        group=group,
        filter=filter,
        under=under,
        tags=tuple(tags),
        column=column or "",
        source=Source.caller(),
    )


def edges(
    target: str,
    *,
    by: str,
    doc: str,
    zh: str,
    scope: str | None = None,
    group: Group | None = None,
    among: Among | None = None,
    tags: Sequence[str] = (),
) -> Any:
    """A connection to the rows whose to-one edge `by` leads here, and that are `among` those."""
    return EdgeSpec(
        target=target,
        doc=doc,
        zh=zh,
        many=True,
        by=by,
        scope=scope,
        group=group,
        among=among,
        tags=tuple(tags),
        source=Source.caller(),
    )


def key_column(spec: EdgeSpec, table: str, column_type: Any) -> Any:
    """The private column behind a to-one edge; the entity indexes it together with the id."""
    return mapped_column(
        spec.column,
        column_type,
        ForeignKey(f"{table}.{spec.by}"),
        nullable=not spec.required,
        info={EDGE: spec},
        comment=f"{spec.doc} {spec.zh}",
    )
