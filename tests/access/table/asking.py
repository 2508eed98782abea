"""Asking an engine over the world, and what every column sees of every row when it asks by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from hub.app import core_schema, registry, schema
from hub.engine import Engine, Limits, Question
from hub.model.access import Audience, Grant
from hub.model.registry import Noun, Registry
from tests.access.table.columns import Column, columns
from tests.access.table.rows import NOW, World
from tests.access.table.sight import YES, Answer, Sight, selection

GENEROUS = Limits(
    tokens=10**6,
    depth=100,
    aliases=10**5,
    fields=10**5,
    overlaps=10**6,
    sources=10**4,
    nodes=10**12,
)

Sights = dict[tuple[str, str], Sight]
"""By noun and id."""

Values = dict[tuple[str, str, str], Any]
"""By noun, id and field."""


@dataclass
class Desk:
    """An engine over the world; what the hub notes in its ledger meanwhile is taken out again."""

    world: World
    pool: asyncpg.Pool
    owner: asyncpg.Connection
    columns: list[Column] = field(default_factory=list)
    registry: Registry = field(default_factory=registry)
    sights: dict[Column, Sights] = field(default_factory=dict)
    known: Values = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = self.columns or columns(self.world, self.registry)
        self.engine = Engine(
            self.registry,
            core_schema(schema()),
            self.pool,
            unseal=lambda sealed, _: sealed,
            limits=GENEROUS,
            clock=lambda: NOW,
        )

    async def anew(self, *callers: str) -> Desk:
        """The same with an engine that has made no plan yet, for these callers alone."""
        chosen = [column for column in self.columns if column.words in callers]
        assert {column.words for column in chosen} == {*callers}
        return Desk(self.world, self.pool, self.owner, chosen, known=await self.values())

    async def ask(self, grant: Grant | None, document: str, **variables: Any) -> Answer:
        """The answer; raises what the engine raises when it refuses the whole."""
        answer = await self.engine.answer(Question(document, None, variables), grant)
        if answer.audit_id:
            made = list(self.world.stored["AuditEntry"])
            await self.owner.execute("DELETE FROM ledger.audit_entry WHERE id <> ALL($1)", made)
        return Answer(orjson.loads(answer.body))

    async def seen(self, column: Column) -> Sights:
        """Every row of the world as the column sees it through `nodes`."""
        if column not in self.sights:
            self.sights[column], _ = await self.nodes(column.grant, self.registry.nouns.values())
        return self.sights[column]

    async def nodes(self, grant: Grant, nouns: Iterable[Noun]) -> tuple[Sights, Answer]:
        """Every row of these nouns as a caller sees it, of those whose scope she holds."""
        asked = list(nouns)
        variables = " ".join(f"${noun.name}: [ID!]!" for noun in asked)
        roots = " ".join(
            f"{noun.name}: nodes(ids: ${noun.name}) "
            f"{{ id ... on {noun.name} {{ {selection(self.registry, noun)} }} }}"
            for noun in asked
        )
        ids = {noun.name: self.world.ids(noun.name) for noun in asked}
        answer = await self.ask(grant, f"query ({variables}) {{ {roots} }}", **ids)
        sights = {
            (noun.name, key): answer.sight(noun, node, (noun.name, "*"), key)
            for noun in asked
            if answer.data.get(noun.name) is not None
            for key, node in zip(ids[noun.name], answer.data[noun.name], strict=True)
        }
        return sights, answer

    async def values(self) -> Values:
        """Whatever somebody is shown: what there is to withhold. Departments are asked first."""
        if not self.known:
            by_department = sorted(
                self.columns, key=lambda column: column.grant.audience is not Audience.DEPARTMENT
            )
            for column in by_department:
                for (noun, key), sight in (await self.seen(column)).items():
                    for name, verdict in sight.fields.items():
                        if verdict == YES:
                            self.known.setdefault((noun, key, name), sight.values[name])
        return self.known


def with_scopes(column: Column, scopes: Iterable[str]) -> Grant:
    return replace(column.grant, scopes=frozenset(scopes))


def api_id(noun: str, key: UUID) -> str:
    return f"{noun}:{key}"
