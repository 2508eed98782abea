"""Which scopes a caller must hold to be shown a field, found by asking with ever one more."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub import reference
from hub.model.access import Grant
from hub.model.registry import Noun
from tests.access.table.asking import Desk, Sights, api_id, with_scopes
from tests.access.table.columns import Column
from tests.access.table.sight import YES, Answer

Asked = tuple[Sights, Answer]


@dataclass
class Scopes:
    """What each scope alone opens, and what more it takes from there."""

    desk: Desk
    _open: dict[tuple[Column, frozenset[str]], set[str]] = field(default_factory=dict)
    _asked: dict[tuple[Column, frozenset[str], str], Asked] = field(default_factory=dict)

    @property
    def every(self) -> list[str]:
        """Each scope that exists: those of the catalogue, and whatever a declaration asks for."""
        return sorted(
            {str(scope) for scope in (*reference.files.scopes(), *self.desk.registry.scopes)}
        )

    async def openers(self, column: Column) -> dict[str, list[str]]:
        """Noun -> the scopes each of which alone lets the caller ask for it at all."""
        found: dict[str, list[str]] = {name: [] for name in self.desk.registry.nouns}
        for scope in self.every:
            for noun in await self.open_with(column, scope):
                found[noun].append(scope)
        return found

    async def open_with(self, column: Column, *scopes: str) -> set[str]:
        """The nouns whose root fields are not refused to who holds just these."""
        key = column, frozenset(scopes)
        if key not in self._open:
            self._open[key] = await self._opened(with_scopes(column, scopes))
        return self._open[key]

    async def _opened(self, grant: Grant) -> set[str]:
        nouns = self.desk.registry.nouns
        roots = " ".join(
            f"{name}: nodes(ids: $ids{name}) {{ id }} "
            f"{name}_list: {noun.plural}(first: 1) {{ __typename }}"
            for name, noun in nouns.items()
        )
        variables = ", ".join(f"$ids{name}: [ID!]!" for name in nouns)
        ids = {f"ids{name}": self.desk.world.ids(name)[:1] for name in nouns}
        answer = await self.desk.ask(grant, f"query ({variables}) {{ {roots} }}", **ids)
        refused = {}
        for error in answer.errors:
            assert error["extensions"]["code"] == "FORBIDDEN"
            refused[error["path"][0]] = error["extensions"]["needs"]
        for name, noun in nouns.items():
            assert refused.get(name) == refused.get(f"{name}_list") in (None, noun.scope)
        return {name for name in nouns if name not in refused}

    async def needed(self, column: Column, noun: Noun, name: str, opener: str) -> str:
        """`a + b`: the scopes with which, and with no fewer of which, the field is shown."""
        held = [opener]
        while True:
            sights, answer = await self._ask(column, noun, frozenset(held))
            verdicts = {
                sights[noun.name, api_id(noun.name, row["id"])].of(name)
                for rows in (column.main, column.beside)
                for row in rows(self.desk.world, noun.name)
            }
            if YES in verdicts:
                return " + ".join(held)
            assert "sco" in verdicts, f"{noun.name}.{name} with {held}: {verdicts}"
            wanted = answer.needs((noun.name, "*", name))
            assert wanted is not None
            assert wanted not in held
            held.append(wanted)

    async def _ask(self, column: Column, noun: Noun, scopes: frozenset[str]) -> Asked:
        key = column, scopes, noun.name
        if key not in self._asked:
            self._asked[key] = await self.desk.nodes(with_scopes(column, scopes), [noun])
        return self._asked[key]
