"""Ids and dates that come out the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import UUID

# 2025-10-05T00:00Z in milliseconds: the time that the ids of demonstration data carry.
_EPOCH = 1_759_622_400_000


def random_for(seed: int, what: str) -> Random:
    """A source of chance of its own for each kind of data, so that one does not shift another."""
    return Random(f"{seed}/{what}")


def new_ids(random: Random) -> Callable[[int], UUID]:
    """A maker of ids of version 7 (RFC 9562), in ascending order of the number that it is given."""

    def make(number: int) -> UUID:
        high = (_EPOCH + number) << 16 | 0x7000 | random.getrandbits(12)
        return UUID(int=high << 64 | 0b10 << 62 | random.getrandbits(62))

    return make


def day_between(random: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=random.randrange((last - first).days + 1))
