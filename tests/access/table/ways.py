"""Every way to a row, walked from the registry: each must show and withhold what `nodes` does.

Each walk yields a sentence for whatever is told otherwise; where all is sound, none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.model.registry import Noun
from tests.access.table.asking import Desk, Sights
from tests.access.table.columns import Column
from tests.access.table.sight import HIDDEN, YES, Answer, Path, listed, selection
from tests.access.table.truth import Truth

Walk = AsyncIterator[str]
Walked = set[tuple[str, str, bool]]
"""(noun, edge, whether the row behind it was shown)."""


@dataclass
class Ways:
    """How one caller comes to rows of one noun; `walked` notes what she came by."""

    desk: Desk
    column: Column
    noun: Noun
    sights: Sights
    walked: Walked = field(default_factory=set)

    def __post_init__(self) -> None:
        self.registry = self.desk.registry
        self.truth = Truth(self.registry, self.desk.world)
        self.ids = self.desk.world.ids(self.noun.name)
        self.shown = self.visible(self.noun, self.ids)

    def visible(self, noun: Noun, ids: list[str]) -> list[str]:
        """Of these rows those that `nodes` shows."""
        return sorted(key for key in ids if self.sights[noun.name, key].verdict == YES)

    async def ask(self, document: str, **variables: Any) -> Answer:
        return await self.desk.ask(self.column.grant, document, **variables)

    # One row

    async def by_keys(self) -> Walk:
        """`node`, and the look-up by the id and by each natural key."""
        name, inner = self.noun.name, selection(self.registry, self.noun)
        by_id = (
            f"query ($id: ID!) {{ look_up: {self.noun.singular}(id: $id) {{ {inner} }} "
            f"node: node(id: $id) {{ id ... on {name} {{ {inner} }} }} }}"
        )
        for key in self.ids:
            answer = await self.ask(by_id, id=key)
            for way in ("look_up", "node"):
                for sentence in self.compared(answer, way, answer.data[way], (way,), key):
                    yield sentence
            for argument, attribute in self.noun.key_arguments.items():
                value = self.truth.row(name, key)[attribute]
                if argument == "id" or value is None:
                    continue
                by_key = (
                    f"query ($key: {self.type_of(argument)}) "
                    f"{{ look_up: {self.noun.singular}({argument}: $key) {{ {inner} }} }}"
                )
                answer = await self.ask(by_key, key=value)
                node, way = answer.data["look_up"], f"look-up by {argument}"
                for sentence in self.compared(answer, way, node, ("look_up",), key):
                    yield sentence

    def type_of(self, argument: str) -> str:
        """The type of an argument of the look-up."""
        query = self.desk.engine.schema.query_type
        assert query is not None
        return str(query.fields[self.noun.singular].args[argument].type)

    def compared(
        self, answer: Answer, way: str, node: Any, path: Path, key: str, noun: Noun | None = None
    ) -> Iterator[str]:
        """What one row shows here otherwise than through `nodes`."""
        noun = noun or self.noun
        expected, seen = self.sights[noun.name, key], answer.sight(noun, node, path, key)
        if seen.verdict != expected.verdict:
            yield f"{key} through {way}: {seen.verdict}, not {expected.verdict}"
            return
        for name, verdict in expected.fields.items():
            if seen.fields[name] != verdict:
                yield f"{key} {name} through {way}: {seen.fields[name]}, not {verdict}"
            elif seen.values[name] != expected.values[name]:
                yield f"{key} {name} through {way}: another value"

    # Many rows

    async def by_list(self) -> Walk:
        """The list, and through each edge of its rows the rows that it leads to."""
        inner = selection(self.registry, self.noun, below=1)
        root = f"{self.noun.plural}(first: 100) {{ totalCount edges {{ node {{ {inner} }} }} }}"
        answer = await self.ask(f"{{ list: {root} }}")
        connection, path = answer.data["list"], ("list", "edges", "*", "node")
        for sentence in self.members("the list", connection, self.shown):
            yield sentence
        if reason := answer.why(("list",), ""):
            verdicts = {self.sights[self.noun.name, key].verdict for key in self.ids}
            if verdicts != {reason}:
                yield f"the list of {self.noun.name} is withheld: {reason}, rows: {verdicts}"
        for node in listed(connection):
            for sentence in self.compared(answer, "the list", node, path, node["id"]):
                yield sentence
            for name, target, nodes, below in answer.below(self.registry, self.noun, node, path):
                way, expected = f"{self.noun.name}.{name}", self.expected(node["id"], name, target)
                if sorted(found["id"] for found in nodes) != expected:
                    yield f"{way} of {node['id']}: {len(nodes)} rows, not {len(expected)}"
                for found in nodes:
                    key = found["id"]
                    for sentence in self.compared(answer, way, found, below, key, target):
                        yield sentence

    def expected(self, key: str, name: str, target: Noun) -> list[str]:
        """The rows to be shown behind an edge of a row: the visible ones, if it is not withheld."""
        behind = self.truth.behind(self.noun, key, self.noun.edges[name])
        withheld = self.sights[self.noun.name, key].fields[name] not in (YES, HIDDEN)
        shown = [] if withheld else self.visible(target, behind)
        self.walked.update((self.noun.name, name, one in shown) for one in behind)
        return shown

    def members(self, way: str, connection: Any, expected: list[str]) -> Iterator[str]:
        """Which rows a list has, and whether it counts just those."""
        if connection is None:
            if expected:
                yield f"{way} of {self.noun.name} is withheld, but nodes shows {expected}"
            return
        found = sorted(node["id"] for node in listed(connection))
        if found != expected:
            yield f"{way} of {self.noun.name}: {found}, not {expected}"
        if connection["totalCount"] != len(expected):
            yield f"{way} of {self.noun.name} counts {connection['totalCount']}"
