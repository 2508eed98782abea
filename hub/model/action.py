"""How a room's changes are declared.

    class CancelReservationInput(Input):
        '''Which reservation to cancel.'''

        reservation_id: Annotated[UUID, Ref("Reservation"), Doc("The reservation.", "预订")]
        expected_version: Annotated[int, Doc("Its version as the caller knows it.", "预期版本号")]

    class CancelReservationPayload(Payload):
        '''The reservation. 预订'''

        reservation: Annotated[UUID, Ref("Reservation"), Doc("As it stands now.", "当前状态")]

    @action("Reservation", scope=Scope.workspace_reserve, zh="取消预订")
    async def cancel_reservation(
        ctx: Ctx, request: CancelReservationInput
    ) -> CancelReservationPayload:
        '''Cancel a hold or a confirmed reservation.'''

An action changes rows through `ctx` and returns what its payload shows: ids of objects, which are
read back under the caller's grant, and plain values. It refuses by raising a `UserError`:
everything is rolled back. The transaction, change rows, audit, idempotency and the masked answer
are `hub.engine.act`'s, so that nobody can forget them. What only the action can know it must say,
and is stopped when it does not: `ctx.locked` asks by which rule the caller may change the row,
`ctx.change` takes no row that was not locked so, and an `expected_version` has to be handed on.

An input with `idempotency_key` makes the action safe to repeat. What a payload shows `Once`, such
as a secret that was just made, is no part of what the key keeps: who repeats the request gets null.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as data_field
from datetime import datetime
from typing import Annotated, Any, Protocol, get_type_hints
from uuid import UUID

from sqlalchemy import Executable, UpdateBase
from sqlalchemy.sql.elements import BindParameter

from hub.kit.errors import DeclarationError
from hub.kit.user_errors import UserError
from hub.model.access import Grant, Rule
from hub.model.entity import Entity
from hub.model.field import Source
from hub.model.operation import Doc, Input
from hub.model.types import camel

Record = Mapping[str, Any]
"""A row as the database returned it."""

Violations = Mapping[str, Callable[[], UserError]]
"""Name of a database constraint -> the refusal that it means."""

ExpectedVersion = Annotated[
    int,
    Doc(
        "The object's version as the caller knows it; another one is a CONFLICT.",
        "调用方所知的对象版本号,不一致时返回 CONFLICT",
    ),
]
IdempotencyKey = Annotated[
    str,
    Doc(
        "Names this request, 1 to 200 characters, unique for the client: sent again within 24 hours"
        " it has its effect once and the same answer.",
        "幂等键(1 至 200 字符):24 小时内重复发送只生效一次并返回相同结果",
    ),
]

NOWHERE = UUID(int=0)
"""Stands for an id that names nothing of the type asked for: no row has it."""


@dataclass(frozen=True)
class Once:
    """The value is shown in the answer to the request that did the work, and kept nowhere.

    `Annotated[str | None, Once(), Doc(...)]`, in a payload itself: it is null when the request is
    sent again.
    """


class Part:
    """Base of plain objects inside a payload; annotated attributes are fields, `Ref` marks ids."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Payload(Part):
    """Base of what an action returns.

    A field with `Ref` holds the id of an object, or a list of ids; the caller gets the objects.
    """


@dataclass(frozen=True)
class Sealed:
    """What is stored of a personal text: nothing of it can be read without the data key.

    `text` is its ciphertext, another one each time; `blind` a keyed hash, the same for the same
    text, to find it by; `last4` its last four characters, or nothing where that would be too much
    of it.
    """

    text: str
    blind: str
    last4: str


class Ctx(Protocol):
    """What an action may do: its transaction, as far as a room needs it.

    Statements are SQLAlchemy's, written once at the top of a module and kept compiled; their values
    come by name from `given(name, type)`.
    """

    grant: Grant
    now: datetime
    scopes: frozenset[str]
    """Every scope that something in the rooms asks for."""

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        """The rows of a query."""

    async def change(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """Insert rows of one noun, or update or delete rows that were locked before.

        Versions, times and change rows are added. Returns `id`, `version` and what the statement
        itself returns, for each row.
        """

    async def cascade(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        """The same for rows that change because another does, whoever may see or change them."""

    async def locked(
        self,
        entity: type[Entity],
        key: UUID,
        *columns: str,
        within: Rule,
        expected_version: int | None = None,
        already: Mapping[str, Any] | None = None,
        field: tuple[str, ...] = ("id",),
        shows: str | None = None,
    ) -> Record:
        """Lock one row that the caller can see and that lies `within` what she may change.

        It stays locked until the transaction ends. Returns the named columns, `id` and `version`.
        Raises Missing; OutOfBounds; Conflict when the version is another one, with the object in
        the payload's field `shows`. A row that has the values `already` is returned in any version:
        the change was made before.
        """

    async def locked_all(
        self, entity: type[Entity], keys: Sequence[UUID], *columns: str, within: Rule
    ) -> Sequence[Record]:
        """Lock the rows that the caller can see, in the order of their ids; others are left out.

        The column `within` tells which of them she may change.
        """

    async def sees(self, noun: str, key: UUID) -> bool:
        """Whether the caller could look up the object of a noun of any room; audited as that is."""

    def seal(self, column: Any, text: str) -> Sealed:
        """A text as a column declared with `sealed=True` keeps it: `ctx.seal(TALENT.c.phone, ...)`.

        The text itself goes into no statement. Sealed for one column, it does not open as another.
        """

    def unseal(self, column: Any, sealed: str) -> str:
        """The text that was sealed for this column."""

    def concerns(self, *persons: UUID) -> None:
        """Note whom the change is about, for the ledger."""


@dataclass(frozen=True)
class Action:
    """A declared change; `on` is the noun that it changes."""

    name: str
    on: str
    scope: str
    zh: str
    run: Callable[[Ctx, Any], Awaitable[Payload]]
    violations: Violations
    source: Source
    input: type[Input] = data_field(init=False)
    payload: type[Payload] = data_field(init=False)
    keyed: bool = data_field(init=False)
    """Whether it can be repeated by an idempotency key."""
    versioned: bool = data_field(init=False)
    """Whether it names the version that it expects of the one object that it changes."""

    def __post_init__(self) -> None:
        hints = get_type_hints(self.run)
        names = list(inspect.signature(self.run).parameters)
        what = f"{self.source}: the action {self.run.__name__}"
        if len(names) != 2 or not _is(hints.get(names[1]), Input):
            raise DeclarationError(
                f"{what} takes ({', '.join(names)}), not a Ctx and an Input",
                next_step=f"declare `async def {self.run.__name__}(ctx: Ctx, request: <an Input>)`",
            )
        if not _is(hints.get("return"), Payload):
            raise DeclarationError(
                f"{what} returns no Payload",
                next_step="declare a class of Payload with what the caller is shown",
            )
        object.__setattr__(self, "input", hints[names[1]])
        object.__setattr__(self, "payload", hints["return"])
        object.__setattr__(self, "keyed", "idempotency_key" in get_type_hints(self.input))
        object.__setattr__(self, "versioned", "expected_version" in get_type_hints(self.input))

    @property
    def doc(self) -> str:
        return inspect.cleandoc(self.run.__doc__ or "")


def _is(hint: Any, kind: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, kind)


def action(
    on: str, *, scope: str, zh: str, violations: Violations | None = None
) -> Callable[[Callable[[Ctx, Any], Awaitable[Payload]]], Action]:
    """Declare the decorated function as a mutation on a noun of the same room."""

    def make(run: Callable[[Ctx, Any], Awaitable[Payload]]) -> Action:
        return Action(camel(run.__name__), on, scope, zh, run, violations or {}, Source.caller())

    return make


def given(name: str, kind: Any) -> BindParameter[Any]:
    """A value that `ctx.rows(..., name=value)` brings into a statement."""
    return BindParameter(GIVEN + name, type_=kind, required=True)


GIVEN = "given_"
"""SQLAlchemy keeps the plain names of columns for itself."""
