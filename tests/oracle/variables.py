"""The variables of a generated operation: each with a type, a default at times, and many values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import GraphQLNonNull

from tests.oracle.literals import literal
from tests.oracle.samples import unwrapped

Draw = Callable[[], Any]


@dataclass(frozen=True)
class Variable:
    """`draw` gives a new value each time; `optional` ones may be absent or null too."""

    name: str
    declared: str
    draw: Draw
    may_be_absent: bool
    may_be_null: bool


@dataclass
class Variables:
    """Hands out variables while a document is written, then sets of values for them."""

    dice: Random
    known: list[Variable] = field(default_factory=list)

    def add(self, kind: Any, draw: Draw) -> str:
        """A new variable that fits a place of this type; returns `$name`.

        At a place that takes no null the variable's type takes none either, or it has a default;
        GraphQL then allows an explicit null, which must be refused.
        """
        name = f"v{len(self.known)}"
        required, inner = isinstance(kind, GraphQLNonNull), unwrapped(kind)
        default = ""
        if self.dice.random() < 0.3:
            default = f" = {literal(inner, draw(), self.dice)}"
        strict = self.dice.random() < 0.4 or (required and not default)
        declared = f"${name}: {inner}{'!' if strict else ''}{default}"
        self.known.append(
            Variable(
                name,
                declared,
                draw,
                may_be_absent=not strict or bool(default),
                may_be_null=not strict and (not required or self.dice.random() < 0.05),
            )
        )
        return f"${name}"

    def declarations(self) -> str:
        if not self.known:
            return ""
        return "(" + ", ".join(variable.declared for variable in self.known) + ")"

    def values(self) -> dict[str, Any]:
        """One set of values."""
        found = {}
        for variable in self.known:
            roll = self.dice.random()
            if variable.may_be_absent and roll < 0.15:
                continue
            null = variable.may_be_null and roll < 0.25
            found[variable.name] = None if null else variable.draw()
        return found
