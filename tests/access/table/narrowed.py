"""Filters and orders as ways to a row: they find and count by what is shown, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.kit.errors import Forbidden
from hub.model.field import EdgeSpec, FieldSpec
from hub.model.filters import Comparison, Filter, filters, orders
from hub.model.registry import Noun, Registry
from tests.access.table.asking import Desk
from tests.access.table.sight import EMPTY, HIDDEN, YES, Answer, listed
from tests.access.table.ways import Walk, Walked, Ways

PAGE = "totalCount edges { node { id } }"


class Narrowed(Ways):
    """Lists that are filtered or ordered. Of each filter its opposite is asked for as well.

    What is found by a filter or by its opposite, it tells something of: just the rows that show
    what it looks at, or show that there is nothing.
    """

    async def by_filters(self) -> Walk:
        """Each field that may be looked at, for a value of a row and for whether there is one."""
        for given in looked_at(self.noun):
            way, value = f"filter {given.name}", self.value(given)
            if value is None:
                continue
            both = both_ways(f"{self.noun.plural}(first: 100, filter: FILTER) {{ {PAGE} }}")
            document = f"query ($f: {self.noun.name}Filter!) {{ {both} }}"
            try:
                answer = await self.ask(document, f={given.name: value})
            except Forbidden:
                for sentence in self.refused(way, given.spec):
                    yield sentence
                continue
            for sentence in self.told_of(way, answer.data, self.told(given.spec)):
                yield sentence
            for sentence in self.finds_itself(way, given, answer):
                yield sentence

    async def by_nested_filters(self) -> Walk:
        """A list below a row is filtered as one at the root is."""
        for name, spec in self.noun.edges.items():
            if not spec.many:
                continue
            target = self.registry.target(spec)
            below = Narrowed(self.desk, self.column, target, self.sights)
            both = both_ways(f"{name}(first: 100, filter: FILTER) {{ {PAGE} }}")
            document = (
                f"query ($f: {target.name}Filter!) {{ list: {self.noun.plural}(first: 100) "
                f"{{ edges {{ node {{ id {both} }} }} }} }}"
            )
            for given in telling(self.registry, target):
                way, value = f"filter {given.name} of {self.noun.name}.{name}", below.value(given)
                try:
                    answer = await self.ask(document, f={given.name: value})
                except Forbidden:
                    for sentence in below.refused(way, given.spec):
                        yield sentence
                    continue
                told = below.told(given.spec)
                for node in listed(answer.data["list"]):
                    behind = self.truth.behind(self.noun, node["id"], spec)
                    expected = [key for key in told if key in behind]
                    for sentence in below.told_of(f"{way} {node['id']}", node, expected):
                        yield sentence

    async def by_orders(self) -> Walk:
        """An order has the same rows as the list, and goes by what each of them shows."""
        for name, (spec, _) in orders(self.noun).items():
            way = f"order {name}"
            root = f"{self.noun.plural}(first: 100, orderBy: [{name}]) {{ {PAGE} }}"
            try:
                answer = await self.ask(f"{{ list: {root} }}")
            except Forbidden:
                for sentence in self.refused(way, spec):
                    yield sentence
                continue
            for sentence in self.members(way, answer.data["list"], self.shown):
                yield sentence
            if len(self.told(spec)) < len(self.shown):
                yield f"{way} goes by what some rows of {self.noun.name} do not show"

    def value(self, given: Filter) -> Any:
        """What to filter by: the value of a row, of one that is shown if there is one."""
        keys = [*self.shown, *self.ids]
        values = (self.truth.comparison(self.noun, key, given) for key in keys)
        return next((value for value in values if value is not None), None)

    def told(self, spec: FieldSpec | EdgeSpec) -> list[str]:
        """The rows that show what is looked at, be it that there is nothing."""
        return [key for key in self.shown if self.shows(key, spec)]

    def shows(self, key: str, spec: FieldSpec | EdgeSpec) -> bool:
        specs = {**self.noun.fields, **self.noun.edges}
        name = next(name for name, each in specs.items() if each is spec)
        verdict = self.sights[self.noun.name, key].fields[name]
        nothing = self.truth.stored(self.noun, key, spec) is None
        return verdict == YES or (nothing and verdict in (EMPTY, HIDDEN))

    def told_of(self, way: str, both: dict[str, Any], expected: list[str]) -> Iterator[str]:
        """What a filter and its opposite tell of, in what they show and in what they count."""
        lists = [connection for part in BOTH if (connection := both[part]) is not None]
        found = sorted(node["id"] for connection in lists for node in listed(connection))
        counted = sum(connection["totalCount"] for connection in lists)
        if lists and (found != expected or counted != len(expected)):
            yield f"{way} tells of {found} and counts {counted}, where {expected} show it"

    def finds_itself(self, way: str, given: Filter, answer: Answer) -> Iterator[str]:
        """The row whose value it was is found by it."""
        holds = [node["id"] for node in listed(answer.data["holds"])]
        for key in self.told(given.spec)[:1]:
            value = self.truth.comparison(self.noun, key, given)
            if value is not None and value == self.value(given) and key not in holds:
                yield f"{way} does not find {key} by its own value"

    def refused(self, way: str, spec: FieldSpec | EdgeSpec) -> Iterator[str]:
        """A refusal is right where no row shows what is looked at."""
        if self.told(spec):
            yield f"{way} is refused, but what it looks at is shown"


BOTH = ("holds", "fails")


def both_ways(root: str) -> str:
    """A list filtered by `$f`, and the same filtered by the opposite."""
    opposite = root.replace("FILTER", "{ not: [$f] }")
    return f"holds: {root.replace('FILTER', '$f')} fails: {opposite}"


def looked_at(noun: Noun) -> list[Filter]:
    """A filter for each field that can be looked at, and for whether there is a value at all."""
    found: dict[tuple[int, bool], Filter] = {}
    for given in filters(noun).values():
        by_value = given.comparison is not Comparison.IS_NULL
        found.setdefault((id(given.spec), by_value), given)
    return list(found.values())


def telling(registry: Registry, noun: Noun) -> list[Filter]:
    """Filters that ask for more than the row does, and one that does not."""
    more: list[Filter] = []
    plain: list[Filter] = []
    for given in looked_at(noun):
        spec = given.spec
        leads = isinstance(spec, EdgeSpec) and registry.target(spec).may_hide_rows
        released = isinstance(spec, FieldSpec) and spec.release is not None
        apart = spec.group is not None or noun.scopes_of(spec) != noun.scope
        (more if leads or released or apart else plain).append(given)
    return [*more, *plain[:1]]


async def told_otherwise(desk: Desk, noun: Noun, walked: Walked) -> Walk:
    """What any caller is told of a noun's rows by one way and not by another."""
    for column in desk.columns:
        ways = Narrowed(desk, column, noun, await desk.seen(column), walked)
        for walk in (
            ways.by_keys,
            ways.by_list,
            ways.by_filters,
            ways.by_nested_filters,
            ways.by_orders,
        ):
            async for sentence in walk():
                yield f"{sentence} (asked by {column.words})"
