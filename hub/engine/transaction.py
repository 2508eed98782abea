"""What an action works with: its transaction, as `hub.model.action.Ctx` describes it.

Every statement of an action goes through here. Writes are wrapped by the ledger, so that versions
and change rows come by themselves; what was changed is noted for the audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ARRAY, Executable, UpdateBase, Uuid, any_, select

from hub.engine.arguments import Slot
from hub.engine.compiled import Compiled
from hub.engine.frame import Frame
from hub.engine.parameters import CALLER, Run
from hub.engine.plan import Lookup, Selection, Value
from hub.engine.text import sealed_as
from hub.kit.errors import DeclarationError, SetupError
from hub.kit.ids import encode_id
from hub.kit.sql import Sql
from hub.kit.user_errors import Conflict, Missing, OutOfBounds
from hub.ledger.changes import recorded
from hub.model.access import Caller, Rule, all_hold
from hub.model.action import GIVEN, Record, Sealed, given
from hub.model.entity import Entity
from hub.model.registry import Noun

if TYPE_CHECKING:
    from hub.engine.act import Acting

SEEN = "=seen"
TOO_SHORT = 8
"""Of a text with fewer characters no last four are shown: they would be most of it."""


class Transaction:
    """One attempt at one action on one connection."""

    def __init__(self, acting: Acting, connection: Any, run: Run) -> None:
        self.acting, self.connection, self.run = acting, connection, run
        self.grant, self.now = run.grant, run.now
        self.scopes = acting.registry.scopes
        self.changed: dict[str, list[UUID]] = {}
        self.touched: list[UUID] = []
        self.persons: list[UUID] = []
        self.looked_up: list[tuple[str, UUID]] = []
        self.locks: set[UUID] = set()
        self.version_checked = False

    async def rows(self, query: Executable, **values: Any) -> Sequence[Record]:
        return await self.fetch(compiled(query), **values)

    async def change(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        rows = await self.cascade(statement, **values)
        if not (statement.is_insert or self.locks.issuperset(row["id"] for row in rows)):
            raise DeclarationError(
                f"An action changes rows of {statement.table} that it did not lock.",
                next_step="Lock them with ctx.locked(..., within=...), or use ctx.cascade.",
            )
        return rows

    async def cascade(self, statement: UpdateBase, **values: Any) -> Sequence[Record]:
        noun = self._noun_of(statement)
        rows = await self.fetch(compiled_change(statement, noun.name), **values)
        self.changed.setdefault(noun.name, []).extend(row["id"] for row in rows)
        return rows

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
        noun = self.acting.registry.nouns[entity.__name__]
        self.touched.append(key)
        self.version_checked |= expected_version is not None
        lock, needs = self._lock(noun, columns, within)
        found = await self.fetch(lock, keys=[key])
        if not found:
            raise Missing(
                f"There is no {noun.name} with this id.",
                zh=f"{noun.entity.zh}不存在",
                field=field,
            )
        row: Record = found[0]
        if not row["within"]:
            raise OutOfBounds(
                f"The token may see this {noun.name}, but not change it: that takes {needs}.",
                zh=f"令牌可以查看该{noun.entity.zh},但其管辖范围不允许变更",
                field=field,
            )
        self.locks.add(key)
        if already and all(row[name] == value for name, value in already.items()):
            return row
        if expected_version is not None and row["version"] != expected_version:
            raise Conflict(
                f"The {noun.name} has version {row['version']}, not {expected_version}.",
                zh=f"{noun.entity.zh}的版本为 {row['version']},而非 {expected_version}",
                field=("expectedVersion",),
                shows={shows: key} if shows else None,
                currentVersion=row["version"],
            )
        return row

    async def locked_all(
        self, entity: type[Entity], keys: Sequence[UUID], *columns: str, within: Rule
    ) -> Sequence[Record]:
        self.touched += keys
        noun = self.acting.registry.nouns[entity.__name__]
        rows = await self.fetch(self._lock(noun, columns, within)[0], keys=list(keys))
        self.locks.update(row["id"] for row in rows if row["within"])
        return rows

    def _lock(self, noun: Noun, columns: tuple[str, ...], within: Rule) -> tuple[Sql, str]:
        """SELECT ... FOR NO KEY UPDATE of rows that the caller can see, and what a change takes.

        Locked in the order of their ids, so that no two transactions wait for each other.
        """

        def write() -> tuple[Sql, str]:
            frame = Frame(
                noun, Caller.of(self.grant, self.acting.registry).at_row(), 0, paged=False
            )
            names = dict.fromkeys(("id", "version", *columns))
            seen = all_hold(noun.rows(frame.inner, frame.caller))
            bounds = within(frame.inner, frame.caller)
            query = select(
                *(frame.table.c[name] for name in names), all_hold(bounds).label("within")
            )
            locked = (
                query.select_from(frame.joined())
                .where(frame.table.c.id == any_(given("keys", ARRAY(Uuid()))), seen)
                .order_by(frame.table.c.id)
                .with_for_update(of=frame.table, key_share=True)
            )
            sql = Sql(frame.caller.with_facts(locked))
            return sql, " and ".join(check.needs for check in bounds)

        return self.acting.kept(("lock", noun.name, columns, within), self.grant, write)

    async def sees(self, noun: str, key: UUID) -> bool:
        self.looked_up.append((noun, key))
        return await self.look_up(noun, key)

    async def look_up(self, noun: str, key: UUID) -> bool:
        """Whether the caller sees an object; what is recorded of it belongs to the transaction."""
        read = self.acting.kept(("sees", noun), self.grant, lambda: self._look_up(noun))
        run = self.run.with_variables({SEEN: encode_id(noun, key)})
        row = await self.acting.fetch(self.connection, read, run)
        return row is not None and 0 in read.statement.roots and row["j0"] is not None

    def _look_up(self, name: str) -> Compiled:
        """The reading of an object's id, as `node` would read it."""
        noun = self.acting.registry.nouns[name]
        shown = Value("id", ("seen", "id"), noun.fields["id"])
        look_up = Lookup(
            "seen",
            ("seen",),
            "id",
            Slot(noun.name, SEEN),
            Selection(noun, ("seen",), (shown,)),
            {"line": 1, "column": 1},
        )
        return self.acting.reading([look_up], self.grant)

    def seal(self, column: Any, text: str) -> Sealed:
        context, sealer = _context(column), self.acting.engine.sealer
        if sealer is None:
            raise SetupError(
                "This engine has no data key to seal with.",
                next_step="Hand it the sealer that `hub.kit.crypto.load` returns.",
            )
        last4 = text[-4:] if len(text) >= TOO_SHORT else ""
        return Sealed(sealer.seal(text, context), sealer.blind(text, context), last4)

    def unseal(self, column: Any, sealed: str) -> str:
        return self.acting.engine.unseal(sealed, _context(column))

    def concerns(self, *persons: UUID) -> None:
        self.persons.extend(persons)

    async def fetch(self, sql: Sql, **values: Any) -> list[Any]:
        """The rows of a compiled statement; values by name, the caller's from the grant."""

        def value(name: str) -> Any:
            if name.startswith(GIVEN):
                return values[name.removeprefix(GIVEN)]
            return CALLER[name](self.run)

        found: list[Any] = await self.connection.fetch(sql.text, *sql.arguments(value))
        return found

    def _noun_of(self, statement: UpdateBase) -> Noun:
        table: Any = statement.table
        return self.acting.registry.tables[table]


def _context(column: Any) -> str:
    """What a sealed column's values are sealed for, as the door opens them."""
    spec = column.info.get("hub")
    if spec is None or not spec.sealed:
        raise DeclarationError(
            f"An action seals for {column}, which is not declared with sealed=True.",
            next_step="Declare it so, or store the text as it is.",
        )
    return sealed_as(column.table.name, column.key)


@lru_cache(maxsize=1000)
def compiled(statement: Executable) -> Sql:
    """A statement of a room's, which stands at the top of a module and is the same each time."""
    return Sql(statement)


@lru_cache(maxsize=1000)
def compiled_change(statement: UpdateBase, entity: str) -> Sql:
    """A write of a room's, with its change rows."""
    return Sql(recorded(statement, entity))
