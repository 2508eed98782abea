"""The arguments of generated fields: pages, filters, orders, cursors, keys; some as variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLArgument, GraphQLField

from tests.make.world.values import DATES
from tests.oracle.literals import literal
from tests.oracle.pages import Order, order
from tests.oracle.samples import Samples
from tests.oracle.variables import Variables

SIZES = (1, 1, 2, 2, 3, 5, 20, 100)
NESTED_SIZES = (1, 2, 2, 3)


class Arguments:
    """Writes argument lists; `cursors` are those of earlier answers, by their order's name."""

    def __init__(
        self, samples: Samples, variables: Variables, cursors: Mapping[str, list[str]]
    ) -> None:
        self.samples = samples
        self.variables = variables
        self.cursors = cursors
        self.dice = samples.dice

    def written(self, kind: Any, draw: Callable[[], Any], variable: float = 0.35) -> str:
        """A value of this type: a variable, or a literal that may have variables inside."""
        if self.dice.random() < variable:
            return self.variables.add(kind, draw)
        return literal(kind, draw(), self.dice, self._hole)

    def _hole(self, kind: Any, value: Any) -> str | None:
        if value is None or self.dice.random() > 0.15:
            return None
        return self.variables.add(kind, lambda: value)

    def listed(self, parts: Mapping[str, str]) -> str:
        """`(a: 1, b: 2)` in any order."""
        names = self.dice.sample(list(parts), len(parts))
        return "(" + ", ".join(f"{name}: {parts[name]}" for name in names) + ")" if parts else ""

    def page(self, noun: str, field: GraphQLField, *, root: bool) -> str:
        """The arguments of a connection."""
        kinds = {name: argument.type for name, argument in field.args.items()}
        size = self.dice.choice(("first", "first", "last"))
        sizes = SIZES if root else NESTED_SIZES
        if root and self.dice.random() < 0.01:
            return f"({size}: {self.dice.choice(('0', '101', '-1', 'null'))})"
        parts = {size: self.written(kinds[size], lambda: self.dice.choice(sizes), 0.2)}
        if self.dice.random() < 0.05:
            parts["last" if size == "first" else "first"] = "null"
        if "filter" in kinds and self.dice.random() < 0.45:
            parts["filter"] = self.written(kinds["filter"], lambda: self.samples.filter(noun))
        parts.update(self._ordered(noun, kinds))
        for name in ("during", "freeOfCharge", "year", "asOf", "talentId"):
            if name in kinds and self.dice.random() < 0.3:
                parts[name] = self.written(kinds[name], getattr(self, f"_{name}"))
        return self.listed(parts)

    def _ordered(self, noun: str, kinds: Mapping[str, Any]) -> dict[str, str]:
        """`orderBy`, and cursors where the order is known while the document is written."""
        parts = {}
        terms: list[str] = []
        if self.dice.random() < 0.55:
            if self.dice.random() < 0.25:
                draw = lambda: self.samples.order(noun)  # noqa: E731  # drawn for each set
                return {"orderBy": self.variables.add(kinds["orderBy"], draw)}
            terms = self.samples.order(noun)
            parts["orderBy"] = literal(kinds["orderBy"], terms, self.dice)
        known = order(self.samples.kind(noun), terms)
        for name in ("after", "before"):
            if self.dice.random() < (0.5 if terms else 0.15):
                parts[name] = self.written(kinds[name], lambda: self.cursor(noun, known))
        return parts

    def cursor(self, noun: str, known: Order) -> str:
        """A cursor of this order: from an earlier answer, or forged from any row."""
        earlier = self.cursors.get(known.fingerprint)
        if earlier and self.dice.random() < 0.6:
            return self.dice.choice(earlier)
        if self.dice.random() < 0.02:
            return self.dice.choice(("", "00", "zz", "5b5d", "5b226162222c2278225d"))
        return known.cursor(self.dice.choice(self.samples.memory.rows[noun]))

    def _during(self) -> dict[str, str]:
        return {"from": self.samples.instant(), "until": self.samples.instant()}

    def _year(self) -> int:
        return self.dice.choice((2025, 2026, 2026, 2024, -1))

    def _talentId(self) -> Any:  # noqa: N802  # named as the argument is
        return self.samples.key_of("Talent", "id")

    def _asOf(self) -> str:  # noqa: N802  # named as the argument is
        return self.dice.choice(DATES).isoformat()

    def _freeOfCharge(self) -> bool:  # noqa: N802  # named as the argument is
        return self.dice.random() < 0.5

    def key(self, noun: str, given: Mapping[str, GraphQLArgument]) -> str:
        """Exactly one key of a look-up, the others at times as nulls."""
        name = self.dice.choice(list(given))
        draw = lambda: self.samples.key_of(noun, name)  # noqa: E731  # drawn each time
        parts = {name: self.written(given[name].type, draw)}
        for other in given:
            if other != name and self.dice.random() < 0.1:
                parts[other] = "null"
        return self.listed(parts)

    def ids(self, kind: Any, nouns: list[str]) -> str:
        """The ids of `nodes`, of several types and with repetitions."""

        def draw() -> list[str]:
            found = [
                self.samples.id_of(self.dice.choice(nouns))
                for _ in range(self.dice.choice((0, 1, 2, 4)))
            ]
            return found + found[:1] if self.dice.random() < 0.3 else found

        return self.listed({"ids": self.written(kind, draw)})
