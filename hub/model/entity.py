"""`Entity`: one class is a table, a GraphQL type and its access rules.

    class Workspace(Entity, scope=Scope.park_read, plural="workspaces", zh="工位"):
        '''A desk, office, meeting room, lab or bench that a park lets out.'''

The room is the package that the class stands in (`hub.subgraphs.park.workspace` -> `park`), and the
room's name is the PostgreSQL schema of the table. What is common to every row stands here.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    DefaultClause,
    Enum,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import UserDefinedType

from hub.kit.errors import DeclarationError
from hub.model.access import Caller, Evidence, Group, Rule, everyone
from hub.model.field import (
    EDGE,
    ComputedSpec,
    Derived,
    EdgeSpec,
    FieldSpec,
    Source,
    field,
    key_column,
)
from hub.model.states import States
from hub.model.types import Fen, Json, Visibility, snake

if TYPE_CHECKING:
    from hub.model.registry import Registry

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


COMMON = 100
"""Sort order that puts what is common to every row behind the columns of the noun itself."""

CHANGING = (
    "version",
    "created_at",
    "updated_at",
    "synthetic",
    "owner_division",
    "visibility",
    "change_xid",
)
"""What is common to every row that may change."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id; orders the change feed (handbook 2.8)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


# So that a table read back from the database, as Alembic does, has the type too.
ischema_names["xid8"] = Xid8


class Entity(DeclarativeBase):
    """Base of all nouns; a subclass gives its access as class arguments.

    `scope`  what a token needs to read any of it;
    `group`  instead of a scope, for personal data: the field group that every field belongs to
             unless it says otherwise, and whose release rule also decides which rows exist;
    `rows`   a further rule of which rows exist for a caller;
    `wider`  a scope that lets more rows exist, for the rule to look for in `caller.scopes`; plans
             are remembered by the scopes that are named here and nowhere else;
    `subject` the column with the id of the person whom a row is about: reads are then audited;
    `grounds` on what they rest, for the ledger, where no group says so;
    `keys`   natural keys beside `id`, each unique;
    `plural` name of the connection at the root, None when it is reached through edges only;
    `schema` where the table stands, when that is not the room;
    `life`   its state machine, which adds the field `availableTransitions`;
    `visibility` how sensitive a row is unless it says otherwise;
    `append_only` rows never change: of what is common to every row they have the id only;
    `view` instead of a table: the SELECT, in SQL, that computes the rows, which have the id only.
    """

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: Integer(),
        bool: Boolean(),
        Fen: BigInteger(),
        Json: JSONB(),
        Decimal: Numeric(),
        date: Date(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        list[str]: ARRAY(Text()),
        PythonEnum: Enum(PythonEnum, native_enum=False, create_constraint=False, length=64),
    }

    room: ClassVar[str]
    scope: ClassVar[str]
    group: ClassVar[Group | None]
    rows: ClassVar[Rule]
    wider: ClassVar[str | None]
    subject: ClassVar[str | None]
    grounds: ClassVar[Callable[[Caller], Evidence]]
    keys: ClassVar[tuple[str, ...]]
    plural: ClassVar[str | None]
    zh: ClassVar[str]
    life: ClassVar[States[Any] | None]
    view: ClassVar[Callable[..., str] | None]
    declared: ClassVar[Source]
    own_fields: ClassVar[dict[str, FieldSpec]]
    own_edges: ClassVar[dict[str, EdgeSpec]]
    own_computed: ClassVar[dict[str, ComputedSpec]]
    __table__: ClassVar[Table]

    id: Mapped[UUID] = field(
        doc="Opaque and stable for ever; partners may store it.",
        zh="不透明且永久稳定的标识",
        primary_key=True,
        sort_order=-1,
        server_default=func.uuidv7(),
    )
    version: Mapped[int] = field(
        doc="Raised by one on each write; send it back as expectedVersion.",
        zh="版本号,每次写入加一",
        sort_order=COMMON,
        server_default=text("1"),
    )
    created_at: Mapped[datetime] = field(
        doc="When the row was made.", zh="创建时间", sort_order=COMMON, server_default=func.now()
    )
    updated_at: Mapped[datetime] = field(
        doc="When the row was last written.",
        zh="更新时间",
        sort_order=COMMON,
        server_default=func.now(),
    )
    synthetic: Mapped[bool] = field(
        doc="True for invented demonstration data.",
        zh="是否为合成演示数据",
        sort_order=COMMON,
        server_default=text("false"),
    )
    owner_division: Mapped[str] = mapped_column(sort_order=COMMON, server_default=text("'320600'"))
    visibility: Mapped[Visibility] = mapped_column(sort_order=COMMON)
    change_xid: Mapped[int] = mapped_column(
        Xid8, sort_order=COMMON, server_default=func.pg_current_xact_id()
    )

    def __init_subclass__(
        cls,
        *,
        zh: str,
        scope: str | None = None,
        group: Group | None = None,
        rows: Rule = everyone,
        wider: str | None = None,
        subject: str | None = None,
        grounds: Callable[[Caller], Evidence] | None = None,
        keys: tuple[str, ...] = (),
        plural: str | None = None,
        room: str | None = None,
        schema: str | None = None,
        visibility: Visibility = Visibility.P0,
        life: States[Any] | None = None,
        append_only: bool = False,
        view: Callable[[Registry], str] | None = None,
        **kwargs: Any,
    ) -> None:
        if (scope is None) == (group is None):
            raise DeclarationError(
                f"{Source.caller()}: {cls.__name__} has neither scope= nor group=, or both",
                next_step="give scope=, or for personal data group=",
            )
        for name in kwargs:
            near = difflib.get_close_matches(
                name, inspect.signature(Entity.__init_subclass__).parameters, 1
            )
            raise DeclarationError(
                f"{Source.caller()}: {cls.__name__} is given {name}=, which no entity has",
                next_step=f"Did you mean {near[0]}=?" if near else "Check the spelling.",
            )
        cls.room = room or cls.__module__.split("subgraphs.")[-1].split(".")[0]
        cls.scope = scope or group.scope  # type: ignore[union-attr]  # one of both is given
        cls.group, cls.rows, cls.wider, cls.subject = group, rows, wider, subject
        cls.grounds = staticmethod(grounds or (group.evidence if group else lambda _: Evidence()))
        cls.keys, cls.plural, cls.zh, cls.life = keys, plural, zh, life
        if life is not None:
            cls.available_transitions = life.field()
            cls.__annotations__["available_transitions"] = list[life.codes]  # type: ignore[name-defined]  # made at run time
        cls.declared = Source.caller()
        cls.own_fields, cls.own_edges, cls.own_computed = {}, {}, {}
        cls.__tablename__ = snake(cls.__name__)
        extra = cls.__dict__.get("__table_args__", ())
        about = {"schema": schema or cls.room, "comment": inspect.cleandoc(cls.__doc__ or "")}
        cls.__table_args__ = (*extra, about)
        if append_only or view:
            for name in CHANGING:
                setattr(cls, name, None)
        _check_annotations(cls)
        annotations = _take_out(cls)
        super().__init_subclass__()
        cls.__annotations__.update(annotations)
        if not (append_only or view):
            default = DefaultClause(text(f"'{visibility}'"))
            cls.__table__.c.visibility.server_default = default
        _collect(cls)
        cls.view = staticmethod(view) if view else None
        if view:
            cls.metadata.remove(cls.__table__)  # a migration has nothing to do with it


def _check_annotations(cls: type[Entity]) -> None:
    """Refuse a field that is not annotated `Mapped[...]`, which SQLAlchemy says in riddles."""
    annotations = inspect.get_annotations(cls)
    for name, value in cls.__dict__.items():
        if not isinstance(value, MappedColumn) or "hub" not in value.column.info:
            continue
        source, kind = value.column.info["hub"].source, annotations.get(name)
        if kind is None:
            raise DeclarationError(
                f"{source}: {cls.__name__}.{name} has no type", next_step="annotate it Mapped[...]"
            )
        if isinstance(kind, str) and not kind.startswith("Mapped["):
            raise DeclarationError(
                f"{source}: {cls.__name__}.{name} is annotated {kind}",
                next_step=f"write Mapped[{kind}]",
            )


def _take_out(cls: type[Entity]) -> dict[str, Any]:
    """Replace what SQLAlchemy does not know: derived fields go, to-one edges become columns."""
    annotations: dict[str, Any] = {}
    for name, value in list(cls.__dict__.items()):
        if isinstance(value, Derived):
            value.spec.name = name
            cls.own_fields[name] = value.spec
            if name in inspect.get_annotations(cls):
                annotations[name] = cls.__annotations__.pop(name)
            delattr(cls, name)
        elif isinstance(value, ComputedSpec):
            value.name = name
            cls.own_computed[name] = value
            delattr(cls, name)
        elif isinstance(value, EdgeSpec):
            value.name = name
            if "." not in value.target:
                value.target = f"{cls.room}.{value.target}"
            cls.own_edges[name] = value
            delattr(cls, name)
            if not value.many:
                value.column = value.column or f"{name}_{value.by}"
                value.nullable = not value.required
                kind = Uuid() if value.by == "id" else Text()
                room, target = value.target.split(".")
                setattr(cls, value.column, key_column(value, f"{room}.{snake(target)}", kind))
    return annotations


def _close(table: Table, column: Column[Any]) -> None:
    """Store a closed list as TEXT or TEXT[] with a CHECK of its codes."""
    many = isinstance(column.type, ARRAY)
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    if not isinstance(kind, Enum):
        return
    codes = ", ".join(f"'{code}'" for code in kind.enums)
    column.type = ARRAY(Text()) if many else Text()
    known = f"<@ ARRAY[{codes}]" if many else f"IN ({codes})"
    table.append_constraint(CheckConstraint(f"{column.name} {known}", name=f"{column.name}_known"))


def _collect(cls: type[Entity]) -> None:
    """Read the mapped table back: fields, checks of closed lists, an index per filter and order."""
    table, computed = cls.__table__, cls.own_fields
    cls.own_fields = {}
    for column in table.columns:
        _close(table, column)
        spec = column.info.get("hub")
        if spec is None:
            if EDGE in column.info:
                Index(None, column, table.c.id)
            continue
        # `id`, `version` and the like are declared once and shared: each entity gets a copy.
        spec = FieldSpec(**{**spec.__dict__, "name": column.key, "nullable": bool(column.nullable)})
        cls.own_fields[column.key] = spec
        if isinstance(column.type, ARRAY) and spec.filter:
            Index(None, column, postgresql_using="gin")
        elif (spec.filter or spec.sort) and not column.unique:
            Index(None, column, table.c.id)
        if spec.search:
            Index(
                f"ix_{table.name}_{column.name}_grams",
                func.hub_grams(column),
                postgresql_using="gin",
            )
    cls.own_fields.update(computed)
