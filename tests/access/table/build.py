"""The table as the engine's answers make it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.kit.errors import Unauthenticated
from hub.model.registry import Noun
from tests.access.table.asking import Desk, api_id
from tests.access.table.columns import Column
from tests.access.table.scopes import Scopes
from tests.access.table.sight import YES, Sight, selection
from tests.access.table.table import Line, Table
from tests.make import Row

NO_TOKEN, NO_SCOPE = "anybody, without a token", "anybody, with a token without a scope"
UNSEEN = "shown to nobody"
MASKED, NOTHING = "msk", "nul"


@dataclass
class Builder:
    """Makes tables; everything in them was answered."""

    desk: Desk

    def __post_init__(self) -> None:
        self.scopes = Scopes(self.desk)

    async def table(self, room: str) -> Table:
        nouns = [noun for noun in self.desk.registry.nouns.values() if noun.room == room]
        words = (NO_TOKEN, NO_SCOPE, *(column.words for column in self.desk.columns))
        openers = await self._openers()
        lines = [line for noun in nouns for line in await self._lines(noun, openers[noun.name])]
        return Table(room, words, tuple(lines))

    async def _openers(self) -> dict[str, list[str]]:
        """Noun -> the scopes that open it, which are the same for everybody."""
        found = [await self.scopes.openers(column) for column in self.one_of_each_shape()]
        assert all(each == found[0] for each in found)
        return found[0]

    def one_of_each_shape(self) -> Iterable[Column]:
        """A column for each audience with its bounds: what a scope opens is decided for these."""
        shapes = {(c.grant.audience, c.grant.bounds): c for c in reversed(self.desk.columns)}
        return shapes.values()

    async def _lines(self, noun: Noun, openers: list[str]) -> list[Line]:
        world, columns = self.desk.world, self.desk.columns
        first = (await self.without_token(noun), await self.without_scope(noun))
        lines = [Line(noun.name, "", (*first, *[await self._row(c, noun) for c in columns]), "")]
        for which, rows in world.others.get(noun.name, {}).items():
            cells = [await self._row(column, noun, rows) for column in columns]
            lines.append(Line(noun.name, f" + {which}", (*first, *cells), ""))
        for name in (*noun.fields, *noun.edges):
            cells = [await self._field(column, noun, name) for column in columns]
            shown = [column for column, cell in zip(columns, cells, strict=True) if cell == YES]
            needed = [await self.scopes.needed(shown[0], noun, name, o) for o in openers if shown]
            lines.append(
                Line(noun.name, f".{name}", (*first, *cells), " or ".join(needed) or UNSEEN)
            )
        return lines

    async def _row(self, column: Column, noun: Noun, rows: Iterable[Row] | None = None) -> str:
        """The verdict on rows, on the main ones if no others are given."""
        rows = column.main(self.desk.world, noun.name) if rows is None else rows
        return _told(sight.verdict for sight in await self._sights(column, noun, rows))

    async def _field(self, column: Column, noun: Noun, name: str) -> str:
        """The verdict on a field, in rows of which somebody sees that they have a value there."""
        world, values = self.desk.world, await self.desk.values()
        for rows in (column.main(world, noun.name), column.beside(world, noun.name)):
            telling = [
                sight
                for sight in await self._sights(column, noun, rows)
                if sight.verdict != YES or (noun.name, sight.key, name) in values
            ]
            if telling:
                return _told(
                    MASKED
                    if sight.of(name) == YES
                    and name in noun.fields
                    and sight.values[name] != values[noun.name, sight.key, name]
                    else sight.of(name)
                    for sight in telling
                )
        return NOTHING

    async def _sights(self, column: Column, noun: Noun, rows: Iterable[Row]) -> list[Sight]:
        sights = await self.desk.seen(column)
        return [sights[noun.name, api_id(noun.name, row["id"])] for row in rows]

    async def without_token(self, noun: Noun) -> str:
        """401 where every way to the rows of a noun is refused without a token."""
        inner = selection(self.desk.registry, noun)
        key = self.desk.world.ids(noun.name)[0]
        ways = (
            f"{noun.plural}(first: 9) {{ totalCount edges {{ node {{ {inner} }} }} }}",
            f'{noun.singular}(id: "{key}") {{ {inner} }}',
            f'node(id: "{key}") {{ ... on {noun.name} {{ {inner} }} }}',
            f'nodes(ids: ["{key}"]) {{ ... on {noun.name} {{ {inner} }} }}',
        )
        found = set()
        for way in ways:
            try:
                await self.desk.ask(None, f"{{ {way} }}")
                found.add(YES)
            except Unauthenticated as refused:
                found.add(str(refused.status))
        return "/".join(sorted(found))

    async def without_scope(self, noun: Noun) -> str:
        """403 where it is refused to everybody who has no scope."""
        opened = [await self.scopes.open_with(column) for column in self.desk.columns]
        return YES if any(noun.name in each for each in opened) else "403"


def _told(verdicts: Iterable[str]) -> str:
    """One word; several where rows of a kind are not treated alike."""
    return "/".join(sorted(set(verdicts)))
