"""What an answer shows of a row: a verdict on the row, and one on each of its fields and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model.field import EdgeSpec
from hub.model.registry import Noun, Registry

YES, HIDDEN, EMPTY, MISCOUNTED = "yes", "-", "nul", "count"
"""Shown; not there and nothing said; null without a word, which is right where nothing is stored;
a list that does not count just what it shows."""

Path = tuple[str, ...]


def selection(registry: Registry, noun: Noun, below: int = 0) -> str:
    """Every field of a noun, every edge with the ids it leads to, and so on `below` levels down."""
    parts = list(noun.fields)
    for name, spec in noun.edges.items():
        inner = selection(registry, registry.target(spec), below - 1) if below else "id"
        parts.append(
            f"{name}(first: 100) {{ totalCount edges {{ node {{ {inner} }} }} }}"
            if spec.many
            else f"{name} {{ {inner} }}"
        )
    return " ".join(parts)


@dataclass
class Sight:
    """One row as one answer shows it; `values` are those of its fields, and ids behind edges."""

    noun: str
    key: str
    verdict: str
    fields: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The verdict on a field; of a row that is not shown the row's."""
        return self.fields[name] if self.verdict == YES else self.verdict


class Answer:
    """A response, and how to find in it why something is not there."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = whole.get("data") or {}
        self.errors: list[dict[str, Any]] = whole.get("errors") or []
        access = whole.get("extensions", {}).get("access", {})
        self._withheld: dict[Path, list[dict[str, Any]]] = {}
        for entry in access.get("withheld", ()):
            assert len(entry.get("ids", ())) == entry.get("count", 0), "not all ids are told"
            self._withheld.setdefault(tuple(entry["path"]), []).append(entry)

    def why(self, path: Path, key: str) -> str | None:
        """The reason given for what is not there: the first three letters, in small ones."""
        found = {
            str(entry["reason"])[:3].lower()
            for entry in self._withheld.get(path, ())
            if key in entry.get("ids", (key,))
        }
        assert len(found) < 2, f"two reasons for {path} of {key}: {found}"
        return found.pop() if found else None

    def needs(self, path: Path) -> str | None:
        """What would be needed to be shown what stands at a path."""
        return next((str(entry["needs"]) for entry in self._withheld.get(path, ())), None)

    def sight(self, noun: Noun, node: Any, path: Path, key: str) -> Sight:
        """The row of this key, of which `node` was found at the path."""
        if node is None:
            return Sight(noun.name, key, self.why(path, key) or HIDDEN)
        seen = Sight(noun.name, node["id"], YES)
        for name in noun.fields:
            shown = node[name] is not None
            seen.values[name] = node[name]
            seen.fields[name] = YES if shown else self.why((*path, name), node["id"]) or EMPTY
        for name, spec in noun.edges.items():
            behind = sorted(found["id"] for found in nodes_behind(spec, node[name]))
            seen.values[name] = behind
            seen.fields[name] = YES if behind else self.why((*path, name), node["id"]) or HIDDEN
            if spec.many and node[name] and node[name]["totalCount"] != len(behind):
                seen.fields[name] = MISCOUNTED
        return seen

    def below(
        self, registry: Registry, noun: Noun, node: Any, path: Path
    ) -> Iterator[tuple[str, Noun, list[Any], Path]]:
        """For each edge of a node: name, target, the nodes behind it and where they stand."""
        for name, spec in noun.edges.items():
            target = registry.target(spec)
            below = ("edges", "*", "node") if spec.many else ()
            yield name, target, nodes_behind(spec, node[name]), (*path, name, *below)


def nodes_behind(spec: EdgeSpec, value: Any) -> list[Any]:
    """The nodes behind an edge."""
    if value is None:
        return []
    return listed(value) if spec.many else [value]


def listed(connection: Any) -> list[Any]:
    """The nodes of a connection; none of one that is withheld."""
    return [edge["node"] for edge in connection["edges"]] if connection else []
