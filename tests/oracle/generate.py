"""Operations at random, driven by the schema.

Whatever is written is valid by construction: a response key always stands for the same field with
the same arguments, since connections get an alias of their own and everything else an alias that
says which field it is. So keys meet and merge all the time, and never conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from tests.oracle.arguments import Arguments
from tests.oracle.memory import Memory
from tests.oracle.samples import Samples
from tests.oracle.shapes import NOUNS
from tests.oracle.variables import Variables

DEPTH = 4
OFTEN = {"talents": 8, "talent": 2, "degrees": 2, "reservations": 3, "parks": 2, "workspaces": 2}
"""Root fields that are asked for more often than the rest: those with the most rules."""


@dataclass(frozen=True)
class Operation:
    """A document and several sets of values for its variables."""

    document: str
    variables: tuple[dict[str, Any], ...]


class Generator:
    """Writes operations; the same dice give the same operations."""

    def __init__(self, schema: GraphQLSchema, memory: Memory, dice: Random) -> None:
        self.schema = schema
        self.dice = dice
        self.samples = Samples(schema, memory, dice)
        self.cursors: dict[str, list[str]] = {}

    def operation(self, sets: int = 3) -> Operation:
        """One operation with that many sets of values."""
        return Document(self).written(sets)

    def harvest(self, fingerprint: str, cursor: str) -> None:
        """Keep a cursor from an answer for later operations; old ones make room."""
        kept = self.cursors.setdefault(fingerprint, [])
        kept.append(cursor)
        del kept[:-20]


@dataclass
class Document:
    """One document in the making."""

    generator: Generator
    fragments: list[str] = field(default_factory=list)
    spreads: dict[str, list[str]] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        self.dice = self.generator.dice
        self.variables = Variables(self.dice)
        samples = self.generator.samples
        self.arguments = Arguments(samples, self.variables, self.generator.cursors)
        query = self.generator.schema.query_type
        assert query is not None
        self.query = query

    def written(self, sets: int) -> Operation:
        fields = [self.root() for _ in range(self.dice.choice((1, 1, 1, 2, 3)))]
        body = self.block(fields, "Query")
        declared = self.variables.declarations()
        head = "" if not declared and self.chance(0.3) else f"query Q{declared} "
        document = "\n".join((head + body, *self.fragments))
        return Operation(document, tuple(self.variables.values() for _ in range(sets)))

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    # Root fields

    def root(self) -> str:
        roll = self.dice.random()
        if roll < 0.04:
            return self.dice.choice(("__typename", "t: __typename"))
        if roll < 0.05:
            return '__type(name: "Park") { name kind fields { name } }'
        if roll < 0.16:
            return self.node()
        fields = {n: f for n, f in self.query.fields.items() if n not in ("node", "nodes")}
        (name,) = self.dice.choices(list(fields), [OFTEN.get(n, 1) for n in fields])
        kind = get_named_type(fields[name].type).name
        if kind.endswith("Connection"):
            return self.connection(name, fields[name], DEPTH, root=True)
        arguments = self.arguments.key(kind, fields[name].args)
        return self.composite(f"{self.alias()}: {name}{arguments}", kind, DEPTH)

    def node(self) -> str:
        """`node` or `nodes`, with what is asked of each type that may turn up."""
        nouns = self.dice.sample(sorted(NOUNS), self.dice.choice((1, 1, 2, 3)))
        if self.chance(0.5):
            kind = self.query.fields["nodes"].args["ids"].type
            head = f"{self.alias()}: nodes{self.arguments.ids(kind, nouns)}"
        else:
            kind = self.query.fields["node"].args["id"].type
            noun = nouns[0]
            draw = lambda: self.generator.samples.id_of(noun)  # noqa: E731  # drawn for each set
            head = f"{self.alias()}: node(id: {self.arguments.written(kind, draw)})"
        asked = ["__typename"] if self.chance(0.5) else []
        asked += ["id"] if self.chance(0.5) or not asked else []
        for noun in nouns if self.chance(0.7) else []:
            fields = self.fields(noun, DEPTH - 1, prefix=f"{noun}_")
            asked.append(f"... on {noun} {self.block(fields, noun)}")
            if self.chance(0.3):
                asked.append(f"... on Node {{ id {asked.pop()} }}")
        self.dice.shuffle(asked)
        return f"{head} {self.block(asked, None)}"

    # Rows

    def composite(self, head: str, noun: str, depth: int) -> str:
        """A field with a selection; at times written twice, so that the two are merged."""
        first = f"{head}{self.directive()} {self.block(self.fields(noun, depth), noun)}"
        if self.chance(0.12):
            return f"{first} {head} {self.block(self.fields(noun, depth), noun)}"
        return first

    def fields(self, noun: str, depth: int, prefix: str = "") -> list[str]:
        """Some fields of a noun; `prefix` keeps the keys of different types apart."""
        kind = self.generator.samples.kind(noun)
        leaves = [name for name, field in kind.fields.items() if _leaf(field)]
        edges = [name for name, field in kind.fields.items() if _leads_to_rows(field)]
        found = [
            self.leaf(name, prefix)
            for name in self.dice.sample(leaves, self.dice.choice((1, 2, 3, len(leaves))))
        ]
        if self.chance(0.2):
            found.append("__typename")
        wanted = self.dice.choice((0, 0, 1, 1, 2)) if depth > 0 else 0
        chosen = self.dice.sample(edges, min(len(edges), wanted))
        found += [self.edge(kind, name, depth - 1, prefix) for name in chosen]
        self.dice.shuffle(found)
        return found

    def leaf(self, name: str, prefix: str) -> str:
        shown = f"{prefix}{name}: {name}" if prefix else name
        if self.chance(0.1):
            shown = f"x_{prefix}{name}: {name}"
        return shown + self.directive(0.06)

    def edge(self, kind: GraphQLObjectType, name: str, depth: int, prefix: str) -> str:
        field = kind.fields[name]
        target = get_named_type(field.type).name
        if target.endswith("Connection"):
            return self.connection(name, field, depth, root=False)
        shown = f"{prefix}{name}: {name}" if prefix else name
        return self.composite(shown, target, depth)

    # Connections

    def connection(self, name: str, field: GraphQLField, depth: int, *, root: bool) -> str:
        noun = get_named_type(field.type).name.removesuffix("Connection")
        arguments = self.arguments.page(noun, field, root=root)
        head = f"{self.alias()}: {name}{arguments}"
        first = f"{head}{self.directive()} {self.block(self.parts(noun, depth), None)}"
        if self.chance(0.12):
            return f"{first} {head} {self.block(self.parts(noun, depth), None)}"
        return first

    def parts(self, noun: str, depth: int) -> list[str]:
        """`edges`, `pageInfo`, `totalCount`, in any order and number."""
        found = []
        for _ in range(self.dice.choice((1, 1, 1, 2))):
            roll = self.dice.random()
            if roll < 0.8:
                found.append(f"edges {self.block(self.edge_items(noun, depth), f'{noun}Edge')}")
            elif roll < 0.9:
                key = self.dice.choice(("edges", "e"))
                found.append(f"{key}: edges {{ cursor }}")
        if self.chance(0.35) or not found:
            flags = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename")
            chosen = self.dice.sample(flags, self.dice.randint(1, 5))
            found.append(f"pageInfo {self.block(chosen, 'PageInfo')}")
        if self.chance(0.35):
            found.append(self.dice.choice(("totalCount", "n: totalCount")))
        if self.chance(0.1):
            found.append("__typename")
        self.dice.shuffle(found)
        return found

    def edge_items(self, noun: str, depth: int) -> list[str]:
        found = []
        if self.chance(0.9):
            found.append(self.composite("node", noun, depth))
        if self.chance(0.3) or not found:
            found.append(self.dice.choice(("cursor", "c: cursor")))
        if self.chance(0.1):
            found.append("__typename")
        self.dice.shuffle(found)
        return found

    # What may stand around any selection

    def block(self, parts: list[str], kind: str | None) -> str:
        """`{ ... }`, some of it moved into fragments on the type or on none."""
        inner = list(parts)
        if len(inner) > 1 and self.chance(0.12):
            cut = self.dice.randrange(1, len(inner))
            inner = [*inner[:cut], self.fragment(inner[cut:], kind)]
        if kind in self.spreads and self.chance(0.15):
            inner.append(f"...{self.dice.choice(self.spreads[kind])}")
        return "{ " + self.dice.choice((" ", "\n", ", ")).join(inner) + " }"

    def fragment(self, parts: list[str], kind: str | None) -> str:
        body = "{ " + " ".join(parts) + " }"
        if kind is None or self.chance(0.5):
            condition = f" on {kind}" if kind and self.chance(0.6) else ""
            return f"...{condition}{self.directive()} {body}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind} {body}")
        self.spreads.setdefault(kind, []).append(name)
        return f"...{name}{self.directive()}"

    def directive(self, probability: float = 0.08) -> str:
        """`@skip` or `@include`, decided by a literal or a variable."""
        if not self.chance(probability):
            return ""
        word = self.dice.choice(("skip", "include"))
        keep = word == "include"
        if self.chance(0.5):
            return f" @{word}(if: {str(keep if self.chance(0.6) else not keep).lower()})"
        kind = self.generator.schema.get_directive(word)
        assert kind is not None
        draw = lambda: keep if self.chance(0.7) else not keep  # noqa: E731  # drawn for each set
        return f" @{word}(if: {self.variables.add(kind.args['if'].type, draw)})"

    def alias(self) -> str:
        """A response key that nothing else in the document has."""
        self.number += 1
        return f"k{self.number}"


def _leads_to_rows(field: GraphQLField) -> bool:
    """Whether it is an edge; lists that are computed have tests of their own."""
    return get_named_type(field.type).name.removesuffix("Connection") in NOUNS


def _leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))
