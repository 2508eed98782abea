"""A bounded cache: what was used least recently goes first, by weight rather than by number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """A mapping whose entries weigh at most `capacity` bytes together."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, which is now the most recently used; None when it is not there."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep a value; what is heavier than the whole cache is not kept at all."""
        if weight > self.capacity:
            return
        if key in self._entries:
            self.weight -= self._entries.pop(key)[1]
        self._entries[key] = (value, weight)
        self.weight += weight
        while self.weight > self.capacity:
            _, (_, freed) = self._entries.popitem(last=False)
            self.weight -= freed

    def __len__(self) -> int:
        return len(self._entries)
