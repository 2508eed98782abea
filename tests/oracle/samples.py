"""Values for arguments: most of them match some row, the rest are what clients get wrong."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from tests.make.world.values import DATES, INSTANTS, TEXTS
from tests.oracle.filters import SUFFIXES, split
from tests.oracle.memory import Memory
from tests.oracle.shapes import LINKS, UNDER, column
from tests.oracle.values import shown

PIECES = ("", "a", "A", "%", "_", "\\", '"', "'", "王", "园区", "é", "É", " ", "\n", "😀", "长长")
CODES = ("", "3", "32", "3206", "320600", "320000", "32%", "999999", "00", "0000")
NO_KEY = "00000000-0000-0000-0000-000000000000"
WRONG_IDS = ("", "Park", "Park:", "Park:xyz", ":", f"Nothing:{NO_KEY}", f"Park:{NO_KEY}x", "7")
NUMBERS = (0, 1, 2, 4, -1, 2**31 - 1, -(2**31))
FEN = ("0", 0, 1, "100", str(2**62), str(2**63 - 1), "-1", 2**31)


class Samples:
    """Draws values for the fields of a schema from the rows in memory."""

    def __init__(self, schema: GraphQLSchema, memory: Memory, dice: Random) -> None:
        self.schema = schema
        self.memory = memory
        self.dice = dice

    def kind(self, noun: str) -> GraphQLObjectType:
        kind = self.schema.type_map[noun]
        assert isinstance(kind, GraphQLObjectType)
        return kind

    # Keys

    def id_of(self, noun: str) -> str:
        """The id of a row, visible or not; at times of no row, or no id at all."""
        roll = self.dice.random()
        if roll < 0.05:
            return self.dice.choice(WRONG_IDS)
        if roll < 0.1:
            return f"{noun}:{NO_KEY}"
        if roll < 0.13:
            other = self.dice.choice(sorted(self.memory.rows))
            return f"{other}:{self.dice.choice(self.memory.rows[noun])['id']}"
        return f"{noun}:{self.dice.choice(self.memory.rows[noun])['id']}"

    def key_of(self, noun: str, key: str) -> str:
        """A value for one of the keys of a noun's look-up."""
        if key == "id":
            return self.id_of(noun)
        found = self.dice.choice(self.memory.rows[noun])[column(noun, key)]
        return found if found is not None and self.dice.random() < 0.9 else "no such key"

    # Filters

    def filter(self, noun: str, depth: int = 2) -> dict[str, Any]:
        """A filter of up to three comparisons, nested in `and`, `or`, `not`."""
        kind = self.schema.type_map[f"{noun}Filter"]
        assert isinstance(kind, GraphQLInputObjectType)
        names = [name for name in kind.fields if name not in ("and", "or", "not")]
        chosen = self.dice.sample(names, min(len(names), self.dice.choice((0, 1, 1, 1, 2, 3))))
        found: dict[str, Any] = {name: self.comparison(noun, name) for name in chosen}
        for word in ("and", "or", "not"):
            if depth and self.dice.random() < 0.2:
                parts = self.dice.choice((0, 1, 1, 2, 2, 3))
                found[word] = [self.filter(noun, depth - 1) for _ in range(parts)]
        return found

    def comparison(self, noun: str, name: str) -> Any:
        """A value for one comparison of a filter; null at times, which is no condition."""
        if self.dice.random() < 0.04:
            return None
        field, suffix = split(self.kind(noun), name)
        if suffix == "IsNull":
            return self.dice.random() < 0.5
        if suffix == "In":
            return [self.value(noun, field) for _ in range(self.dice.choice((0, 1, 2, 3)))]
        if suffix == "Contains":
            return self.piece(noun, field)
        assert not suffix or suffix in SUFFIXES
        return self.value(noun, field)

    def piece(self, noun: str, field: str) -> str:
        """A part of a text that is stored, or one that naive patterns trip over."""
        text = self.dice.choice(self.memory.rows[noun])[column(noun, field)]
        if not text or self.dice.random() < 0.4:
            return self.dice.choice(PIECES)
        start = self.dice.randrange(len(text))
        piece: str = text[start : start + self.dice.randint(1, 5)]
        return piece.swapcase() if self.dice.random() < 0.3 and piece.isascii() else piece

    def value(self, noun: str, field: str) -> Any:
        """A value to compare a field with, mostly one that a row has; never null."""
        if (noun, field) in UNDER and self.dice.random() < 0.5:
            return self.dice.choice(CODES)
        link = LINKS.get((noun, field))
        if link and link.theirs == "id":
            return self.id_of(link.target)
        stored = self.dice.choice(self.memory.rows[noun])[column(noun, field)]
        if isinstance(stored, list):
            stored = self.dice.choice(stored) if stored else None
        kind = get_named_type(self.kind(noun).fields[field].type)
        if link:
            return self.dice.choice(CODES) if stored is None else stored
        if stored is None or self.dice.random() < 0.2:
            return self.any(kind)
        return shown(kind.name, stored)

    def any(self, kind: Any) -> Any:
        """Any value of a leaf type."""
        if isinstance(kind, GraphQLEnumType):
            return self.dice.choice(list(kind.values))
        match kind.name:
            case "Int":
                return self.dice.choice(NUMBERS)
            case "Fen":
                return self.dice.choice(FEN)
            case "Boolean":
                return self.dice.random() < 0.5
            case "Date":
                return self.dice.choice(DATES).isoformat()
            case "DateTime":
                return self.instant()
        return self.dice.choice(TEXTS)

    def instant(self) -> str:
        """An instant in one of the forms that RFC 3339 allows."""
        instant = self.dice.choice((*INSTANTS[2:6], *(i.replace(year=2021) for i in INSTANTS[2:4])))
        text = instant.isoformat()
        return text.replace("+00:00", "Z") if self.dice.random() < 0.5 else text

    def order(self, noun: str) -> list[str]:
        """An order of up to three terms, with repetitions and what comes after the id."""
        kind = self.schema.type_map[f"{noun}Order"]
        assert isinstance(kind, GraphQLEnumType)
        return self.dice.choices(list(kind.values), k=self.dice.choice((0, 1, 1, 2, 2, 3)))


def unwrapped(kind: Any) -> Any:
    """The type without its `!`."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def is_list(kind: Any) -> bool:
    return isinstance(unwrapped(kind), GraphQLList)
